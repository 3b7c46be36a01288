// The form of an act: which acts apply, which fields are asked, what becomes of what was typed.
import { describe, expect, test } from 'vitest'
import type { Act, ActField, ActRule, Answer, Role, Visit } from '../../src/api'
import { answerOf, dayOf, exists, fitting, flagsOf, found, isAsked, lifting, momentOf, obstacle, orderOf, typedMoment, typedOf } from '../../src/terminal/acts'
import type { Obstacle } from '../../src/terminal/acts'

const label = (text = '') => ({ ru: text, en: text, kk: text, review: false })
const field = (id: string, kind: ActField['kind'] = 'text', over: Partial<ActField> = {}): ActField => ({ id, kind, optional: false, when: null, unless: null, options: [], at_least: null, confidential: false, label: label(id), ...over })
const rule = (id: string, over: Partial<ActRule> = {}): ActRule => ({
  id, article: '205.6', group: 'inspection', about: 'consignment', number: null, copies: null, copy_to: null, who: 'officer', modes: [], directions: [], needs: [], needs_control: null, opens: null,
  closes: null, ends: null, after_exit: false, confidential: false, title: label(id), fields: [], ...over,
})
const act = (id: number, kind: string, over: Partial<Act> = {}): Act => ({
  act: id, seq: id, kind, number: null, article: '', visit: 1, consignments: [], as_of_ms: 0, recorded: null, answers: {}, valid_until_ms: null, corrects: null, corrected_by: null, ended_by: null, ...over,
})
const goods = (number: number, over: object = {}) => ({ number, flags: [], refusals: [], course: { machine: 'arrival', state: 'presented', over: null, under_control: true }, ...over })
const visit = (over: object = {}, row: object = {}) =>
  ({ row: { id: 1, mode: 'road', direction: 'inbound', stage: 'presented', ...row }, consignments: [goods(1), goods(2)], controls: [], acts: [], flags: [], ...over }) as unknown as Visit

const ALMATY = 300
const NOW = Date.parse('2026-11-22T01:30:00+05:00')

describe('there is such an act', () => {
  test.each<[string, ActRule, Visit | null, boolean]>([
    ['for every vehicle where the law names no mode', rule('a'), visit(), true],
    ['not by another mode', rule('a', { modes: ['rail'] }), visit(), false],
    ['not in the other direction', rule('a', { directions: ['outbound'] }), visit(), false],
    ['of a vehicle that left, where the law lets it come later', rule('a', { after_exit: true }), visit({}, { stage: 'left' }), true],
    ['not of a vehicle that left otherwise', rule('a'), visit({}, { stage: 'left' }), false],
    ['of the checkpoint itself, on its own page', rule('a', { about: 'checkpoint' }), null, true],
    ['not of the checkpoint on the page of a visit', rule('a', { about: 'checkpoint' }), visit(), false],
    ['not of goods on the page of the checkpoint', rule('a'), null, false],
  ])('%s', (_, one, of, there) => expect(exists(one, of)).toBe(there))
})

