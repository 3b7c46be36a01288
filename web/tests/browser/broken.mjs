// What the screens do when something breaks: played by an agent that is not there, because the real one breaks only by accident.
import assert from 'node:assert/strict'
import { openPage, PLAIN_HOST, signIn, sleep, until } from './harness.mjs'
import { alarm, board, clock, startMock, visitRow } from './mock-terminal.mjs'

export async function brokenThings(report, browser, dist) {
  let mock
  let page

  async function begin(options = {}, prepare = () => {}) {
    const laid = board()
    mock = await startMock(dist, laid)
    await prepare(laid, mock)
    page = report.page = await openPage(browser, options)
    await page.goto(`http://${PLAIN_HOST}:${mock.port}/`)
    await signIn(page)
    await page.waitForSelector('.lanes')
  }

  async function end() {
    assert.deepEqual(page.strangers, [], 'requests to other hosts')
    assert.deepEqual(page.complaints, [], 'complaints of the page')
    await page.context().close()
    await mock.stop()
    report.page = null
  }

  const check = (name, options, prepare, body) =>
    report.check(name, async () => {
      await begin(options, prepare)
      try {
        await body()
      } finally {
        await end()
      }
    })
  const banner = () => page.locator('.banner').innerText()

  await check('An alarm is on the screen before it is recorded, and cannot be acknowledged until it is', {}, undefined, async () => {
    mock.send('alarm', { ts_ms: Date.now(), alarm: alarm(7, { being_recorded: true }) })
    await until('the banner says so', async () => /Гамма-излучение.*записывается/s.test(await banner()), 1_000)
    assert.equal(await page.locator('.banner button.main').isDisabled(), true)
    mock.change({ alarms: [alarm(7)] })
    await until('it is recorded', async () => !/записывается/.test(await banner()))
    assert.equal(await page.locator('.banner button.main').isEnabled(), true)
    assert.equal(await page.locator('a[href="#/alarms/7"]').count(), 1)
  })

  await check('An alarm that was never recorded does not survive the agent', {}, undefined, async () => {
    mock.send('alarm', { ts_ms: Date.now(), alarm: alarm(7, { being_recorded: true }) })
    await until('it is shown', async () => /Гамма/.test(await banner()))
    mock.epoch = 'e2'
    mock.cut()
    await until('it is gone', async () => /Неподтверждённых тревог нет/.test(await banner()))
  })

  await check('Failed recording is told in large letters and keeps the alarms', {}, (laid) => laid.alarms.push(alarm(1)), async () => {
    mock.send('lost', { reason: 'no space left on device' })
    await page.waitForSelector('.lost strong')
    assert.ok((await page.locator('.lost strong').evaluate((one) => parseFloat(getComputedStyle(one).fontSize))) >= 30)
    assert.match(await banner(), /Гамма-излучение/)
    assert.equal(await page.locator('.banner button.main').isDisabled(), true)
  })

  await check('An acknowledgement counts when its entry has come back, not before', {}, (laid) => laid.alarms.push(alarm(1)), async () => {
    mock.onOrder = () => ({ seq: mock.board.seq + 1 })
    await page.keyboard.press('F8')
    await until('it is being sent', async () => /Отправляется/.test(await banner()))
    await sleep(300)
    assert.match(await banner(), /Гамма-излучение/)
    mock.change({ alarms: [alarm(1, { acknowledged: { officer: 'bekov', at_ms: Date.now() } })] })
    await until('the banner is empty', async () => /Неподтверждённых тревог нет/.test(await banner()))
    await page.keyboard.press('F4')
    await until('the officer is named', async () => /видел: Беков А\./.test(await page.locator('tr[data-alarm="1"]').innerText()))
  })

  await check('An answer that was lost is repeated under the same id', {}, (laid) => laid.alarms.push(alarm(1)), async () => {
    mock.onOrder = () => null
    await page.keyboard.press('F8')
    await until('it is not confirmed', async () => /не подтверждено/.test(await banner()))
    mock.onOrder = () => ({ seq: mock.change({ alarms: [alarm(1, { acknowledged: { officer: 'bekov', at_ms: Date.now() } })] }) })
    await page.keyboard.press('F8')
    await until('the banner is empty', async () => /Неподтверждённых тревог нет/.test(await banner()))
    const ids = mock.orders.filter((order) => order.kind === 'acknowledge_alarm').map((order) => order.request_id)
    assert.equal(new Set(ids).size, 1)
    assert.match(ids[0], /^[0-9a-f]{32}$/)
  })

  await check('The banner takes the higher priority, then the older; F8 acknowledges that one only', {}, (laid) => {
    laid.alarms.push(alarm(3, { since_ms: Date.now() - 5_000 }), alarm(2, { since_ms: Date.now() - 60_000 }), alarm(1, { priority: 'p3', cause: { kind: 'hub_away' }, since_ms: 0 }))
  }, async () => {
    await page.keyboard.press('F8')
    await until('an order', () => mock.orders.length > 0)
    assert.equal(mock.orders[0].alarm, 2)
  })

  await check('A frozen agent is noticed, orders go off, and all comes back', {}, (laid) => laid.alarms.push(alarm(1)), async () => {
    mock.frozen = true
    await page.waitForSelector('.stale', { timeout: 5_000 })
    await page.waitForSelector('.stale.off', { timeout: 12_000 })
    assert.equal(await page.locator('.banner button.main').isDisabled(), true)
    await until('the sound of silence', () => page.evaluate(() => window.tones.some((tone) => tone.hz === 330)), 8_000)
    mock.frozen = false
    await until('the strip is gone', async () => (await page.locator('.stale').count()) === 0, 12_000)
    assert.equal(await page.locator('.banner button.main').isEnabled(), true)
  })

  await check('A stream that is refused is opened again, and what was missed is shown once', {}, undefined, async () => {
    mock.change({ alarms: [alarm(1)] })
    await until('the first alarm', async () => /Гамма/.test(await banner()))
    mock.statusOfEvents = 503
    mock.cut()
    await sleep(1_500)
    for (const id of [2, 3, 4]) mock.change({ alarms: [alarm(id, { priority: 'p2', cause: { kind: 'tamper' } })] })
    mock.statusOfEvents = 200
    await page.keyboard.press('F4')
    await until('four rows', async () => (await page.locator('tr[data-alarm]').count()) === 4, 15_000)
  })

  await check('A session that has ended leads to the sign-in page', {}, undefined, async () => {
    mock.signedIn = false
    mock.statusOfEvents = 401
    mock.cut()
    await page.waitForSelector('#password', { timeout: 15_000 })
  })

  await check('Two tabs share one stream', {}, undefined, async () => {
    let streams = 0
    page.context().on('request', (request) => (streams += Number(request.url().includes('/api/events'))))
    const second = await page.context().newPage()
    await second.goto(`http://${PLAIN_HOST}:${mock.port}/`)
    await second.waitForSelector('.lanes [data-lane]')
    mock.change({ alarms: [alarm(5)] })
    for (const tab of [page, second]) await until('the alarm in each tab', async () => /Гамма/.test(await tab.locator('.banner').innerText()))
    assert.equal(streams, 0)
  })

  await check('Sound that the browser holds back is told of until it runs', { soundBlocked: true }, undefined, async () => {
    await page.waitForSelector('.locked')
    await page.evaluate(() => (window.soundBlocked = false))
    await page.keyboard.press('Shift')
    await until('the strip is gone', async () => (await page.locator('.locked').count()) === 0)
  })

  await check('F9 ends the sound and acknowledges nothing; a new alarm sounds again', {}, (laid) => laid.alarms.push(alarm(1)), async () => {
    await until('it sounds', () => page.evaluate(() => window.tones.length >= 3))
    await page.keyboard.press('F9')
    await until('it is ordered', () => mock.orders.some((order) => order.kind === 'silence_sound'))
    const before = await page.evaluate(() => window.tones.length)
    await sleep(6_000)
    assert.equal(await page.evaluate(() => window.tones.length), before)
    assert.match(await banner(), /Гамма-излучение/)
    mock.change({ alarms: [alarm(2, { priority: 'p2', cause: { kind: 'tamper' } })] })
    await until('two tones of 660 Hz', () => page.evaluate((from) => window.tones.slice(from).filter((tone) => tone.hz === 660).length === 2, before))
  })

  await check('Only the symbol of an alarm nobody saw flashes, and no text is in it', {}, (laid) => {
    laid.alarms.push(alarm(1, { active: false, ended_ms: Date.now() - 5_000 }), alarm(2, { acknowledged: { officer: 'bekov', at_ms: 1 }, active: false, ended_ms: Date.now() - 4_000 }))
  }, async () => {
    await page.keyboard.press('F4')
    await page.waitForSelector('tr[data-alarm="1"]')
    const flashing = await page.evaluate(() => document.getAnimations().map((one) => ({ tag: one.effect.target.tagName, text: one.effect.target.textContent.trim(), ms: one.effect.getTiming().duration })))
    assert.ok(flashing.length >= 2)
    for (const one of flashing) assert.deepEqual(one, { tag: 'svg', text: '', ms: 1_000 })
    assert.equal(await page.locator('tr[data-alarm="2"] .flashing').count(), 0)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    assert.equal(await page.evaluate(() => document.getAnimations().length), 0)
  })

  await check('Rows do not move under the officer; what is new waits above', {}, (laid) => laid.alarms.push(alarm(1, { priority: 'p3', cause: { kind: 'hub_away' } })), async () => {
    await page.keyboard.press('F4')
    await page.locator('tr[data-alarm="1"]').focus()
    for (let id = 2; id < 22; id++) mock.change({ alarms: [alarm(id)] })
    await until('they are counted', async () => /20 новых выше/.test(await page.locator('main').innerText()))
    assert.equal(await page.locator('tr[data-alarm]').count(), 1)
    assert.equal(await page.evaluate(() => document.activeElement.dataset.alarm), '1')
    await page.keyboard.press('Home')
    await until('they are shown', async () => (await page.locator('tr[data-alarm]').count()) === 21)
  })

  await check('A repeated cause is one row with a counter', {}, undefined, async () => {
    for (let count = 1; count <= 5; count++) mock.change({ alarms: [alarm(1, { count })] })
    await page.keyboard.press('F4')
    await until('the counter', async () => /×5/.test(await page.locator('tr[data-alarm="1"]').innerText()))
    assert.equal(await page.locator('tr[data-alarm]').count(), 1)
  })

  await check('A lane without frames for fifteen seconds has no data, and is not normal', {}, undefined, async () => {
    const frame = (t_ms) => ({ family: 'portal', lane: 'lane-1', device: 'portal-1', t_ms, gamma: null, sum_1s: 256, z: 0, background: 256, limit: 336, neutron: 0, occupied: false })
    mock.send('frame', frame(Date.now()))
    await until('a figure', async () => /256/.test(await page.locator('[data-lane="lane-1"]').innerText()))
    mock.send('frame', frame(Date.now() - 14_000))
    await until('no data', async () => (await page.locator('[data-lane="lane-1"] [data-nodata]').count()) === 1, 5_000)
  })

  await check('A countdown follows the checkpoint and not the computer, and has no minus sign', {}, (laid) => {
    laid.visits = [visitRow(1, { plate: 'A', stage: 'presented', clock: clock(1, { due_ms: Date.now() + 4_000 }) }), visitRow(2, { plate: 'B', stage: 'presented', clock: clock(2, { due_ms: Date.now() + 90_000_000 }) })]
  }, async () => {
    await page.evaluate(() => {
      const real = Date.now
      Date.now = () => real() + 3_600_000
    })
    await page.keyboard.press('F3')
    const first = page.locator('tr[data-visit="1"]')
    await until('seconds are left', async () => /осталось 0:0\d/.test(await first.innerText()))
    await until('it is overdue', async () => /просрочено 0:0\d/.test(await first.innerText()), 8_000)
    assert.doesNotMatch(await first.locator('[role=timer]').innerText(), /[-−]\d+:/)
    assert.match(await page.locator('tr[data-visit="2"]').innerText(), /до \d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d/)
    assert.match(await page.locator('footer').innerText(), /Часы этого компьютера расходятся/)
  })

  await check('Function keys work while typing and on a Cyrillic layout', {}, undefined, async () => {
    const press = (key, place) => page.evaluate(([key, place]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, code: place, bubbles: true, cancelable: true })), [key, place])
    await page.keyboard.press('F3')
    await until('the search has the focus', () => page.evaluate(() => document.activeElement.id === 'find'))
    await page.keyboard.type('123')
    await press('Unidentified', 'F4')
    await page.waitForSelector('#alarms-title')
    await press('Unidentified', 'F1')
    await page.waitForSelector('dialog[open]')
    await page.keyboard.press('Escape')
    await until('the dialog is closed', async () => (await page.locator('dialog[open]').count()) === 0)
    await press('Unidentified', 'F2')
    await page.waitForSelector('.lanes')
  })

  await check('Esc leads back to the row that one came from', {}, undefined, async () => {
    await page.keyboard.press('F3')
    await page.waitForSelector('tr[data-visit="2"]')
    await page.locator('tr[data-visit="2"]').focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash === '#/visit/2')
    await page.keyboard.press('Escape')
    await until('the row has the focus', () => page.evaluate(() => document.activeElement.dataset.visit === '2'))
  })

  await check('Names with markup are shown as text', {}, (laid) => {
    laid.visits = [visitRow(1, { plate: '<img src=x onerror=alert(1)>' })]
    laid.lanes[0].title = '"><script>alert(1)</script>'
  }, async () => {
    await page.keyboard.press('F3')
    assert.match(await page.locator('tr[data-visit="1"]').innerText(), /<img src=x/)
    assert.equal(await page.locator('main img, main script').count(), 0)
  })

  await check('Two hundred vehicles are filtered at a keystroke', {}, (laid) => {
    laid.visits = Array.from({ length: 200 }, (_, i) => visitRow(i + 1, { plate: `KZ${String(i).padStart(3, '0')}ABC02` }))
  }, async () => {
    await page.keyboard.press('F3')
    await until('all rows', async () => (await page.locator('tr[data-visit]').count()) === 200)
    await until('the search has the focus', () => page.evaluate(() => document.activeElement.id === 'find'))
    await page.keyboard.type('КZ 117')
    await until('one row', async () => (await page.locator('tr[data-visit]').count()) === 1)
  })
}
