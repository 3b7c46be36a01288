// The hub's pages, drawn from data alone: links that are late or gone, journals that do not hold together, and a hub that falls silent.
import assert from 'node:assert/strict'
import { axeFindings, openPage, overflowing, until } from './harness.mjs'
import { card, startHub } from './mock-hub.mjs'
import { alarm, board, clock, visitRow } from './mock-terminal.mjs'

const MINUTE = 60_000

function overview() {
  const now = Date.now()
  const due = (id, checkpoint, over) => ({ checkpoint, visit: visitRow(id, { plate: `KZ11${id}LLA02` }), clock: clock(id, over) })
  return {
    ts_ms: now,
    checkpoints: [
      card('nur-zholy', 'Нұр Жолы', { open_alarms: [1, 0, 0] }),
      card('kolzhat', 'Қалжат', { link: 'late', last_seen_ms: now - 40_000, waiting: 12, oldest_waiting_ms: now - 35_000, clock_synchronised: false }),
      card('dostyk', 'Достық', { link: 'offline', last_seen_ms: now - 25 * MINUTE, waiting: 340, oldest_waiting_ms: now - 25 * MINUTE, lag_ms: null }),
    ],
    alarms: [
      { checkpoint: 'nur-zholy', express: true, alarm: alarm(1), received_ms: now },
      { checkpoint: 'kolzhat', express: false, alarm: alarm(2, { priority: 'p3', cause: { kind: 'device_silent' }, lane: 'lane-1', plate: null }), received_ms: now },
    ],
    arrivals: [{ checkpoint: 'nur-zholy', visit: 1, number: '57402-2026-000001', plate: 'KZ123ABC02', lane: 'lane-1', at_ms: now - 9_000, recorded_ms: now - 8_900, received_ms: now - 8_700 }],
    deadlines: [due(1, 'nur-zholy', {}), due(2, 'dostyk', { due_ms: now + 20 * MINUTE })],
  }
}

export async function hubThings(report, browser, dist) {
  let hub
  let page
  const check = (name, options, body) =>
    report.check(name, async () => {
      hub = await startHub(dist, overview())
      page = report.page = await openPage(browser, options)
      try {
        await page.goto(hub.url)
        await page.waitForSelector('[data-checkpoint="nur-zholy"]')
        await body()
        assert.deepEqual([...page.strangers, ...page.complaints], [])
      } finally {
        await page.context().close()
        await hub.stop()
        report.page = null
      }
    })
  const row = (id) => page.locator(`tr[data-checkpoint="${id}"]`)
  const box = async (locator) => (await locator.boundingBox()) ?? assert.fail('nothing to measure')

  await check('Late and offline are told by word and shape, the worst first, with the time of what is shown', {}, async () => {
    assert.deepEqual(await page.locator('tr[data-checkpoint]').evaluateAll((rows) => rows.map((one) => one.dataset.checkpoint)), ['dostyk', 'kolzhat', 'nur-zholy'])
    assert.match(await row('dostyk').innerText(), /нет связи 25 мин/)
    assert.match(await row('dostyk').innerText(), /на \d\d:\d\d:\d\d/)
    assert.match(await row('dostyk').innerText(), /340\s*25 мин/)
    assert.match(await row('kolzhat').innerText(), /запаздывает 4\d с/)
    assert.match(await row('nur-zholy').innerText(), /на связи/)
    const shapes = await page.locator('[data-link] svg').evaluateAll((all) => all.map((one) => one.innerHTML))
    assert.equal(new Set(shapes).size, 3, 'three links have three shapes')
    assert.match(await page.locator('.summary').innerText(), /на связи 1.*352/)
    const far = page.locator('[aria-labelledby="deadlines"] tr', { hasText: 'Достық' })
    assert.match(await far.innerText(), /≈/)
    assert.match(await far.innerText(), /оценка/)
  })

  await check('A link that comes and goes is drawn as the hub tells it', {}, async () => {
    const link = (id, over) => hub.tell({ checkpoints: hub.overview.checkpoints.map((one) => (one.id === id ? { ...one, ...over } : one)) })
    link('nur-zholy', { link: 'late', last_seen_ms: Date.now() - 20_000 })
    await until('it is late', async () => (await row('nur-zholy').locator('[data-link="late"]').count()) === 1)
    link('nur-zholy', { link: 'offline' })
    await until('it is offline', async () => /offline/.test((await row('nur-zholy').getAttribute('class')) ?? ''))
    link('nur-zholy', { link: 'online', last_seen_ms: Date.now() })
    await until('it is back', async () => (await row('nur-zholy').locator('[data-link="online"]').count()) === 1)
    link('nur-zholy', { chain: 'fork', chain_detail: '#4102' })
    await until('a journal with two ends stands first', async () => (await page.locator('tr[data-checkpoint]').first().getAttribute('data-checkpoint')) === 'nur-zholy')
    assert.match(await row('nur-zholy').innerText(), /#4102/)
  })

  await check('A hub that falls silent is told of, and comes back', {}, async () => {
    hub.frozen = true
    await page.waitForSelector('.stale', { timeout: 8_000 })
    hub.frozen = false
    await until('the strip is gone', async () => (await page.locator('.stale').count()) === 0)
  })

  for (const language of ['kk', 'ru', 'en']) {
    await check(`Rows keep their lines and nothing is cut, in ${language}`, { language, theme: language === 'kk' ? 'dark' : 'light' }, async () => {
      for (const one of await page.locator('tr[data-alarm]').all()) {
        const outer = await box(one)
        for (const words of await one.locator('.what > span').all()) {
          const inner = await box(words)
          assert.ok(inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height, await words.innerText())
        }
      }
      const [name, free] = [await box(row('kolzhat').locator('a')), await box(row('kolzhat').locator('.free'))]
      assert.ok(free.x - (name.x + name.width) >= 4 || free.y >= name.y + name.height - 6, 'the remark stands apart from the name')
      assert.deepEqual(await overflowing(page), [])
      assert.deepEqual(await axeFindings(page), [])
    })
  }

  await check('The page of a checkpoint names its lanes as people do', {}, async () => {
    const snapshot = { ...board(), alarms: [alarm(1)] }
    hub.pages.set('nur-zholy', { card: hub.overview.checkpoints[0], snapshot })
    await row('nur-zholy').locator('a').click()
    await page.waitForSelector('.lane')
    const text = await page.locator('main').innerText()
    assert.match(text, /Полоса 1/)
    assert.doesNotMatch(text, /lane-1/)
    assert.deepEqual(await overflowing(page), [])
  })
}
