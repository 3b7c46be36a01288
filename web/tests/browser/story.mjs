// The lawyer's desk on the law's screen: a story, a written notice, a file of the law, as the desk answered them on the command line.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { openPage, overflowing, PLAIN_HOST, signIn, until } from './harness.mjs'
import { board, edition, startMock } from './mock-terminal.mjs'

const golden = (name) => {
  const text = readFileSync(new URL(`../../../edge-agent/tests/golden/law/${name}.txt`, import.meta.url), 'utf8')
  return JSON.parse(text.slice(text.indexOf('\n{') + 1, text.lastIndexOf('\n}') + 2))
}
const report_ = golden('story-refusal-json')
const surprised = { ...report_, surprises: [{ line: 9, about: 'ARR-1 of consignment 2', what: 'expected stopped, came expired' }] }
const notice = golden('notice-json')
const parts = { ru: ['История', 'Написанное уведомление', 'Файлы права'], kk: ['Оқиға', 'Жазылған хабарлама', 'Құқық файлдары'], en: ['A story', 'A written notice', 'Files of the law'] }
const holdings = {
  id: 'KZ-CC-2010', title: 'Code', applies_from: '2010-07-01', clocks: ['ARR-1', 'ARR-2'], without_term: ['DEP-1'], acts: ['look'], notice_rows: { road: 20 }, holds: ['not_presented'],
  detention_grounds: ['ART_244'], refusal_grounds: ['ART_288_4_4'], readings_changed: [], readings: 30, words_in_review: 3, words: 900,
}

export async function storyThings(report, browser, dist) {
  for (const language of ['ru', 'kk', 'en']) {
    await report.check(`A story is told, wrong lines are named, a notice and an edition are checked, in ${language}`, async () => {
      const mock = await startMock(dist, board())
      mock.edition = { ...edition(), modes: {} }
      const asked = []
      let story = { told: null, printed: '', problems: [{ line: 3, key: null, what: 'what happened then?' }, { line: 5, key: null, what: '"25:00" is no time' }] }
      mock.law = (url, body) => {
        asked.push([url.pathname, body])
        if (url.pathname === '/api/law/story') return story
        if (url.pathname === '/api/law/notice') return { told: notice, printed: '', problems: [] }
        return body.text ? { edition: null, calendar: null, timetable: null, printed: '', problems: [{ line: 7, key: 'term', what: 'needs `amount`' }] } : { edition: holdings, calendar: null, timetable: null, printed: '', problems: [] }
      }
      const page = (report.page = await openPage(browser, { language }))
      const part = (name) => page.locator('button[aria-pressed]', { hasText: name }).press('Enter')
      try {
        await page.goto(`http://${PLAIN_HOST}:${mock.port}/`)
        await signIn(page)
        await page.waitForSelector('.lanes')
        await page.keyboard.press('F10')
        await page.waitForSelector('#law-day')
        await part(parts[language][0])
        await page.waitForSelector('#law-story')
        assert.match(await page.inputValue('#law-story'), /^story: .*\ncheckpoint road\nvehicle /, 'an example to start from')
        await page.focus('#law-story')
        await page.keyboard.press('Control+Enter')
        await page.waitForSelector('[data-line="5"]')
        assert.equal(await page.locator('[data-line]').count(), 2)
        await page.locator('[data-line="3"] button').press('Enter')
        assert.equal(await page.evaluate(() => getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)), 'vehicle 123ABC02 arrives 2025-03-12 18:10', 'the line is shown in the text')
        assert.deepEqual(await overflowing(page), [])

        story = { told: report_, printed: 'as printed', problems: [] }
        await page.focus('#law-story')
        await page.keyboard.press('Control+Enter')
        await page.waitForSelector('[data-moment]')
        assert.equal(asked.at(-1)[0], '/api/law/story')
        assert.equal(await page.locator('[data-moment]').count(), report_.moments.length)
        assert.equal(await page.evaluate(() => document.activeElement.id), 'law-told', 'the keyboard goes on where the answer begins')
        const last = page.locator('[data-moment]').last()
        assert.equal(await last.locator('tr[data-rule]').count(), report_.moments.at(-1).picture.clocks.length + report_.moments.at(-1).picture.tasks.length)
        assert.equal(await last.locator('[data-holds]').getAttribute('data-holds'), String(report_.moments.at(-1).picture.holds.length))
        const expired = report_.moments.at(-1).picture.clocks.find((clock) => clock.state === 'expired')
        assert.match(await last.locator(`tr[data-rule="${expired.rule}"][data-state="${expired.state}"]`).first().innerText(), /12\.03\.2025 21:10/)
        assert.equal(await page.locator('[data-surprise]').count(), 0)
        assert.deepEqual(await overflowing(page), [])
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing scrolls sideways')
        if (process.env.BEKET_SHOTS) await page.screenshot({ path: `${process.env.BEKET_SHOTS}/story-${language}.png` })
        if (process.env.BEKET_SHOTS) {
          await last.scrollIntoViewIfNeeded()
          await page.screenshot({ path: `${process.env.BEKET_SHOTS}/story-${language}-last.png` })
        }
        story = { told: surprised, printed: '', problems: [] }
        await page.focus('#law-story')
        await page.keyboard.press('Control+Enter')
        await page.waitForSelector('[data-surprise="9"]')

        await part(parts[language][1])
        await page.waitForSelector('#law-notice')
        await page.selectOption('#law-purpose', 'departure')
        await page.locator('form button.main').press('Enter')
        await page.waitForSelector('#law-missing')
        assert.equal(asked.at(-1)[1].purpose, 'departure')
        assert.deepEqual(await page.locator('li[data-field]').evaluateAll((rows) => rows.map((row) => row.dataset.field)), notice.missing.map((row) => row.field), 'in the order of the law')
        assert.deepEqual(await overflowing(page), [])

        await part(parts[language][2])
        await page.waitForSelector('#law-file')
        await page.locator('form button.main').press('Enter')
        await page.waitForSelector('#law-holds-file')
        assert.match(await page.locator('#law-holds-file').innerText(), /KZ-CC-2010/)
        assert.deepEqual(await overflowing(page), [])
        if (process.env.BEKET_SHOTS) await page.screenshot({ path: `${process.env.BEKET_SHOTS}/files-${language}.png` })
        await page.fill('#law-file', 'id = "x"')
        await page.locator('form button.main').press('Enter')
        await page.waitForSelector('[data-line="7"]')
        assert.deepEqual(page.complaints, [], 'complaints of the page')
      } finally {
        await page.context().close()
        await mock.stop()
        report.page = null
      }
    })
  }
}
