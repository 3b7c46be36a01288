// Prior information: who is expected, a record in the rows of a notice, a link, a withdrawal, and what the notice says otherwise.
import assert from 'node:assert/strict'
import { openPage, overflowing, PLAIN_HOST, signIn, until } from './harness.mjs'
import { board, edition, startMock, visit, visitRow } from './mock-terminal.mjs'

const NOON_MS = 1_795_262_400_000
const same = (text) => ({ ru: text, en: text, kk: text, review: false })
const field = (id, kind, scope, label) => ({ id, kind, scope, any_of: [], parts: [], label: same(label), article: '251.1(1)', nil: false })
const form = {
  article: '251.1(1)', flags: [],
  fields: [field('vehicle_registration', 'list', 'visit', 'Registration'), field('consignee_name', 'text', 'consignment', 'Consignee'), field('gross_weight_kg', 'number', 'consignment', 'Gross weight'), field('hs_code', 'text', 'goods_item', 'Code')],
}
const row = (id, over = {}) => ({
  id, number: `57402-I-00000${id}`, from: 'customs_representative', expected_ms: NOON_MS, place: 'Нур Жолы', plates: ['123ABC02', '45AA02'], containers: ['CSQU3054383'], mode: 'road', purpose: 'arrival',
  consignments: 2, recorded: { officer: 'bekov', at_ms: NOON_MS - 86_400_000 }, standing: 'expected', visit: null, visit_number: null, since_ms: null, linked_by: null, reason: null, differences: null, course: null, ...over,
})
const difference = (over) => ({ field: 'gross_weight_kg', consignment: null, item: null, in_notice: null, stated: null, declared: null, ...over })
const linked = {
  row: row(1, { standing: 'linked', visit: 1, visit_number: '57402-26-018233', since_ms: NOON_MS, differences: 4 }),
  information: { from: 'carrier', place: '', plates: [], containers: [], note: 'e-mail 14', draft: { mode: 'road' } },
  comparison: {
    revision: 2, at_ms: NOON_MS, more: 0,
    differences: [
      difference({ field: 'consignment_count', stated: { as: 'number', value: '2' }, declared: { as: 'number', value: '1' } }),
      difference({ field: 'consignment', consignment: 2 }),
      difference({ field: 'consignee_name', consignment: 1, in_notice: 1, stated: { as: 'text', value: 'ТОО «Очень длинное наименование получателя товаров»' }, declared: { as: 'text', value: 'ТОО «Бета»' } }),
      difference({ consignment: 1, in_notice: 2, stated: { as: 'number', value: '12000' }, declared: { as: 'number', value: '12500' } }),
    ],
  },
}

export async function priorThings(report, browser, dist) {
  for (const language of ['ru', 'kk', 'en']) {
    await report.check(`Prior information is recorded, withdrawn, and shown beside the notice, in ${language}`, async () => {
      const mock = await startMock(dist, board())
      mock.edition = { ...edition(), modes: { road: { arrival: form, departure: form } } }
      mock.prior = [row(2), row(3, { plates: ['777XYZ05'], containers: [] }), linked.row]
      mock.visits.set(1, visit(visitRow(1, { plate: '123ABC02' }), { prior: [linked], prior_candidates: [row(2)] }))
      const page = (report.page = await openPage(browser, { language }))
      try {
        await page.goto(`http://${PLAIN_HOST}:${mock.port}/`)
        await signIn(page)
        await page.waitForSelector('.lanes')
        await page.keyboard.press('Shift+F7')
        await page.waitForSelector('tr[data-prior]')
        assert.equal(await page.locator('tr[data-prior]').count(), 2, 'what is linked is not expected')
        assert.deepEqual(await overflowing(page), [])
        await page.fill('#find-prior', '777')
        await until('one is found by its plate', async () => (await page.locator('tr[data-prior]').count()) === 1)
        await page.locator('[data-withdraw="3"]').press('Enter')
        await page.fill('#why-3', 'another route')
        await page.keyboard.press('Enter')
        await until('it is withdrawn', () => mock.orders.some((order) => order.kind === 'withdraw_prior_information' && order.prior === 3 && order.reason === 'another route'))

        await page.locator('[data-record-prior]').press('Enter')
        await page.waitForSelector('[data-prior-form]')
        assert.equal(await page.evaluate(() => document.activeElement?.id), 'prior-plates')
        await page.keyboard.type('123 ABC 02, 45AA02')
        await page.fill('#prior-when', '2026-11-21T17:00')
        await page.fill('#c1-gross_weight_kg', '12000,5')
        assert.deepEqual(await overflowing(page), [])
        await page.keyboard.press('Control+Enter')
        await until('it is recorded', () => mock.orders.some((order) => order.kind === 'record_prior_information'))
        const { information } = mock.orders.find((order) => order.kind === 'record_prior_information')
        assert.deepEqual(information.plates, ['123 ABC 02', '45AA02'])
        assert.equal(information.expected_at, '2026-11-21T12:00:00.000Z', 'the clock on the wall is that of the checkpoint')
        assert.deepEqual(information.draft.consignments, [{ answers: { gross_weight_kg: { as: 'number', value: '12000.5' } }, goods: [] }])
        await until('the form closes', async () => (await page.locator('[data-prior-form]').count()) === 0)

        await page.evaluate(() => { location.hash = '#/visit/1' })
        await page.waitForSelector('tr[data-difference]')
        assert.equal(await page.locator('tr[data-difference]').count(), 4)
        const shown = await page.locator('#part-prior').innerText()
        for (const word of ['Gross weight', '12000', '12500', 'ТОО «Бета»', '57402-I-000002']) assert.ok(shown.includes(word), `${word} in ${shown}`)
        assert.deepEqual(await overflowing(page), [])
        await page.locator('[data-link="2"]').press('Enter')
        await until('it is linked', () => mock.orders.some((order) => order.kind === 'link_prior_information' && order.prior === 2 && order.visit === 1))
        await page.locator('[data-prior="1"] button:not(:disabled)').press('Enter')
        await until('it is taken away', () => mock.orders.some((order) => order.kind === 'unlink_prior_information' && order.prior === 1))
        assert.deepEqual(page.complaints, [], 'complaints of the page')
      } finally {
        await page.context().close()
        await mock.stop()
        report.page = null
      }
    })
  }
}
