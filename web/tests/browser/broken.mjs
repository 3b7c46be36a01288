// What the screens do when something breaks: played by an agent that is not there, because the real one breaks only by accident.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { hear, openPage, overflowing, PLAIN_HOST, signIn, sleep, until } from './harness.mjs'
import { alarm, board, clock, screening, startMock, visit, visitRow } from './mock-terminal.mjs'

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

  await check('Documents of passages that cannot be written are told, and one that is not there is told beside its screening', {}, (laid, mock) => {
    mock.visits.set(1, visit(laid.visits[0], { screenings: [screening(31, { seq: 7 }), screening(32, { seq: 9 })] }))
    mock.passages.set(7, '<RadInstrumentData/>')
  }, async () => {
    const open = async () => {
      await page.evaluate(() => (location.hash = '#/visit/1'))
      await page.waitForSelector('#part-radiation .line')
    }
    await open()
    await sleep(1_200)
    assert.equal(await page.locator('[data-document]').count(), 0, 'a site that has none written has nothing to fetch')
    mock.documents = 'no_space'
    const told = page.locator('[data-documents="no_space"]')
    await until('the status line tells it', async () => /НЕ ПИШУТСЯ.*диск/.test(await told.innerText()))
    assert.equal(await page.locator('.lost strong').count(), 0, 'recording goes on')
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-document="7"]').click()])
    assert.equal(download.suggestedFilename(), '20260521T050023Z-portal-1-7.n42')
    assert.equal(await readFile(await download.path(), 'utf8'), '<RadInstrumentData/>')
    await page.locator('[data-document="9"]').click()
    await until('it is told', async () => /ещё не записан/.test(await page.locator('#part-radiation [role="alert"]').innerText()))
    mock.documents = 'ok'
    await until('all is plain again', async () => (await page.locator('[data-documents]').count()) === 0)
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

  await check('Each sound has its tone, and silence none', {}, undefined, async () => {
    const silence = await hear(page, () => sleep(0), 400)
    assert.ok(silence.peak < 0.001, `silence of ${silence.peak}`)
    await page.locator('details.sound summary').click()
    const buttons = page.locator('.tests button')
    const tones = [[880], [660], [523], [330, 262]]
    assert.equal(await buttons.count(), tones.length)
    for (const [place, wanted] of tones.entries()) {
      const { peak, tones: heard } = await hear(page, () => buttons.nth(place).click())
      assert.ok(peak > 0.1, `sound ${place} of ${peak}`)
      for (const hz of wanted) assert.ok(heard.some((one) => Math.abs(one - hz) < 12), `${hz} Hz among ${heard}`)
    }
  })

  await check('An alarm that nobody acknowledged is marked in banner and list, and louder', {}, undefined, async () => {
    const since_ms = Date.now()
    const calm = await hear(page, () => mock.change({ alarms: [alarm(1, { since_ms })] }))
    assert.ok(calm.peak > 0.1)
    assert.equal(await page.locator('[data-escalated]').count(), 0)
    const loud = await hear(page, () => mock.change({ alarms: [alarm(1, { since_ms, escalated: true })] }))
    assert.ok(loud.peak > 1.8 * calm.peak, `${loud.peak} after ${calm.peak}`)
    assert.match(await banner(), /не подтверждена \d+ с/)
    await page.keyboard.press('F4')
    await until('the row says so', async () => /не подтверждена \d+ с/.test(await page.locator('tr[data-alarm="1"]').innerText()))
    mock.change({ alarms: [alarm(1, { since_ms, escalated: true, acknowledged: { officer: 'bekov', at_ms: Date.now() } })] })
    await until('the mark is gone', async () => (await page.locator('[data-escalated]').count()) === 0)
  })

  await check('A reading is given to another vehicle, and the page says where it went', {}, (laid, mock) => {
    const row = laid.visits[0]
    mock.visits.set(1, visit(row, { screenings: [screening(31)], seals: [{ number: 'K448812', expected: false, reading: 32, read_ms: Date.now(), battery_percent: 80, found: null, verdict: null }] }))
  }, async () => {
    await page.evaluate(() => (location.hash = '#/visit/1'))
    await until('one for each reading', async () => (await page.locator('button[data-assign]').count()) === 2)
    const opener = page.locator('#part-radiation button[data-assign="31"]')
    await opener.click()
    await until('the choice has the focus', () => page.evaluate(() => document.activeElement?.id === 'assign-31'))
    await page.keyboard.press('Escape')
    await until('the focus is back', () => page.evaluate(() => document.activeElement?.matches('button[data-assign="31"]')))
    assert.equal(await page.evaluate(() => location.hash), '#/visit/1')
    await opener.click()
    const choices = await page.locator('#assign-31 option').allInnerTexts()
    assert.equal(choices.length, 5)
    assert.ok(!choices.some((one) => one.includes('KZ123ABC02')))
    await page.selectOption('#assign-31', '3')
    assert.match(await page.locator('form[data-assign]').innerText(), /Перенести к UZ90770GA\?/)
    assert.deepEqual(await overflowing(page), [])
    mock.onOrder = () => {
      mock.visits.set(1, { ...mock.visits.get(1), screenings: [] })
      return { seq: mock.change({}, { kind: 'reading_assigned', visit: 3, with: { reading: '31', from: '1', to: '3' } }) }
    }
    await page.locator('form[data-assign] button.main').click()
    await until('where it went', async () => /Перенесено к UZ90770GA/.test(await page.locator('.moved').innerText()))
    await until('the line is gone', async () => (await page.locator('#part-radiation [data-assign]').count()) === 0)
    const { request_id, ...order } = mock.orders.at(-1)
    assert.deepEqual(order, { kind: 'assign_reading', reading: 31, visit: 3 })
    assert.ok(request_id)
  })

  await check('A seal that says two things at once, and two pictures that are the same, are shown as what they are', {}, (laid, mock) => {
    const at_ms = Date.now()
    const seal = { number: 'K448812', expected: true, reading: 32, read_ms: at_ms, battery_percent: 80, found: null, verdict: 'damaged', events: [{ at_ms, class: 5 }, { at_ms, class: 1 }] }
    const picture = { kind: 'licensePlatePicture', bytes: 1024, sha256: '9f'.repeat(32) }
    const plate = { reading: 33, seq: 8, at_ms, device: 'camera-1', text: '123ABC02', pictures: [picture, picture] }
    mock.visits.set(1, visit(laid.visits[0], { seals: [seal], plates: [plate] }))
  }, async () => {
    await page.evaluate(() => (location.hash = '#/visit/1'))
    await until('both events', async () => (await page.locator('#part-seals .event').count()) === 2)
    assert.equal(await page.locator('.picture').count(), 2)
  })

  await check('A screen that breaks takes neither the alarms nor the other screens with it', {}, (laid, mock) => {
    laid.alarms.push(alarm(1))
    mock.visits.set(1, visit(laid.visits[0], { seals: null, plates: 7 }))
  }, async () => {
    await page.evaluate(() => (location.hash = '#/visit/1'))
    await until('it says so', async () => /показать нельзя/.test(await page.locator('main').innerText()))
    assert.match(await banner(), /Гамма-излучение/)
    assert.ok(page.complaints.length > 0, 'the technician finds it in the console')
    page.complaints.length = 0
    mock.visits.set(1, visit(mock.visits.get(1).row))
    await page.locator('main button').click()
    await until('it is there again', async () => (await page.locator('#part-seals').count()) === 1)
    await page.evaluate(() => (location.hash = '#/alarms'))
    await until('the alarms', async () => (await page.locator('tr[data-alarm="1"]').count()) === 1)
  })

  await check('A refused order is explained in the language of the page', {}, (laid, mock) => mock.visits.set(1, visit(laid.visits[0], { screenings: [screening(31)] })), async () => {
    mock.onOrder = () => ({ refusal: { code: 'unknown_reading', message: 'there is no reading 31, or it is too old', holds: [] } })
    await page.evaluate(() => (location.hash = '#/visit/1'))
    await page.locator('#part-radiation button[data-assign="31"]').click()
    await page.selectOption('#assign-31', '3')
    await page.locator('form[data-assign] button.main').click()
    await until('the reason', async () => /Такого показания нет/.test(await page.locator('form[data-assign]').innerText()))
  })

  await check('Each term says in the words of the law what it is and what stops it, and an unknown one nothing', {}, (laid, mock) => {
    const clocks = ['ARR-1', 'DEC-4', 'NEW-9'].map((rule, i) => clock(i + 1, { rule }))
    mock.visits.set(1, visit(laid.visits[0], { clocks }))
  }, async () => {
    await page.evaluate(() => (location.hash = '#/visit/1'))
    await page.waitForSelector('[data-stops]')
    const said = await page.locator('[data-stops]').evaluateAll((all) => Object.fromEntries(all.map((one) => [one.dataset.stops, one.textContent.trim()])))
    assert.deepEqual(Object.keys(said), ['ARR-1', 'DEC-4'])
    assert.match(said['ARR-1'], /^Предварительно прекращается: подача документов на хранение; /)
    assert.match(said['DEC-4'], /^Прекращается: регистрация декларации; отказ/)
    assert.match(await page.locator('[aria-labelledby="clocks"]').innerText(), /ARR-1 Хранение или декларирование, партия 1/)
  })

  await check('The sign-in page remembers place and officer, and waits for the password alone', {}, undefined, async () => {
    mock.signedIn = false
    await page.reload()
    await until('the password has the focus', () => page.evaluate(() => document.activeElement?.id === 'password'))
    assert.equal(await page.inputValue('#officer'), 'bekov')
    assert.equal(await page.inputValue('#workplace'), 'Terminal 1')
    assert.equal(await page.inputValue('[autocomplete="username"]'), 'bekov')
    await page.evaluate(() => ['beket.workplace', 'beket.officer'].forEach((name) => localStorage.removeItem(name)))
    await page.reload()
    await until('the officer has the focus', () => page.evaluate(() => document.activeElement?.id === 'officer'))
    assert.equal(await page.inputValue('#workplace'), 'Терминал 1')
    await page.click('button[lang="kk"]')
    assert.equal(await page.inputValue('#workplace'), '1-терминал')
  })

  await check('Between vehicles the plot says that it waits, and the bar of the lane stands at a third', {}, undefined, async () => {
    const frame = { family: 'portal', lane: 'lane-1', device: 'portal-1', gamma: null, sum_1s: null, z: null, background: 256, limit: null, neutron: null, occupied: false }
    await until('nothing came yet', async () => /данных ещё нет/.test(await page.locator('.wrap .words').innerText()))
    mock.send('frame', { ...frame, t_ms: Date.now() })
    await until('the background', async () => /Ожидается следующая машина. Фон 256/.test(await page.locator('.wrap .words').innerText()))
    const width = () => page.locator('[data-lane="lane-1"] .value').getAttribute('width').then(Number)
    assert.ok(Math.abs((await width()) - 100 / 3) < 1, `a bar of ${await width()} %`)
    mock.send('frame', { ...frame, t_ms: Date.now(), sum_1s: 336, limit: 336, occupied: true })
    await until('the threshold at two thirds', async () => Math.abs((await width()) - 200 / 3) < 1)
  })
}
