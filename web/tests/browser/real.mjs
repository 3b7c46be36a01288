// A lorry with a load that sets the portal off, from the sign-in to the exit, on the screens of the real agent and hub.
// One story: each check goes on where the one before it ended.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { axeFindings, openPage, overflowing, PLAIN_HOST, signIn, sleep, until } from './harness.mjs'
import { PASSWORD, Post } from './post.mjs'

export async function realThings(report, browser, { web, bin }) {
  const post = new Post(bin)
  const failedBefore = report.failed
  try {
    await post.begin()
    await story(report, browser, post, resolve(web, '../docs/images'))
  } catch (error) {
    report.failed += 1
    console.log(`  FAIL  the checkpoint on this machine: ${error.stack}`)
  } finally {
    await post.end(report.failed > failedBefore)
  }
}

async function story(report, browser, post, images) {
  const terminalUrl = `http://${PLAIN_HOST}:${post.ports.terminal}/`
  const hubUrl = `http://127.0.0.1:${post.ports.hub}/`
  const page = (report.page = await openPage(browser))
  const check = (name, body) => report.check(name, body)
  const banner = () => page.locator('.banner').innerText()
  const main = () => page.locator('main').innerText()
  const arrival = () => page.locator('[aria-labelledby="clocks"] div.clock', { hasText: 'ARR-1' })
  const go = async (hash) => {
    await page.evaluate((to) => (location.hash = to), hash)
    await sleep(150)
  }
  const api = (path) => page.evaluate(async (path) => (await fetch(path)).json(), path)
  const lorry = async () => (await api('/api/snapshot')).snapshot.visits.find((visit) => visit.plate?.includes('123ABC02'))
  const openLorry = async () => {
    const visit = await until('the lorry is known', lorry, 20_000)
    await go(`#/visit/${visit.id}`)
    await page.waitForSelector('#part-exit')
    return visit.id
  }

  await check('A wrong password is refused, and the problem takes the focus', async () => {
    const answer = await page.goto(terminalUrl)
    const policy = answer.headers()['content-security-policy'] ?? ''
    assert.match(policy, /default-src 'self'/)
    assert.equal(await page.evaluate(() => isSecureContext), false, 'the tests run as on a plain network')
    await signIn(page, { password: 'wrong' })
    await until('the problem', async () => /указаны неверно/.test(await page.locator('.summary').innerText()))
    assert.equal(await page.evaluate(() => document.activeElement.className.includes('summary')), true)
    assert.match(await page.title(), /^Ошибка:/)
    assert.deepEqual(await axeFindings(page), [])
  })

  await check('An officer signs in; the cookie is out of reach of scripts', async () => {
    await signIn(page, { password: PASSWORD })
    await page.waitForSelector('[data-lane="lane-2"]')
    const [cookie] = await page.context().cookies(terminalUrl)
    assert.equal(cookie.httpOnly, true)
    assert.equal(cookie.sameSite, 'Strict')
    assert.match(await banner(), /Неподтверждённых тревог нет/)
  })

  await check('A lane shows what its portal measures, live', async () => {
    const tile = page.locator('[data-lane="lane-1"]')
    await until('a background', async () => /фон \d+/.test(await tile.innerText()), 30_000)
    await until('a plot of it', async () => /фон \d+/.test((await page.locator('.plot').getAttribute('aria-label')) ?? ''), 20_000)
    await until('the lorry in the portal', async () => /в портале/.test(await tile.innerText()), 20_000)
    await until('its plate', async () => /123ABC02/.test(await tile.innerText()))
  })

  await check('A gamma alarm is painted in banner, tile and list, and sounds', async () => {
    await until('the banner', async () => /Гамма-излучение/.test(await banner()), 20_000)
    assert.match(await banner(), /№ 1/)
    await until('the tile', async () => (await page.locator('[data-lane="lane-1"] .chip.p1').count()) === 1)
    await until('its sound', () => page.evaluate(() => window.tones.length >= 3))
    const tones = await page.evaluate(() => window.tones.slice(0, 3))
    assert.deepEqual(tones.map((tone) => tone.hz), [880, 880, 880])
    assert.ok(Math.abs(tones[1].at - tones[0].at - 0.25) < 0.001)
    await until('its repetition', () => page.evaluate(() => window.tones.length >= 6), 8_000)
    if (process.env.BEKET_SCREENSHOTS) {
      await mkdir(images, { recursive: true })
      await sleep(2_500)
      await page.screenshot({ path: resolve(images, 'terminal.png') })
    }
    await page.keyboard.press('F4')
    await until('the row', async () => /Гамма-излучение/.test(await page.locator('tr[data-alarm]').first().innerText()))
  })

  await check('It stays when the vehicle has gone through', async () => {
    const row = page.locator('tr[data-alarm]', { hasText: 'Гамма' }).first()
    await until('it has ended', async () => /закончилась, не подтверждена/.test(await row.innerText()), 20_000)
    assert.match(await banner(), /Гамма-излучение/)
    assert.ok((await row.locator('.flashing').count()) === 1)
  })

  await check('F8 acknowledges it, by name, and the sound ends', async () => {
    await page.keyboard.press('F8')
    const row = page.locator('tr[data-alarm]', { hasText: 'Гамма' }).first()
    await until('the name', async () => /видел: Беков А\./.test(await row.innerText()))
    await until('no gamma alarm in the banner', async () => !/Гамма/.test(await banner()))
    const before = await page.evaluate(() => window.tones.filter((tone) => tone.hz === 880).length)
    await sleep(5_600)
    assert.equal(await page.evaluate(() => window.tones.filter((tone) => tone.hz === 880).length), before)
  })

  await check('The exit permission is locked, with the reason in words and no word of detention', async () => {
    await openLorry()
    const exit = page.locator('#part-exit')
    await until('the reason', async () => /По тревоге нет решения/.test(await exit.innerText()))
    assert.equal(await exit.locator('button.main').isDisabled(), true)
    assert.doesNotMatch(await main(), /задерж/i)
  })

  await check('The document of the passage is a file with every interval and the alarm', async () => {
    const link = page.locator('[data-document]').first()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    assert.match(download.suggestedFilename(), /^\d{8}T\d{6}Z-portal-1-\d+\.n42$/)
    const xml = await readFile(await download.path(), 'utf8')
    assert.match(xml, /<RadInstrumentData/)
    assert.match(xml, /<RadAlarm/)
    assert.ok(xml.split('<RadMeasurement id="FG-').length > 30, 'the intervals of eight seconds')
  })

  await check('A decision without an outcome is refused, with the focus on what is wrong', async () => {
    await page.locator('#part-exit a').first().click()
    await page.waitForSelector('#outcome-real')
    await page.keyboard.press('Tab')
    await page.locator('#cause').focus()
    await page.keyboard.press('Control+Enter')
    await until('the summary has the focus', () => page.evaluate(() => document.activeElement.className.includes('summary')))
    assert.match(await page.locator('.summary').innerText(), /Укажите, что это была за тревога/)
    assert.match(await page.title(), /^Ошибка:/)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement.id), 'outcome-real')
  })

  await check('“Real” needs a second officer', async () => {
    await page.check('#outcome-real')
    await page.locator('#cause').focus()
    await page.keyboard.press('Control+Enter')
    await until('it is asked for', async () => /второго инспектора/.test(await page.locator('.summary').innerText()))
    await page.selectOption('#second-officer', 'bekov')
    await page.locator('#cause').focus()
    await page.keyboard.press('Control+Enter')
    await until('not the same', async () => /другим человеком/.test(await page.locator('.summary').innerText()))
    await page.selectOption('#second-officer', '')
  })

  await check('A decision is recorded with the numbers of the handheld instrument', async () => {
    await page.check('#outcome-innocent')
    await page.fill('#cause', 'калийное удобрение')
    await page.check('#measured')
    await page.fill('#instrument', 'RS-12')
    await page.fill('#dose-rate', '0,21')
    await page.fill('#dose-background', '0,11')
    await page.fill('#distance', '100')
    await page.keyboard.press('Control+Enter')
    await until('it is shown', async () => /Безобидная причина/.test(await page.locator('.made').first().innerText()))
    assert.match(await main(), /0,21/)
  })

  await check('A correction leaves the first decision visible, struck', async () => {
    await page.locator('button', { hasText: 'Исправить решение' }).click()
    await page.check('#outcome-false')
    await page.locator('#cause').focus()
    await page.keyboard.press('Control+Enter')
    await until('the new one', async () => /Ложное измерение/.test(await page.locator('.made:not(.struck)').innerText()))
    assert.match(await page.locator('.made.struck').innerText(), /Безобидная причина/)
  })

  await check('A plate typed in Cyrillic is found', async () => {
    await page.keyboard.press('F3')
    await until('the search', () => page.evaluate(() => document.activeElement?.id === 'find'))
    await page.keyboard.type('123 АВС')
    await until('the lorry alone', async () => (await page.locator('tr[data-visit]').count()) === 1)
    assert.match(await page.locator('tr[data-visit]').innerText(), /123ABC02/)
    await page.keyboard.press('Enter')
    await page.waitForSelector('#part-exit')
  })

  let visit
  await check('The missing list follows what is typed', async () => {
    visit = await openLorry()
    await page.keyboard.press('F7')
    await page.waitForSelector('#missing[data-missing]')
    const missing = async () => Number(await page.locator('#missing').getAttribute('data-missing'))
    await until('the agent has answered', async () => (await missing()) > 5)
    const before = await missing()
    await page.fill('#visit-carrier_name', '"Достық" <Транс>')
    await until('one row fewer', async () => (await missing()) === before - 1)
    assert.equal(await page.locator('[data-field="carrier_name"]').count(), 0)
    await page.fill('#c1i1-hs_code', '31')
    await until('a remark', async () => (await page.locator('aside [data-warning="hs_code_too_short"]').count()) === 1)
    await page.fill('#c1i1-hs_code', '3104')
    await until('two rows fewer', async () => (await missing()) === before - 2)
    await page.locator('[data-field="consignee_address"]').click()
    assert.equal(await page.evaluate(() => document.activeElement.id), 'c1-consignee_address')
  })

  await check('The list is that of the law for a road vehicle, in its order', async () => {
    const fields = await page.locator('.missing [data-field]').evaluateAll((rows) => rows.map((row) => row.dataset.field))
    const order = ['vehicle_docs', 'transport_docs', 'vehicle_registration', 'carrier_address', 'departure_country', 'destination_country', 'consignor_name', 'consignor_address', 'consignee_name', 'consignee_address', 'package_count', 'package_marks', 'package_kinds', 'goods_name', 'gross_weight_kg_or_volume_m3', 'prohibited_restricted_goods', 'waybill_place', 'waybill_date']
    assert.deepEqual(fields, order.filter((field) => fields.includes(field)))
    assert.ok(fields.includes('gross_weight_kg_or_volume_m3'))
    assert.ok(!fields.includes('postal_accompanying_doc'))
  })

  await check('A language switch and a reload keep what was typed', async () => {
    await page.click('button[lang="kk"]')
    assert.equal(await page.inputValue('#visit-carrier_name'), '"Достық" <Транс>')
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'kk')
    await page.click('button[lang="ru"]')
    await page.reload()
    await page.waitForSelector('#visit-carrier_name')
    assert.equal(await page.inputValue('#visit-carrier_name'), '"Достық" <Транс>')
    assert.equal(await page.inputValue('#c1i1-hs_code'), '3104')
  })

  await check('A double click registers the notice once, incomplete as it is', async () => {
    await page.fill('#c1-gross_weight_kg', '22000')
    await until('the weight is no longer missing', async () => (await page.locator('[data-field="gross_weight_kg_or_volume_m3"]').count()) === 0)
    await page.locator('aside button.main').dblclick()
    await page.waitForFunction(() => location.hash.startsWith('#/visit/'))
    await until('its number', async () => /редакция 1/.test(await page.locator('#part-notice').innerText()))
    await sleep(700)
    const line = await page.locator('#part-notice').innerText()
    assert.match(line, /редакция 1/)
    assert.match(line, /Не хватает/)
    assert.equal(await page.evaluate((id) => localStorage.getItem(`beket.notice.${id}`), visit), null)
  })

  await check('Weight is compared once the tare is known, and only raises an alarm', async () => {
    await until('it was weighed', async () => /38\s240/.test(await page.locator('#part-weighing').innerText()), 40_000)
    await page.fill('#tare', '14 900')
    await page.locator('#part-weighing form:not([data-assign]) button').click()
    await until('the difference', async () => /разница\s+1\s340\s+кг/.test(await page.locator('#part-weighing').innerText()))
    await until('an alarm', async () => /Вес вне допуска/.test(await banner()))
  })

  await check('Three hours run from the presentation, not before', async () => {
    assert.match(await main(), /ещё не предъявлены/)
    await page.locator('button', { hasText: 'Все товары предъявлены' }).click()
    await until('the countdown', async () => /осталось 2:59:5\d/.test(await arrival().innerText()))
    const clock = (await api(`/api/visits/${visit}`)).clocks.find((one) => one.rule === 'ARR-1')
    assert.equal(clock.due_ms - clock.triggered_ms, 3 * 3_600_000)
    const shown = /осталось (\d+):(\d\d):(\d\d)/.exec(await arrival().locator('.time').innerText())
    const shownMs = (Number(shown[1]) * 3600 + Number(shown[2]) * 60 + Number(shown[3])) * 1000
    const now = (await api('/api/time')).ts_ms
    assert.ok(Math.abs(clock.due_ms - now - shownMs) < 2_000, 'the page shows the time left of the checkpoint')
    assert.match(await arrival().innerText(), /начало: предъявление/)
  })

  await check('Filing stops the clock for the time being; a refusal makes it run from its first start', async () => {
    const card = page.locator('[data-consignment="1"]')
    await card.locator('select').selectOption('declaration')
    await card.locator('#reference-1').fill('55302/1')
    await card.locator('button', { hasText: 'Документы поданы' }).click()
    await until('it is filed', async () => /поданы, не зарегистрированы/.test(await arrival().innerText()))
    await card.locator('#listed-1').selectOption('ART_288_4_3')
    await card.locator('#ground-1').fill('нет кода товара')
    await card.locator('button', { hasText: 'Отказать' }).click()
    await until('it runs', async () => /осталось 2:5\d:\d\d/.test(await arrival().innerText()))
    assert.match(await card.innerText(), /отказано: 288\.4\(3\): нет кода товара/)
    await card.locator('select').selectOption('declaration')
    await card.locator('#reference-1').fill('55302/2')
    await card.locator('button', { hasText: 'Документы поданы' }).click()
    await page.locator('#number-1').fill('55302/2/26')
    await card.locator('button', { hasText: 'Зарегистрировать' }).click()
    await until('it is met', async () => /соблюдён/.test(await arrival().innerText()))
  })

  const acts = page.locator('#part-acts')
  const exit = page.locator('#part-exit')
  await check('An opening inspection that was ordered holds the exit until its act', async () => {
    await page.locator('[data-record-act]').click()
    await until('the search has the focus', () => page.evaluate(() => document.activeElement?.id === 'find-act'))
    await page.keyboard.type('назначен досмотр 205')
    await until('one act alone', async () => (await page.locator('[data-act-choice]').count()) === 1)
    assert.equal(await page.locator('[data-act-choice="opening_inspection_act"]').count(), 0, 'nothing is open that the act could close')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-act-form="opening_inspection_ordered"]')
    await page.keyboard.press('Control+Enter')
    await until('the hold', async () => /Форма контроля не завершена/.test(await exit.innerText()))
    assert.match(await page.locator('[data-consignment="1"]').innerText(), /Таможенный досмотр/)
    assert.equal(await exit.locator('button.main').isDisabled(), true)
  })

  await check('An act of inspection without what the law names is refused, item by item', async () => {
    await page.locator('[data-lift="control_open"]').click()
    await page.waitForSelector('[data-act-choice="opening_inspection_act"]')
    await page.keyboard.type('акт')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-act-form="opening_inspection_act"]')
    await page.keyboard.press('Control+Enter')
    await until('the summary has the focus', () => page.evaluate(() => document.activeElement.className.includes('summary')))
    const marked = await page.locator('.summary a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
    assert.deepEqual(marked, ['#act-inspecting_officers', '#act-persons_present', '#act-declarant_absent', '#act-results', '#act-other_data'])
    assert.match(await page.title(), /^Ошибка:/)
    assert.deepEqual(await axeFindings(page), [])
    assert.deepEqual(await overflowing(page), [])
  })

  await check('What is asked follows what was answered, and with everything the act is recorded under its number', async () => {
    await page.fill('#act-inspecting_officers', 'Беков А., Антонова М.')
    await page.fill('#act-persons_present', 'водитель Сериков Е.')
    assert.equal(await page.locator('[data-field="witness_count"]').count(), 0)
    await page.check('#act-declarant_absent')
    await page.waitForSelector('#act-witness_count')
    await page.check('#act-declarant_absent-no')
    await until('no witnesses are asked for', async () => (await page.locator('#act-witness_count').count()) === 0)
    await page.fill('#act-results', 'хлорид калия, 22 т, по документам')
    await page.fill('#act-other_data', 'нет')
    await page.keyboard.press('Control+Enter')
    await until('its number', async () => /-OI-000001/.test(await acts.innerText()))
    await until('the control holds nothing more', async () => !/Форма контроля не завершена/.test(await exit.innerText()))
    assert.match(await acts.locator('[data-kind="opening_inspection_act"]').innerText(), /хлорид калия, 22 т, по документам/)
  })

  await check('A correction leaves the first act visible, struck', async () => {
    await acts.locator('[data-kind="opening_inspection_act"] button').click()
    await page.waitForSelector('[data-act-form="opening_inspection_act"]')
    assert.equal(await page.inputValue('#act-persons_present'), 'водитель Сериков Е.')
    await page.fill('#act-results', 'хлорид калия, 21,8 т')
    await page.keyboard.press('Control+Enter')
    await until('the correction', async () => /исправляет акт .*-OI-000001/.test(await acts.innerText()))
    assert.match(await acts.locator('h3.struck').innerText(), /-OI-000001/)
    if (process.env.BEKET_SCREENSHOTS) await page.screenshot({ path: resolve(images, 'acts.png') })
  })

  const hubPage = await openPage(browser)
  await check('The hub shows the alarm, the arrival and the link, and offers no decision', async () => {
    await hubPage.goto(hubUrl)
    await until('the checkpoint is online', async () => (await hubPage.locator('[data-checkpoint="nur-zholy"] [data-link="online"]').count()) === 1, 20_000)
    await until('the weight alarm', async () => /Вес вне допуска/.test(await hubPage.locator('main').innerText()), 10_000)
    await until('the arrival', async () => /123ABC02/.test(await hubPage.locator('[aria-labelledby="arrivals"]').innerText()))
    const buttons = (await hubPage.locator('button').allInnerTexts()).join(' ')
    assert.doesNotMatch(buttons, /Подтвердить|Записать|Заглушить/)
    assert.match(await hubPage.locator('footer').innerText(), /только на посту/)
    assert.deepEqual(await axeFindings(hubPage), [])
    if (process.env.BEKET_SCREENSHOTS) await hubPage.screenshot({ path: resolve(images, 'hub.png') })
  })

  await check('A new alarm is at the hub within two seconds of its record', async () => {
    await until('the alarm is decided at the checkpoint', async () => {
      await page.keyboard.press('F8')
      return !/Вес вне допуска/.test(await banner())
    })
    await until('the hub shows who saw it', async () => /видел: bekov/.test(await hubPage.locator('[aria-labelledby="alarms"]').innerText()), 2_500)
  })

  await check('The page of one checkpoint shows its lanes and visits, read only', async () => {
    await hubPage.click('[data-checkpoint="nur-zholy"] a')
    await until('the lanes', async () => (await hubPage.locator('.lane').count()) === 2)
    await hubPage.locator('button', { hasText: '123ABC02' }).click()
    await until('the visit', async () => /Разрешение на выезд держит/.test(await hubPage.locator('main').innerText()))
    assert.deepEqual(await axeFindings(hubPage), [])
  })

  await check('After kill -9 the same alarms are there, with the same ids and times', async () => {
    const key = (snapshot) => snapshot.alarms.map((alarm) => [alarm.id, alarm.since_ms, alarm.acknowledged?.at_ms ?? null, alarm.decided?.at_ms ?? null])
    const before = key((await api('/api/snapshot')).snapshot)
    assert.ok(before.length >= 2)
    await post.kill('edge-agent')
    await page.waitForSelector('.stale', { timeout: 10_000 })
    await post.startAgent()
    await until('the page is fed again', async () => (await page.locator('.stale').count()) === 0, 30_000)
    if (await page.locator('#password').count()) await signIn(page, { password: PASSWORD })
    await page.waitForSelector('.banner')
    const after = key((await api('/api/snapshot')).snapshot)
    for (const alarm of before) assert.deepEqual(after.find(([id]) => id === alarm[0]), alarm)
    await page.reload()
    await page.waitForSelector('.banner')
    assert.deepEqual(page.complaints, [])
  })

  await check('A stopped agent is noticed within four seconds, and comes back', async () => {
    post.signal('edge-agent', 'SIGSTOP')
    try {
      await page.waitForSelector('.stale', { timeout: 4_500 })
    } finally {
      post.signal('edge-agent', 'SIGCONT')
    }
    await until('the page is fed again', async () => (await page.locator('.stale').count()) === 0, 15_000)
  })

  await check('The release lifts the last hold, and the vehicle leaves', async () => {
    const open = (await api('/api/snapshot')).snapshot.alarms.filter((alarm) => !alarm.closed && alarm.visit === visit && alarm.must_be_decided && !alarm.decided)
    for (const alarm of open) {
      await go(`#/alarms/${alarm.id}`)
      await page.check('#outcome-innocent')
      await page.fill('#cause', 'мокрые поддоны')
      await page.keyboard.press('Control+Enter')
      await until('it is decided', async () => (await page.locator('.made').count()) > 0)
    }
    await go(`#/visit/${visit}`)
    await page.waitForSelector('#part-exit')
    await page.locator('button', { hasText: 'Выпустить товары' }).click()
    const exit = page.locator('#part-exit')
    await until('nothing holds it', async () => /ничто не держит/.test(await exit.innerText()))
    await exit.locator('button', { hasText: 'Разрешить выезд' }).click()
    await exit.locator('button', { hasText: 'Машина уехала' }).click()
    await until('it has left', async () => /уехала/.test(await exit.innerText()))
  })

  await check('The hub away changes nothing but the status line', async () => {
    await post.kill('hub')
    await until('the line says so', async () => /нет связи/.test(await page.locator('footer').innerText()), 30_000)
    await go('#/board')
    const tile = page.locator('[data-lane="lane-1"]')
    await tile.click()
    await page.locator('button', { hasText: 'Контроль вручную' }).click()
    await page.fill('#control-reason', 'проверка')
    await page.keyboard.press('Enter')
    await until('the lane is under manual control', async () => /ручной/.test(await tile.innerText()))
    assert.match(await page.locator('footer').innerText(), /ничего не потеряно/)
    post.startHub()
    await until('the hub is back', async () => /Центр: на связи, ждут 0/.test(await page.locator('footer').innerText()), 60_000)
  })

  const screens = () => ['#/board', '#/queue', '#/alarms', '#/alarms/1', `#/visit/${visit}`, '#/visit/2', '#/notice', '#/notice/2']

  for (const language of ['kk', 'ru', 'en']) {
    await check(`Every screen speaks ${language} alone, and nothing runs over its box`, async () => {
      await page.click(`button[lang="${language}"]`)
      for (const hash of screens()) {
        await go(hash)
        await sleep(400)
        const text = await page.evaluate(() => {
          const copy = document.querySelector('.frame').cloneNode(true)
          for (const one of copy.querySelectorAll('.id, kbd, .switches, option, .site, .who, dd, ol .muted, .plot')) one.remove()
          return copy.textContent
        })
        assert.doesNotMatch(text, /\b(nav|alarm|board|queue|visit|order|state|hold|clock|event|number|hub)\.[a-z_]+/, `${hash} shows a key`)
        if (language === 'ru') assert.doesNotMatch(text.replaceAll('Нұр Жолы', '').replaceAll('"Достық" <Транс>', ''), /[әғқңөұүһі]/i, `${hash} has Kazakh letters`)
        assert.deepEqual(await overflowing(page), [], hash)
      }
    })
  }
  await page.click('button[lang="ru"]')

  for (const theme of ['light', 'dark']) {
    await check(`axe finds nothing serious on any screen, ${theme}`, async () => {
      await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme)
      for (const hash of screens()) {
        await go(hash)
        await sleep(400)
        assert.deepEqual(await axeFindings(page), [], hash)
      }
      await page.keyboard.press('F1')
      await page.waitForSelector('dialog[open]')
      assert.deepEqual(await axeFindings(page), [], 'the list of keys')
      await page.keyboard.press('Escape')
    })
  }

  await check('Banner, clock and status line are on every screen without scrolling, and every target is large enough', async () => {
    for (const hash of screens()) {
      await go(hash)
      await sleep(300)
      for (const part of ['.banner', 'footer', 'header']) {
        const box = await page.locator(`.frame > ${part}`).boundingBox()
        assert.ok(box && box.y >= 0 && box.y + box.height <= 1024.5, `${part} on ${hash}`)
      }
      assert.equal((await page.locator('.banner').boundingBox()).height, 52)
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('button, a, input, select, summary')]
          .filter((one) => one.offsetParent && !one.closest('.nobody-sees, .skip') && !one.matches('.skip'))
          .map((one) => ({ box: one.getBoundingClientRect(), what: one.outerHTML.slice(0, 80) }))
          .filter(({ box }) => box.width < 24 || box.height < 24)
          .map(({ what, box }) => `${Math.round(box.width)}x${Math.round(box.height)} ${what}`),
      )
      assert.deepEqual(small, [], hash)
    }
  })

  await check('No request left for another host, and the pages complained of nothing', async () => {
    assert.deepEqual([...page.strangers, ...hubPage.strangers], [])
    assert.deepEqual([...page.complaints, ...hubPage.complaints], [])
  })
  await hubPage.context().close()
  await page.context().close()
  report.page = null
}
