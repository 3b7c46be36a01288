import { beforeAll, expect, test } from 'vitest'
import type { JournalLine } from '../../src/api'

// The page that the words ask for language and colours; there is none here.
beforeAll(async () => {
  Object.assign(globalThis, {
    localStorage: { getItem: () => 'ru', setItem: () => undefined },
    document: { documentElement: { dataset: {} } },
    matchMedia: () => ({ matches: false }),
  })
  // Here and not in the first test: to compile it takes as long as the machine is busy.
  await import('../../src/shared/journalWords')
}, 120_000)

const names = { offset: 300, lane: (id: string) => `Полоса ${id.slice(-1)}`, visit: (id: number) => `KZ${id}` }

test.each<[string, string, Record<string, string>, string]>([
  ['a lane by its name', 'visit_opened', { lane: 'lane-2', number: '55302-2026-000001' }, 'полоса: Полоса 2 · номер: 55302-2026-000001'],
  ['a cause in words', 'alarm_raised', { alarm: '2', cause: 'radiation_gamma', priority: 'p1' }, 'тревога: 2 · причина: Гамма-излучение · приоритет: 1'],
  ['a cause that an officer wrote as it is', 'alarm_decided', { cause: 'weight' }, 'причина: weight'],
  ['vehicles by their plates', 'reading_assigned', { reading: '9', from: '1', to: '2' }, 'от: KZ1 · к: KZ2'],
  ['what was scanned in words, and who judged', 'scanned', { reading: '9', lane: 'lane-2', scan: 'inspection', value: 'X-7', checked: 'nothing', conclusion: 'suspicious', judged_by: 'auto', names_vehicle: '123ABC02' }, 'полоса: Полоса 2 · считано: Рентген · значение: X-7 · проверено: ничего не проверено · заключение: Подозрительно · оценил: самой системой · назван номер: 123ABC02'],
  ['a passport without whom it names', 'scanned', { scan: 'travel_document', value: 'KAZ N12345678', checked: 'check_digit', document: 'passport', expires: '2030-04-15' }, 'считано: Документ · значение: KAZ N12345678 · проверено: контрольная цифра верна · документ: Паспорт · действителен до: 2030-04-15'],
  ['masses and deviations as numbers', 'vehicle_screened', { max_z: '158.327', gross_kg: '38240' }, 'наибольшее отклонение, сигма: 158,3 · масса брутто, кг: 38 240'],
  ['lateness only where there is some', 'plate_read', { late: 'false', plate: '123ABC02' }, 'номерной знак: 123ABC02'],
  ['an act by its name, and none of its inner number', 'act_recorded', { act: '7', act_kind: 'opening_inspection_act', consignments: '1 2', corrects: '5' }, 'акт: opening inspection act · партии: 1 2 · исправляет акт: #5'],
  ['instants in the zone of the checkpoint', 'clock_started', { clock: '4', due_ms: '1795251727000' }, 'до: 21.11.2026 14:02:07'],
])('a journal line tells %s', async (_, kind, numbers, text) => {
  const { details } = await import('../../src/shared/journalWords')
  const line: JournalLine = { seq: 1, at_ms: 0, kind, with: numbers }
  expect(details(line, names).map((one) => `${one.name}: ${one.value}`).join(' · ')).toBe(text.replace('38 240', '38\u00a0240'))
})