describe('it can be recorded', () => {
  const closes = rule('a', { needs_control: 'opening_inspection' })
  const open = (consignment: number | null) => [{ control: 'opening_inspection', consignment, act: 1, since_ms: 0 }]
  test.each<[string, ActRule, Visit | null, Role, Obstacle | null]>([
    ['by any officer', rule('a'), visit(), 'officer', null],
    ['by a senior officer', rule('a', { who: 'senior' }), visit(), 'senior_officer', null],
    ['not by an officer for the head', rule('a', { who: 'head' }), visit(), 'senior_officer', { is: 'role', who: 'head' }],
    ['by the shift lead for the head', rule('a', { who: 'head' }), visit(), 'shift_lead', null],
    ['not while its control is not open', closes, visit(), 'officer', { is: 'control', control: 'opening_inspection' }],
    ['while its control is open on one of the goods', closes, visit({ controls: open(2) }), 'officer', null],
    ['while its control is open on the vehicle', closes, visit({ controls: open(null) }), 'officer', null],
    ['not before the act that must stand', rule('a', { needs: ['b'] }), visit(), 'officer', { is: 'act', act: 'b' }],
    ['after the act that must stand', rule('a', { needs: ['b'] }), visit({ acts: [act(1, 'b', { consignments: [1] })] }), 'officer', null],
    ['not after one that was put right', rule('a', { needs: ['b'] }), visit({ acts: [act(1, 'b', { corrected_by: 2 })] }), 'officer', { is: 'act', act: 'b' }],
    ['not of goods where none are known', rule('a'), visit({ consignments: [] }), 'officer', { is: 'goods' }],
    ['of a vehicle without goods', rule('a', { about: 'vehicle' }), visit({ consignments: [] }), 'officer', null],
    ['of the checkpoint', rule('a', { about: 'checkpoint' }), null, 'officer', null],
  ])('%s', (_, one, of, role, against) => expect(obstacle(one, of, [], role)).toEqual(against))

  test('of the goods whose control is open, and not of parts that go on under other numbers', () => {
    const parted = visit({ consignments: [goods(1, { course: { machine: 'arrival', state: 'split', over: null, under_control: false } }), goods(2), goods(3)], controls: open(2) })
    expect(fitting(closes, parted)).toEqual([2])
    expect(fitting(rule('a'), parted)).toEqual([2, 3])
    expect(fitting(rule('a', { about: 'vehicle' }), parted)).toEqual([])
  })
})

describe('a field is asked', () => {
  const witness = field('witness_count', 'number', { when: 'declarant_absent' })
  const cause = field('difference_cause', 'choice', { when: 'differs', unless: 'union_goods' })
  test.each<[string, ActField, Record<string, string>, string[], boolean]>([
    ['always, where it has no condition', field('results'), {}, [], true],
    ['when its flag is answered with yes', witness, { declarant_absent: 'yes' }, [], true],
    ['not when its flag is answered with no', witness, { declarant_absent: 'no' }, [], false],
    ['not before its flag is answered', witness, {}, [], false],
    ['when its flag is true of the goods', witness, {}, ['declarant_absent'], true],
    ['when the first flag holds and the second does not', cause, { differs: 'yes' }, [], true],
    ['not when the second holds', cause, { differs: 'yes' }, ['union_goods'], false],
  ])('%s', (_, one, typed, flags, asked) => expect(isAsked(one, typed, new Set(flags))).toBe(asked))

  test('by what is true of the vehicle and of the goods that were chosen, and of no others', () => {
    const of = visit({ flags: ['personal_vehicle'], consignments: [goods(1, { flags: ['perishable'] }), goods(2, { flags: ['radioactive'] })] })
    expect([...flagsOf(of, [1])]).toEqual(['personal_vehicle', 'perishable'])
  })
})

test.each<[string, ActField['kind'], string, Answer | null]>([
  ['words are words', 'text', ' <b>ящик</b> ', { as: 'text', value: '<b>ящик</b>' }],
  ['nothing is no answer', 'text', '  ', null],
  ['a number is decimal text', 'number', '1 420,5', { as: 'number', value: '1420.5' }],
  ['what is no number is left to the agent', 'number', 'two', { as: 'text', value: 'two' }],
  ['no is an answer', 'flag', 'no', { as: 'flag', value: false }],
  ['papers are a list', 'papers', 'CMR 12; CMR 13,\n INV 7', { as: 'papers', value: ['CMR 12', 'CMR 13', 'INV 7'] }],
  ['a day is written as the law of computers wants it', 'date', '1.12.2026', { as: 'text', value: '2026-12-01' }],
  ['a moment bears the offset of the checkpoint', 'instant', '22.11.2026 14:05', { as: 'text', value: '2026-11-22T14:05:00+05:00' }],
  ['what is no moment is left to the agent', 'instant', 'tomorrow', { as: 'text', value: 'tomorrow' }],
  ['a choice is its code', 'choice', 'urgency', { as: 'text', value: 'urgency' }],
])('%s', (_, kind, typed, answer) => expect(answerOf({ kind }, typed, ALMATY, NOW)).toEqual(answer))

test.each<[string, string | null]>([
  ['21.11.2026', '2026-11-21'], ['2026-11-21', '2026-11-21'], ['29.02.2027', null], ['31.04.2026', null], ['21/11/2026', null], ['', null],
])('the day %j is %j', (typed, day) => expect(dayOf(typed)).toBe(day))

