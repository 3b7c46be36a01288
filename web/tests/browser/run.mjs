// The browser tests: first what breaks, with an agent that is not there; then the real agent, hub and devices.
// Binaries are looked for in BEKET_BIN, else in ../target/debug. A missing one is a failure: nothing is skipped.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brokenThings } from './broken.mjs'
import { launch, Report } from './harness.mjs'
import { deviceThings } from './devices.mjs'
import { goodsThings } from './goods.mjs'
import { hubThings } from './hub.mjs'
import { lawThings } from './law.mjs'
import { priorThings } from './prior.mjs'
import { publicThings } from './public.mjs'
import { scanThings } from './scans.mjs'
import { realThings } from './real.mjs'
import { papersThings } from './papers.mjs'
import { storyThings } from './story.mjs'

const web = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const dist = resolve(web, 'dist')
const bin = resolve(process.env.BEKET_BIN ?? resolve(web, '../target/debug'))
const only = process.argv[2]
process.chdir(web)

if (!existsSync(resolve(dist, 'terminal.html'))) {
  console.error('The screens are not built: npm run build')
  process.exit(1)
}

const report = new Report()
const browser = await launch()
try {
  if (!only || only === 'broken') {
    console.log('What breaks:')
    await brokenThings(report, browser, dist)
  }
  if (!only || only === 'hub') {
    console.log('The hub, from data:')
    await hubThings(report, browser, dist)
  }
  if (!only || only === 'law') {
    console.log('The law, asked:')
    await lawThings(report, browser, dist)
    await storyThings(report, browser, dist)
  }
  if (!only || only === 'goods') {
    console.log('Goods under control:')
    await goodsThings(report, browser, dist)
  }
  if (!only || only === 'prior') {
    console.log('Prior information:')
    await priorThings(report, browser, dist)
  }
  if (!only || only === 'scans') {
    console.log('Scans:')
    await scanThings(report, browser, dist)
  }
  if (!only || only === 'devices') {
    console.log('Devices and weighings:')
    await deviceThings(report, browser, dist)
  }
  if (!only || only === 'papers') {
    console.log('Papers and parts of a consignment:')
    await papersThings(report, browser, dist)
  }
  if (!only || only === 'public') {
    console.log('The board for everybody:')
    await publicThings(report, browser, dist)
  }
  if (!only || only === 'real') {
    console.log('The real agent, hub and devices:')
    await realThings(report, browser, { web, bin })
  }
} finally {
  await browser.close()
}
console.log(`${report.passed} passed, ${report.failed} failed`)
process.exit(report.failed ? 1 : 0)
