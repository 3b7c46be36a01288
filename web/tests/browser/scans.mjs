// Scans: they are on the pages of the lane and of the vehicle as they arrive, and go into the notice only where an officer lets them.
import assert from 'node:assert/strict'
import { axeFindings, openPage, overflowing, PLAIN_HOST, signIn, until } from './harness.mjs'
import { board, edition, startMock, visit } from './mock-terminal.mjs'

/** What a gloved finger hits, in pixels. */
const FINGER_PX = 40
const label = (text) => ({ ru: text, kk: text, en: text, review: false })
const form = { article: '251.1(1)', flags: [], fields: [{ id: 'vehicle_registration', kind: 'list', scope: 'visit', status: 'required', any_of: [], parts: [], label: label('№'), article: '251.1(1)', nil: false, goods: false }] }
const now = Date.now()
const scan = (reading, what, value, over = {}) => ({
  reading, seq: 40 + reading, at_ms: now - 60_000 + reading * 1000, device: 'portal-1', what, value, checked: 'check_digit', read_as: null, times: 1, also: [], text: null, elements: [], document: null, inspection: null, visit: 1, waits_until_ms: null, ...over,
})
const inspection = (over = {}) => ({
  conclusion: 'suspicious', judge: 'operator', judged_by: 'op-7', judged_ms: now - 20_000, remark: 'dense block behind the cab', regions: [{ left: 120, top: 300, width: 80, height: 90, remark: 'block' }], scanner: 'XR-1',
  operator: 'op-3', started_ms: now - 90_000, ended_ms: now - 30_000, direction: 'inbound', vehicle: '777KKA05', containers: ['CSQU3054383'], image: 'uff3', image_bytes: 48_211_333, image_sha256: '9f'.repeat(32), image_uri: 'https://xr-1.example/scans/000123.uff', ...over,
})
const passport = { kind: 'passport', issuer: 'KAZ', number: 'N12345678', expires: '2021-04-15' }
const all = () => [
  scan(8, 'inspection', 'X-000123', { checked: 'nothing', inspection: inspection() }),
  scan(7, 'travel_document', 'KAZ N12345678', { document: passport }),
  scan(6, 'gs1', '04870000000012', { elements: [{ ai: '01', value: '04870000000012' }, { ai: '10', value: 'LOT-7' }, { ai: '7003', value: '2612311200' }] }),
  scan(5, 'declaration', '55302/200126/0012345', { checked: 'date', also: [{ what: 'container', value: 'MSKU9070323', checked: 'check_digit' }], text: '55302/200126/0012345;MSKU9070323' }),
  scan(4, 'container', 'CSQU3054384', { checked: 'wrong_digit' }),
  scan(3, 'container', 'TGHU7654321', { read_as: 'TGHU76S4321' }),
  scan(2, 'seal', 'K448812', { checked: 'shape', times: 3 }),
  scan(1, 'code', 'https-less text of a waybill, as long as such texts are: CMR 2026/000123-АЛМАТЫ', { checked: 'nothing' }),
]