test.each<[string, number, string | null]>([
  ['21.11.2026 14:05', ALMATY, '2026-11-21T14:05:00+05:00'],
  ['2026-11-21T14:05', ALMATY, '2026-11-21T14:05:00+05:00'],
  ['21.11.2026 14:05:09', ALMATY, '2026-11-21T14:05:09+05:00'],
  ['00:45', ALMATY, '2026-11-22T00:45:00+05:00'],
  ['00:45', 0, '2026-11-21T00:45:00+00:00'],
  ['9:07', -210, '2026-11-21T09:07:00-03:30'],
  ['2026-11-21T14:05:00Z', ALMATY, '2026-11-21T14:05:00Z'],
  ['21.11.2026', ALMATY, null],
  ['25:00', ALMATY, null],
])('the moment %j at offset %i is %j', (typed, offset, moment) => expect(momentOf(typed, offset, NOW)).toBe(moment))

describe('the order', () => {
  const inspection = rule('opening_inspection_act', { fields: [field('results'), field('declarant_absent', 'flag'), field('witness_count', 'number', { when: 'declarant_absent' })] })
  const typed = { rule: inspection, visit: 7, consignments: [2], as_of: '', answers: { results: 'as declared', declarant_absent: 'no', witness_count: '2' }, corrects: null }

  test('leaves out what is not asked any more, and tells no moment where it is now', () => {
    expect(orderOf(typed, new Set(), ALMATY, NOW)).toEqual({
      kind: 'record_act', about: { visit: 7, consignments: [2] }, act: 'opening_inspection_act', as_of: null, corrects: null,
      answers: { results: { as: 'text', value: 'as declared' }, declarant_absent: { as: 'flag', value: false } },
    })
  })

  test('is none while its moment is none', () => {
    expect(orderOf({ ...typed, as_of: 'yesterday' }, new Set(), ALMATY, NOW)).toBeNull()
    expect(orderOf({ ...typed, as_of: '00:45' }, new Set(), ALMATY, NOW)).toMatchObject({ as_of: '2026-11-22T00:45:00+05:00' })
  })

  test('names no goods for an act about the vehicle, and no visit for one of the checkpoint', () => {
    expect(orderOf({ ...typed, rule: rule('a', { about: 'vehicle' }) }, new Set(), ALMATY, NOW)).toMatchObject({ about: { visit: 7, consignments: [] } })
    expect(orderOf({ ...typed, rule: rule('a', { about: 'checkpoint' }), visit: null }, new Set(), ALMATY, NOW)).toMatchObject({ about: {} })
  })
})

test('an act comes back into its form as it was typed', () => {
  const one = rule('a', { fields: [field('results'), field('declarant_absent', 'flag'), field('inspection_at', 'instant'), field('day', 'date'), field('papers', 'papers'), field('count', 'number')] })
  const typed = { results: 'whole', declarant_absent: 'yes', inspection_at: '22.11.2026 14:05', day: '01.12.2026', papers: 'CMR 1, CMR 2', count: '12.5' }
  const order = orderOf({ rule: one, visit: 1, consignments: [1], as_of: '', answers: typed, corrects: null }, new Set(), ALMATY, NOW)
  expect(typedOf((order as { answers: Record<string, Answer> }).answers, one, ALMATY)).toEqual(typed)
  expect(typedMoment('2026-11-21T21:30:07Z', ALMATY)).toBe('22.11.2026 02:30:07')
})

test.each<[string, string[]]>([
  ['act opening', ['opening_inspection_act']], ['205', ['opening_inspection_act', 'view']], ['', ['opening_inspection_act', 'view']], ['seal', []],
])('typing %j finds %j', (typed, ids) => {
  expect(found([rule('opening_inspection_act'), rule('view')], typed, (one) => one.id).map((one) => one.id)).toEqual(ids)
})

test('a hold by an open control asks for the acts that close it, other holds for their group', () => {
  const held = visit({ controls: [{ control: 'opening_inspection', consignment: 2, act: 1, since_ms: 0 }] })
  expect(lifting('control_open', held, 2)).toEqual({ group: '', closes: 'opening_inspection' })
  expect(lifting('detained', held, 2)).toEqual({ group: 'detention', closes: null })
})
