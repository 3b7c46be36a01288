// The law's screen, against answers that the desk gave: what the keyboard alone can do there, in every language.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { openPage, overflowing, PLAIN_HOST, signIn, until } from './harness.mjs'
import { board, startMock } from './mock-terminal.mjs'

const golden = readFileSync(new URL('../../../edge-agent/tests/golden/law/working-day-json.txt', import.meta.url), 'utf8')
const answers = JSON.parse(golden.slice(golden.indexOf('{'), golden.lastIndexOf('}') + 1))
const readings = [
  { key: 'hour_terms_begin', ambiguity: 'AMB-01', question: 'Do hour terms begin at once?', chosen: 'at_the_instant', options: ['at_the_instant', 'next_day'] },
  { key: 'from_tomorrow', ambiguity: 'AMB-99', question: 'What is not known yet?', chosen: 'as_it_is', options: ['as_it_is', 'as_it_was'] },
]

export async function lawThings(report, browser, dist) {
  for (const language of ['ru', 'kk', 'en']) {
    await report.check(`The law answers to the keyboard, in ${language}`, async () => {
      const asked = []
      const mock = await startMock(dist, board())
      mock.law = (url) => {
        asked.push(url.searchParams)
        return url.pathname === '/api/law/readings' ? readings : answers
      }
      const page = (report.page = await openPage(browser, { language }))
      try {
        await page.goto(`http://${PLAIN_HOST}:${mock.port}/`)
        await signIn(page)
        await page.waitForSelector('.lanes')
        await page.keyboard.press('F10')
        await page.waitForSelector('#law-day')
        await page.focus('#law-day')
        await page.keyboard.press('Enter')
        await page.waitForSelector('tr[data-clock]')
        assert.match(asked[0].get('trigger'), /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?\[[\w/]+\]$/)
        assert.equal(asked[0].get('mode'), 'road')
        assert.match(await page.locator('tr[data-clock="ARR-2"]').innerText(), /26\.03\.2025 18:00:00/)
        await page.focus('tr[data-clock="ARR-2"]')
        await page.keyboard.press('Enter')
        await until('the steps are there', async () => (await page.locator('ol li').count()) >= 5)
        assert.deepEqual(await overflowing(page), [])
        await page.locator('button[aria-pressed]', { hasText: { ru: 'Спорные места', kk: 'Даулы жерлер', en: 'Doubtful places' }[language] }).press('Enter')
        await until('the readings are there', async () => (await page.locator('tbody tr').count()) === 2)
        assert.match(await page.locator('tbody').innerText(), /What is not known yet\?/, 'a place that this page has no words for is shown as the agent says it')
        assert.deepEqual(await overflowing(page), [])
        assert.deepEqual(page.complaints, [], 'complaints of the page')
      } finally {
        await page.context().close()
        await mock.stop()
        report.page = null
      }
    })
  }
}
