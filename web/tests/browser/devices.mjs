// Devices: a weighing axle by axle is ended by an officer, what a scale shows instead of a number is told in words, and a page says of every
// device how it is set and when it was heard.
import assert from 'node:assert/strict'
import { axeFindings, openPage, overflowing, PLAIN_HOST, signIn, until } from './harness.mjs'
import { board, startMock, visit } from './mock-terminal.mjs'

export async function deviceThings(report, browser, dist) {
  for (const language of ['ru', 'kk', 'en']) {
    const check = (what, run) =>
      report.check(`${what}, in ${language}`, async () => {
        const mock = await startMock(dist, board())
        const page = (report.page = await openPage(browser, { language }))
        const shot = async (name) => process.env.BEKET_SHOTS && (await page.screenshot({ path: `${process.env.BEKET_SHOTS}/${name}-${language}.png` }))
        try {
          await run({ mock, page, shot })
          assert.deepEqual(page.complaints, [], 'complaints of the page')
        } finally {
          await page.context().close()
          await mock.stop()
          report.page = null
        }
      })

    await check('An officer ends a weighing that does not end, with a reason, and is told where none runs', async ({ mock, page, shot }) => {
      const row = mock.board.visits[0]
      const open = { device: 'scale-1', visit: 1, began_ms: Date.now() - 95_000, resumed: false }
      const lane = { ...mock.board.lanes[0], weighings: [open] }
      mock.board.lanes[0] = lane
      mock.visits.set(1, visit(row))
      await page.goto(`http://${PLAIN_HOST}:${mock.port}/#/visit/1`)
      await signIn(page)
      const part = page.locator('#part-weighing [data-weighing="scale-1"]')
      await part.waitFor()
      // Discarding is begun, and left again with the keyboard: nothing was ordered.
      await part.locator('[data-end="discarded"]').click()
      await page.keyboard.press('Escape')
      await part.locator('[data-end="counted"]').click()
      const button = part.locator('button.main')
      assert.ok(await button.isDisabled(), 'not without a reason')
      await page.keyboard.type('the last axle stays on the plate')
      assert.deepEqual(await overflowing(page), [])
      assert.deepEqual(await axeFindings(page), [])
      await page.locator('#part-weighing').scrollIntoViewIfNeeded()
      await shot('weighing-visit')
      mock.onOrder = (order) => (order.kind === 'end_weighing' ? { refusal: { code: 'no_weighing', message: 'no vehicle is being weighed axle by axle on scale-1', holds: [] } } : { seq: mock.board.seq })
      await page.keyboard.press('Enter')
      await part.locator('[data-order="refused"] strong').waitFor()
      mock.onOrder = () => ({ seq: mock.change({ lanes: [{ ...lane, weighings: [] }] }, { kind: 'weighing_ended', visit: 1 }) })
      await page.keyboard.press('Enter')
      await until('it is over', async () => (await part.count()) === 0)
      const orders = mock.orders.filter((one) => one.kind === 'end_weighing')
      for (const order of orders) {
        assert.deepEqual({ device: order.device, outcome: order.outcome, reason: order.reason }, { device: 'scale-1', outcome: 'counted', reason: 'the last axle stays on the plate' })
      }

      // The same from the lane.
      await page.evaluate(() => { location.hash = '#/board' })
      await page.waitForSelector('.lanes')
      mock.change({ lanes: [{ ...lane, weighings: [{ ...open, resumed: true }] }] }, { kind: 'weighing_began', visit: 1 })
      const here = page.locator('.live [data-weighing="scale-1"]')
      await here.waitFor()
      await here.locator('[data-end="discarded"]').click()
      await page.keyboard.type('two vehicles stood on it')
      assert.deepEqual(await overflowing(page), [])
      assert.deepEqual(await axeFindings(page), [])
      await shot('weighing-board')
      await page.keyboard.press('Enter')
      await until('it is discarded', () => mock.orders.some((one) => one.kind === 'end_weighing' && one.outcome === 'discarded'))
    })

    await check('A scale that shows no number says so in words, and the weight before is not shown in its place', async ({ mock, page, shot }) => {
      await page.goto(`http://${PLAIN_HOST}:${mock.port}/`)
      await signIn(page)
      const tile = page.locator('#lane-lane-1')
      await until('the last weight', async () => (await tile.innerText()).includes('38'))
      for (const instead of ['overload', 'underload', 'out_of_range', 'blank', 'withheld']) {
        mock.send('frame', { family: 'weighbridge', lane: 'lane-1', device: 'scale-1', t_ms: Date.now(), kg: null, instead, stable: false })
        await tile.locator(`[data-instead="${instead}"]`).waitFor()
        const told = await tile.innerText()
        assert.ok(!told.includes('240'), `no number in ${told}`)
        assert.ok(!told.includes(instead) || language === 'en', told)
        if (instead === 'overload') await shot('scale-overload')
      }
      mock.send('frame', { family: 'weighbridge', lane: 'lane-1', device: 'scale-1', t_ms: Date.now(), kg: '41000', instead: null, stable: true })
      await until('a number again', async () => /41\s?000|41[.,\u00a0\u202f]000/.test(await tile.innerText()))
    })

    await check('A page says of every device how it is set, when it was heard, and what was wrong with it', async ({ mock, page, shot }) => {
      const now = Date.now()
      mock.board.devices[1] = { ...mock.board.devices[1], dialect: 'toledo', health: 'mismatch', detail: 'bytes come, but no valid frame: check speed, parity, bits, and the dialect', faults: 1207, faults_by_kind: { noise: 1200, 'wrong-checksum': 5, flood: 2 }, last_fault: 'noise', last_fault_ms: now - 2_000 }
      mock.board.devices[0] = { ...mock.board.devices[0], assumed: true }
      mock.devices = mock.board.devices.map((device, i) => ({
        id: device.id, link: i % 2 ? '/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0 9600 7E1' : 'tcp 192.168.10.21:1600', settings: i === 1 ? { checksum: 'true', address: '3' } : {}, usual: i === 1 ? ['poll_ms', 'answer_ms'] : [],
        silence_limit_s: 15, heard_ms: i === 3 ? null : now - 1_000, reading_ms: i === 1 || i === 3 ? null : now - 1_000, readings: i === 1 ? 0 : 5231,
      }))
      await page.goto(`http://${PLAIN_HOST}:${mock.port}/`)
      await signIn(page)
      await page.keyboard.press('Shift+F2')
      const scale = page.locator('[data-device="scale-1"]')
      await scale.locator('[data-fault="noise"]').waitFor()
      await until('the link is there', async () => (await scale.innerText()).includes('9600 7E1'))
      const told = await scale.innerText()
      for (const word of ['toledo', 'checksum = true', 'address = 3', 'poll_ms, answer_ms', '1200', '5', 'bytes come, but no valid frame']) assert.ok(told.includes(word), `${word} in ${told}`)
      assert.equal(await scale.locator('[data-health]').getAttribute('data-health'), 'mismatch')
      assert.deepEqual(await overflowing(page), [])
      assert.deepEqual(await axeFindings(page), [])
      await shot('devices')
      // What was recorded comes as it happens; what was heard is asked for.
      mock.change({ devices: [{ ...mock.board.devices.find((one) => one.id === 'scale-1'), health: 'online' }] }, { kind: 'device_health_changed', device: 'scale-1' })
      await scale.locator('[data-health="online"]').waitFor()
      mock.devices = mock.devices.map((one) => ({ ...one, readings: 6000 }))
      await until('it is asked again', async () => (await scale.innerText()).includes('6000'))
      await page.keyboard.press('Escape')
      await page.waitForSelector('.lanes')
    })
  }
}
