// The accounting of goods under control: by keyboard, filtered, in every language, on the screen and on paper.
import assert from 'node:assert/strict'
import { openPage, overflowing, PLAIN_HOST, signIn, until } from './harness.mjs'
import { board, startMock } from './mock-terminal.mjs'

const NOON_MS = 1_795_262_400_000

const operation = (minute, what, article, officer, reference) => ({ at_ms: NOON_MS + minute * 60_000, what, article, officer, reference })
const goods = [
  {
    visit: 1, number: '55301-2026-000001', plate: '123ABC02', mode: 'road', direction: 'inbound', consignment: 1, course: 'presented',
    standing: 'under_control', since_ms: NOON_MS, since_article: '185.1', until_ms: null, until_article: null, gross_kg: '20000', flags: ['perishable'],
    operations: [
      operation(1, 'notice_registered', '250.1', 'bekov', '55301-N-000001'),
      operation(2, 'goods_presented', '252.4', 'bekov', null),
      operation(3, 'transit_declaration_refused', '288.4', 'bekov', 'a ground as long as grounds are when somebody writes them down with all that belongs to them'),
    ],
    clocks: [], holds: [{ reason: 'not_presented', article: '252.4', lifted_by: 'present_goods' }],
  },
  {
    visit: 2, number: '55301-2026-000002', plate: null, mode: 'road', direction: 'outbound', consignment: 1, course: 'crossed_out',
    standing: 'ended', since_ms: NOON_MS, since_article: '185.4', until_ms: NOON_MS + 3_600_000, until_article: '185.4', gross_kg: null, flags: [],
    operations: [], clocks: [], holds: [],
  },
]

export async function goodsThings(report, browser, dist) {
  for (const language of ['ru', 'kk', 'en']) {
    await report.check(`Goods under control are shown, asked and printed, in ${language}`, async () => {
      const asked = []
      const mock = await startMock(dist, board())
      mock.goods = (url) => {
        asked.push(url.searchParams)
        const state = url.searchParams.get('state')
        return goods.filter((one) => !state || one.standing === state)
      }
      const page = (report.page = await openPage(browser, { language }))
      try {
        await page.goto(`http://${PLAIN_HOST}:${mock.port}/`)
        await signIn(page)
        await page.waitForSelector('.lanes')
        await page.keyboard.press('Shift+F3')
        await page.waitForSelector('tr[data-row]')
        assert.equal(asked[0].get('state'), 'under_control')
        assert.equal(await page.locator('tr[data-row]').count(), 1)
        const row = await page.locator('tr[data-row]').innerText()
        assert.match(row, /252\.4/)
        assert.match(row, /bekov/)
        assert.deepEqual(await overflowing(page), [])
        await page.locator('button[aria-pressed]', { hasText: { ru: 'все', kk: 'барлығы', en: 'all' }[language] }).press('Enter')
        await until('both are there', async () => (await page.locator('tr[data-row]').count()) === 2)
        await page.fill('#find-goods', '123')
        await until('the plate is asked for', () => asked.some((one) => one.get('plate') === '123'))
        assert.match(await page.locator('a[download]').getAttribute('href'), /^\/api\/goods\?plate=123&as=csv$/)
        await page.emulateMedia({ media: 'print' })
        assert.equal(await page.locator('header').isVisible(), false, 'paper shows no navigation')
        assert.equal(await page.locator('tr[data-row]').first().isVisible(), true)
        await page.emulateMedia({ media: 'screen' })
        await page.focus('#find-goods')
        await page.keyboard.press('ArrowDown')
        await page.keyboard.press('Enter')
        await until('the vehicle is opened', async () => (await page.evaluate(() => location.hash)) === '#/visit/1')
        assert.deepEqual(page.complaints, [], 'complaints of the page')
      } finally {
        await page.context().close()
        await mock.stop()
        report.page = null
      }
    })
  }
}
