// The board for everybody: all of it stands on one screen, also with eight long days and a long restriction.
import assert from 'node:assert/strict'
import { openPage, PLAIN_HOST, until } from './harness.mjs'
import { board, startMock } from './mock-terminal.mjs'

const day = (n, over = {}) => ({ date: `2026-03-${16 + n}`, weekday: (n % 7) + 1, hours: [{ from: '09:00', to: '13:00' }, { from: '14:00', to: '18:00' }], is_exception: false, named: null, may_be_holiday: false, ...over })
const days = [
  day(0), day(1), day(2, { is_exception: true }), day(3, { hours: [{ from: '00:00', to: '24:00' }] }), day(4, { may_be_holiday: true }), day(5, { hours: [], named: 'Наурыз мейрамы' }),
  day(6, { hours: [] }), day(7),
]
const notice = 'Движение грузового транспорта свыше 20 тонн ограничено с 22:00 до 06:00.\nЖүк көліктерінің қозғалысы 22:00-ден 06:00-ге дейін шектелген.\nLorries above 20 t do not pass between 22:00 and 06:00; animals and plants only by day, with the papers of the veterinary and phytosanitary bodies.'

export async function publicThings(report, browser, dist) {
  for (const [width, height] of [[1280, 1024], [1920, 1080], [1024, 768]]) {
    await report.check(`Hours of eight days, restrictions and the law fit on a board of ${width} x ${height}`, async () => {
      const mock = await startMock(dist, board())
      mock.publicView = { title: 'Нур Жолы', office_code: '57402', days, notice, edition: 'KZ-CC-2010', edition_title: 'Code of the Republic of Kazakhstan on customs affairs (2010)' }
      const page = (report.page = await openPage(browser, { width, height }))
      try {
        await page.goto(`http://${PLAIN_HOST}:${mock.port}/public`)
        await page.waitForSelector('tr.today')
        await until('the font is there', () => page.evaluate(() => document.fonts.status === 'loaded'))
        const seen = await page.evaluate(() => {
          const box = (selector) => document.querySelector(selector).getBoundingClientRect()
          return { wide: document.documentElement.scrollWidth - innerWidth, high: document.documentElement.scrollHeight - innerHeight, footer: box('footer').bottom - innerHeight, notice: box('.notice').bottom - innerHeight, hours: parseFloat(getComputedStyle(document.querySelector('.hours')).fontSize) / innerHeight, rows: document.querySelectorAll('tr').length }
        })
        assert.equal(seen.rows, 8)
        assert.ok(seen.wide <= 0 && seen.high <= 0, `nothing scrolls: ${JSON.stringify(seen)}`)
        assert.ok(seen.footer <= 0 && seen.notice <= 0, `nothing is cut off: ${JSON.stringify(seen)}`)
        assert.ok(seen.hours >= 0.02, `hours are read from afar: ${JSON.stringify(seen)}`)
        if (process.env.BEKET_SHOTS) await page.screenshot({ path: `${process.env.BEKET_SHOTS}/public-${width}.png` })
        assert.deepEqual(page.complaints, [], 'complaints of the page')
      } finally {
        await page.context().close()
        await mock.stop()
        report.page = null
      }
    })
  }
}
