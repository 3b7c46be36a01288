import { expect, test } from 'vitest'
import type { Answer, Field } from '../../src/api'
import { draftOf, emptyNotice, NIL, typedOf } from '../../src/terminal/noticeDraft'

const label = { ru: '', en: '', kk: '' }
const field = (id: string, kind: string, over: object = {}) => ({ id, kind, scope: 'visit', status: 'required', article: '251.1(1)', label, ...over }) as unknown as Field
const fields = [
  field('transport_docs', 'papers'), field('carrier_name', 'text'), field('package_count', 'number'), field('prohibited_restricted_goods', 'statement'),
  field('gross_weight_kg_or_volume_m3', 'number', { any_of: ['gross_weight_kg', 'volume_m3'], status: 'alternative' }),
]

test.each<[string, string, string, Answer | undefined]>([
  ['papers are a list', 'transport_docs', 'CMR 12, CMR 13 ,', { as: 'papers', value: ['CMR 12', 'CMR 13'] }],
  ['a number is decimal text', 'package_count', '1 420', { as: 'number', value: '1420' }],
  ['what is no number is left to the agent', 'package_count', 'many', { as: 'text', value: 'many' }],
  ['an alternative is a number too', 'volume_m3', '12,5', { as: 'number', value: '12.5' }],
  ['nothing to state is an answer', 'prohibited_restricted_goods', NIL, { as: 'nil' }],
  ['an empty text is none', 'carrier_name', '   ', undefined],
  ['quotes and angle brackets stay as they are', 'carrier_name', '<b>"Достық"</b>', { as: 'text', value: '<b>"Достық"</b>' }],
])('%s', (_, id, typed, answer) => {
  const draft = draftOf({ ...emptyNotice(), answers: { [id]: typed } }, fields)
  expect(draft.answers?.[id]).toEqual(answer)
})

test('a notice that was registered comes back into the form as it was typed', () => {
  const typed = emptyNotice()
  typed.flags = { oversize_cargo: true, carries_postal_items: false }
  typed.answers = { transport_docs: 'CMR 12', prohibited_restricted_goods: NIL }
  typed.consignments[0]?.goods.push({ gross_weight_kg: '23100' })
  const draft = draftOf(typed, fields)
  expect(typedOf(draft, ['oversize_cargo', 'carries_postal_items'])).toEqual(typed)
})

test('a flag is an answer of the vehicle', () => {
  const draft = draftOf({ ...emptyNotice(), flags: { oversize_cargo: true } }, fields)
  expect(draft.answers).toEqual({ oversize_cargo: { as: 'flag', value: true } })
})
