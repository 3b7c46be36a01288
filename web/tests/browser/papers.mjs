// Papers on the card of a consignment: what they say is typed in the rows of the edition, and what is missing stays to be seen. And what
// became of a consignment that was split or merged.
import assert from 'node:assert/strict'
import { openPage, overflowing, PLAIN_HOST, signIn, until } from './harness.mjs'
import { board, edition, startMock, visit } from './mock-terminal.mjs'

const label = (ru) => ({ ru, kk: ru, en: ru, review: false })
const field = (id, scope, ru, over = {}) => ({ id, article: '280.3', kind: 'text', scope, status: 'required', condition: null, any_of: [], nil: false, min_digits: null, counted_by: null, parts: [], goods: false, identifier: null, label: label(ru), ...over })
const transit = {
  article: '280.3', empty_vehicle_flag: '', flags: [],
  fields: [field('carrier_name', 'visit', 'Перевозчик'), field('consignor_name', 'consignment', 'Отправитель'), field('goods_name', 'goods_item', 'Наименование товара'), field('hs_code', 'goods_item', 'Код товара')],
}
const consignment = (number, over = {}) => ({
  number, gross_kg: null, presented: { officer: 'bekov', at_ms: Date.now() - 60_000 }, papers: null, reference: null, filed_ms: null, registered_number: null, registered_ms: null,
  content_missing: null, content_warnings: [], refusals: [], released_ms: null, flags: [], course: { machine: 'arrival', state: 'presented', over: null, under_control: true }, into: [], from: [], ...over,
})
const split = { machine: 'arrival', state: 'split', over: null, under_control: false }

export async function papersThings(report, browser, dist) {
  for (const language of ['ru', 'kk', 'en']) {
    await report.check(`What papers say is typed and checked, and what they lack stays on the card, in ${language}`, async () => {
      const mock = await startMock(dist, board())
      mock.edition = { ...edition(), submissions: { transit_declaration: transit } }
      const missing = (content) => {
        const rows = []
        const consignment = content.consignments[0]
        if (!content.answers.carrier_name) rows.push({ field: 'carrier_name', article: '280.3(4)', consignment: null, item: null })
        if (!consignment.answers.consignor_name) rows.push({ field: 'consignor_name', article: '280.3(1)', consignment: 1, item: null })
        consignment.goods.forEach((item, g) => ['goods_name', 'hs_code'].forEach((id) => item[id] || rows.push({ field: id, article: '280.3(6)', consignment: 1, item: g + 1 })))
        return rows
      }
      const checks = []
      mock.papers = (body) => {
        checks.push(body)
        return { missing: missing(body.content), warnings: [], not_required: [] }
      }
      const row = mock.board.visits[0]
      const page = (report.page = await openPage(browser, { language }))
      const show = (consignments) => mock.visits.set(1, visit(row, { consignments }))
      show([consignment(1), consignment(2, { course: split, into: [3, 4] }), consignment(3, { from: [2] }), consignment(5, { from: [6, 7] })])
      mock.onOrder = (order) => {
        if (order.kind === 'file_papers') {
          show([consignment(1, { papers: order.papers, reference: order.reference, filed_ms: Date.now(), content_missing: missing(order.content), course: { machine: 'arrival', state: 'filed_pending_registration', over: null, under_control: true } })])
        }
        setTimeout(() => mock.change({ visits: [row] }, { visit: 1 }), 50)
        return { seq: mock.board.seq }
      }
      try {
        await page.goto(`http://${PLAIN_HOST}:${mock.port}/#/visit/1`)
        await signIn(page)
        const card = page.locator('article[data-consignment="1"]')
        await card.waitFor()
        assert.equal(await page.locator('article[data-consignment="2"] [data-into]').getAttribute('data-into'), '3 4', 'a whole names its parts')
        assert.match(await page.locator('article[data-consignment="2"] [data-into]').innerText(), /№ 3, № 4/)
        assert.match(await page.locator('article[data-consignment="3"] [data-from]').innerText(), /№ 2/)
        assert.match(await page.locator('article[data-consignment="5"] [data-from]').innerText(), /№ 6, № 7/)

        await card.locator('select').selectOption('declaration')
        assert.equal(await card.locator('button[aria-pressed]').count(), 0, 'no rows of the law, no form')
        await card.locator('select').selectOption('transit_declaration')
        await card.locator('button[aria-pressed]').press('Enter')
        await card.locator('[data-missing="4"]').waitFor()
        assert.deepEqual(await card.locator('[data-content] a[data-field]').evaluateAll((rows) => rows.map((one) => one.dataset.field)), ['carrier_name', 'consignor_name', 'goods_name', 'hs_code'])
        await card.locator('a[data-field="goods_name"]').press('Enter')
        assert.equal(await page.evaluate(() => document.activeElement.id), 'papers-1-i1-goods_name', 'a missing row leads to its field')
        await page.keyboard.type('potassium chloride')
        await page.fill('#papers-1-carrier_name', 'Dostyk Trans')
        await card.locator('[data-missing="2"]').waitFor()
        assert.deepEqual(await overflowing(page), [])
        if (process.env.BEKET_SHOTS) await page.screenshot({ path: `${process.env.BEKET_SHOTS}/papers-${language}.png` })
        await page.fill('#reference-1', 'T1-77')
        await page.focus('#reference-1')
        await page.keyboard.press('Enter')
        const order = await until('the order comes', () => mock.orders.find((one) => one.kind === 'file_papers'))
        assert.equal(order.content.mode, 'road')
        assert.deepEqual(order.content.answers.carrier_name, { as: 'text', value: 'Dostyk Trans' })
        assert.deepEqual(order.content.consignments[0].goods, [{ goods_name: { as: 'text', value: 'potassium chloride' } }])
        await card.locator('[data-content-missing="2"]').waitFor()
        assert.deepEqual(await card.locator('[data-content-missing] li').evaluateAll((rows) => rows.map((one) => one.dataset.field)), ['consignor_name', 'hs_code'])
        assert.match(await card.locator('[data-content-missing] li').first().innerText(), /Отправитель.*280\.3\(1\)/)
        assert.deepEqual(await overflowing(page), [])
        if (process.env.BEKET_SHOTS) await page.screenshot({ path: `${process.env.BEKET_SHOTS}/filed-${language}.png` })
        assert.deepEqual(page.complaints, [], 'complaints of the page')
      } finally {
        await page.context().close()
        await mock.stop()
        report.page = null
      }
    })
  }
}