export async function scanThings(report, browser, dist) {
  for (const language of ['ru', 'kk', 'en']) {
    await report.check(`Scans are shown as they arrive and taken over without putting anything aside, in ${language}`, async () => {
      const mock = await startMock(dist, board())
      mock.edition = { ...edition(), modes: { road: { arrival: form, departure: form } } }
      const row = mock.board.visits[0]
      const scans = all()
      mock.visits.set(1, visit(row, { scans: scans.slice(1) }))
      const page = (report.page = await openPage(browser, { language }))
      const shot = async (name) => process.env.BEKET_SHOTS && (await page.screenshot({ path: `${process.env.BEKET_SHOTS}/scans-${name}-${language}.png` }))
      try {
        await page.goto(`http://${PLAIN_HOST}:${mock.port}/#/visit/1`)
        await signIn(page)
        await page.waitForSelector('#part-scans [data-scan="7"]')
        assert.equal(await page.locator('#part-scans [data-scan]').count(), 7)
        assert.equal(await page.locator('[data-scan="2"] [data-times]').getAttribute('data-times'), '3')
        assert.equal(await page.locator('[data-scan="4"] [data-checked]').getAttribute('data-checked'), 'wrong_digit')
        assert.equal(await page.locator('[data-scan="7"] [data-expired]').count(), 1, 'a document that is over is told')
        // The result of the X-rays arrives while the page is open.
        mock.visits.set(1, visit(row, { scans }))
        const lane = { ...mock.board.lanes[0], scans: scans.slice(0, 3) }
        mock.change({ visits: [row], lanes: [lane] }, { kind: 'scanned', visit: 1 })
        await page.waitForSelector('[data-scan="8"] [data-conclusion="suspicious"]')
        const told = await page.locator('[data-scan="8"]').innerText()
        for (const word of ['op-7', 'dense block', '777KKA05', 'CSQU3054383', 'UFF3', '9f9f', 'https://xr-1.example/scans/000123.uff', '12', '30']) assert.ok(told.includes(word), `${word} in ${told}`)
        assert.equal(await page.locator('[data-scan="8"] .other').count(), 1, 'the scanner was told another plate')
        await until('it is spoken', async () => (await page.locator('[aria-live="polite"]').allInnerTexts()).join(' ').includes('KZ123ABC02'))
        assert.deepEqual(await overflowing(page), [])
        assert.deepEqual(await axeFindings(page), [])
        const heights = await page.locator('#part-scans .take').evaluateAll((buttons) => buttons.map((one) => one.getBoundingClientRect().height))
        assert.ok(heights.length >= 6 && heights.every((height) => height >= FINGER_PX), `buttons are for fingers: ${heights}`)
        await page.locator('#part-scans').scrollIntoViewIfNeeded()
        await page.evaluate(() => document.getElementById('part-scans').scrollIntoView())
        await shot('visit')

        // A sound number goes straight into its field.
        await page.locator('[data-scan="2"] [data-take="seal_numbers"]').click()
        await page.waitForSelector('#visit-seal_numbers')
        assert.equal(await page.inputValue('#visit-seal_numbers'), 'K448812')
        // A wrong check digit does not go unseen.
        await page.locator('[data-offered="container_ids"] [data-take]').nth(1).click()
        const ask = page.locator('[data-asked="container_ids"]')
        await ask.waitFor()
        assert.ok((await ask.innerText()).includes('CSQU3054384'))
        assert.equal(await page.locator('#visit-container_ids').count(), 0, 'nothing is in the form yet')
        await shot('asked')
        await ask.locator('[data-how="leave"]').click()
        await page.locator('[data-offered="container_ids"] [data-take]').first().click()
        await until('a sound container is in the form', async () => (await page.inputValue('#visit-container_ids')) === 'MSKU9070323')
        // What was typed is never put aside silently.
        await page.locator('[data-offered="driver_document"] [data-take]').click()
        await until('the document is in the form', async () => (await page.inputValue('#visit-driver_document')) === 'KAZ N12345678')
        await page.fill('#visit-driver_document', 'KAZ N12345679')
        await page.locator('[data-offered="driver_document"] [data-take]').click()
        const paper = page.locator('[data-asked="driver_document"]')
        await paper.waitFor()
        const both = await paper.innerText()
        assert.ok(both.includes('KAZ N12345679') && both.includes('KAZ N12345678'), `both are shown: ${both}`)
        assert.equal(await page.inputValue('#visit-driver_document'), 'KAZ N12345679')
        assert.deepEqual(await overflowing(page), [])
        assert.deepEqual(await axeFindings(page), [])
        await shot('notice')
        await paper.locator('[data-how="leave"]').click()
        assert.equal(await page.inputValue('#visit-driver_document'), 'KAZ N12345679')
        await page.keyboard.press('Control+Enter')
        const order = await until('the notice is registered', () => mock.orders.find((one) => one.kind === 'register_notice'))
        assert.deepEqual(order.notice.answers.container_ids, { as: 'papers', value: ['MSKU9070323'] })
        assert.deepEqual(order.notice.answers.seal_numbers, { as: 'papers', value: ['K448812'] })
        assert.deepEqual(order.notice.answers.driver_document, { as: 'text', value: 'KAZ N12345679' })

        // The board shows what the scanners of a lane read, and what waits for a vehicle can be given to one.
        await page.evaluate(() => { location.hash = '#/board' })
        await page.waitForSelector('[data-lane-scans] [data-scan="8"]')
        const waiting = scan(9, 'seal', 'K777', { checked: 'shape', visit: null, waits_until_ms: Date.now() + 60_000 })
        mock.change({ lanes: [{ ...lane, scans: [waiting, ...lane.scans] }] }, { kind: 'scanned' })
        await page.locator('[data-scan="9"] [data-assign]').click()
        await page.locator('#assign-9').selectOption('2')
        assert.deepEqual(await overflowing(page), [])
        await shot('board')
        await page.locator('[data-assign="9"] .main').click()
        await until('it is given', () => mock.orders.some((one) => one.kind === 'assign_reading' && one.reading === 9 && one.visit === 2))
        assert.deepEqual(page.complaints, [], 'complaints of the page')
      } finally {
        await page.context().close()
        await mock.stop()
        report.page = null
      }
    })
  }
}
