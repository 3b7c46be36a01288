// What every browser test stands on: a Chromium that may speak to this machine alone, a list of named checks, and patience.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { chromium } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const BROWSERS = [process.env.BEKET_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].filter(Boolean)

/** A host that is not the loopback for the browser: its pages have no secure context, as on a checkpoint's plain network. */
export const PLAIN_HOST = 'edge.test'

export async function launch() {
  const executablePath = BROWSERS.find(existsSync)
  if (!executablePath) throw new Error(`no browser: none of ${BROWSERS.join(', ')}; name one in BEKET_CHROMIUM`)
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    ],
  })
}

/** A page in a context of its own, with a spy on oscillators; everything that it asks of other hosts and complains of is kept. */
export async function openPage(browser, { language = 'ru', theme = 'light', soundBlocked = false, width = 1280, height = 1024 } = {}) {
  const context = await browser.newContext({ viewport: { width, height } })
  await context.addInitScript(
    ([language, theme, soundBlocked]) => {
      if (!localStorage.getItem('beket.language')) localStorage.setItem('beket.language', language)
      if (!localStorage.getItem('beket.theme')) localStorage.setItem('beket.theme', theme)
      window.tones = []
      const make = AudioContext.prototype.createOscillator
      AudioContext.prototype.createOscillator = function () {
        const tone = make.call(this)
        const start = tone.start.bind(tone)
        tone.start = (at) => {
          window.tones.push({ hz: tone.frequency.value, at })
          start(at)
        }
        return tone
      }
      // What goes out to the loudspeaker is listened to as well.
      const connect = AudioNode.prototype.connect
      AudioNode.prototype.connect = function (to, ...rest) {
        if (to instanceof AudioDestinationNode && !window.ear) {
          window.ear = new AnalyserNode(this.context, { fftSize: 16_384, smoothingTimeConstant: 0 })
          connect.call(this, window.ear)
        }
        return connect.call(this, to, ...rest)
      }
      if (soundBlocked) {
        window.soundBlocked = true
        const state = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'state')
        Object.defineProperty(BaseAudioContext.prototype, 'state', { get() { return window.soundBlocked ? 'suspended' : state.get.call(this) } })
      }
    },
    [language, theme, soundBlocked],
  )
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  page.strangers = []
  page.complaints = []
  context.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol !== 'data:' && ![PLAIN_HOST, '127.0.0.1'].includes(hostname)) page.strangers.push(request.url())
  })
  // A refused or broken connection is what several tests make; anything else is a fault of the page.
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource|ERR_/.test(message.text())) page.complaints.push(message.text())
  })
  page.on('pageerror', (error) => page.complaints.push(error.stack ?? String(error)))
  return page
}

/** Listens until nothing has been heard for a while after `act`: the loudest sample, and the frequencies that stood out, in hertz. */
export async function hear(page, act, listen_ms = 1_500) {
  const heard = page.evaluate(async (listen_ms) => {
    const { ear } = window
    const samples = new Float32Array(ear.fftSize)
    const levels = new Float32Array(ear.frequencyBinCount)
    const tones = new Set()
    let peak = 0
    const end = performance.now() + listen_ms
    while (performance.now() < end) {
      ear.getFloatTimeDomainData(samples)
      const loudest = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0)
      peak = Math.max(peak, loudest)
      if (loudest > 0.05) {
        ear.getFloatFrequencyData(levels)
        const strongest = levels.reduce((best, level, bin) => (level > levels[best] ? bin : best), 0)
        tones.add(Math.round((strongest * ear.context.sampleRate) / ear.fftSize))
      }
      await new Promise((next) => setTimeout(next, 20))
    }
    return { peak, tones: [...tones] }
  }, listen_ms)
  await act()
  return heard
}

export async function signIn(page, { officer = 'bekov', password = 'test', workplace = 'Terminal 1' } = {}) {
  await page.waitForSelector(`#officer option[value="${officer}"]`, { state: 'attached' })
  await page.selectOption('#officer', officer)
  await page.fill('#password', password)
  await page.fill('#workplace', workplace)
  await page.keyboard.press('Enter')
}

/** Serious findings of axe on the page as it stands. */
export async function axeFindings(page) {
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }))
  return violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

/** Elements whose text is cut or runs over its box, beside those that cut by intent. */
export function overflowing(page) {
  return page.evaluate(() => {
    const meant = '.nobody-sees, .words, .todo, .who, .site, .scroll, .list, .table, main, aside, .plot, .skip, svg, input, select, textarea'
    const cut = [...document.querySelectorAll('body *')].filter((one) => !one.closest('.nobody-sees, svg, .uplot') && !one.matches(meant) && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
    const wide = document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the window'] : []
    return [...wide, ...cut.map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 60)}`)]
  })
}

/** Waits until `probe` gives something true, and gives it. */
export async function until(what, probe, within_ms = 15_000) {
  const end = Date.now() + within_ms
  let last
  for (;;) {
    try {
      const found = await probe()
      if (found) return found
      last = found
    } catch (error) {
      last = error
    }
    if (Date.now() > end) assert.fail(`${what}: not within ${within_ms} ms (last: ${last})`)
    await sleep(50)
  }
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

export async function freePort() {
  const server = createServer()
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address()
  await new Promise((done) => server.close(done))
  return port
}

/** Runs named checks in order and counts them. A failed check does not keep the next from running. */
export class Report {
  passed = 0
  failed = 0

  async check(name, body) {
    const began = performance.now()
    try {
      await body()
      this.passed += 1
      console.log(`  ok    ${name} (${Math.round(performance.now() - began)} ms)`)
    } catch (error) {
      this.failed += 1
      console.log(`  FAIL  ${name}\n        ${String(error?.stack ?? error).replaceAll('\n', '\n        ')}`)
      if (this.page) {
        await mkdir('test-results', { recursive: true })
        await this.page.screenshot({ path: `test-results/${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}.png` }).catch(() => undefined)
      }
    }
  }
}
