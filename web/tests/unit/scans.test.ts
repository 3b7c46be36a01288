import { expect, test } from 'vitest'
import type { Scan } from '../../src/api'
import { emptyNotice } from '../../src/terminal/noticeDraft'
import { keptOn, standingOf, takeableOf, withTaken } from '../../src/terminal/scans/taking'
import type { Takeable } from '../../src/terminal/scans/taking'

const scan = (over: object) => ({ reading: 7, seq: 1, at_ms: 0, device: 'scanner-1', what: 'code', value: '', checked: 'nothing', read_as: null, times: 1, also: [], text: null, elements: [], document: null, inspection: null, visit: 1, waits_until_ms: null, ...over }) as unknown as Scan
const container = (over: object = {}): Takeable => ({ reading: 7, field: 'container_ids', value: 'CSQU3054383', doubt: null, read: null, ...over })

test.each<[string, object, [string, string, string | null][]]>([
  ['a container goes among the containers', { what: 'container', value: 'CSQU3054383', checked: 'check_digit' }, [['container_ids', 'CSQU3054383', null]]],
  ['a wrong check digit goes with its doubt', { what: 'container', value: 'CSQU3054384', checked: 'wrong_digit' }, [['container_ids', 'CSQU3054384', 'wrong_digit']]],
  ['a repair goes as suggested', { what: 'container', value: 'CSQU3054383', checked: 'check_digit', read_as: 'CSQU30S4383' }, [['container_ids', 'CSQU3054383', 'suggested']]],
  ['a seal goes among the seals', { what: 'seal', value: 'K448812', checked: 'shape' }, [['seal_numbers', 'K448812', null]]],
  ['every number of one code is offered', { what: 'declaration', value: '55302/200126/0012345', checked: 'date', also: [{ what: 'container', value: 'CSQU3054383', checked: 'check_digit' }] }, [['declaration_number', '55302/200126/0012345', null], ['container_ids', 'CSQU3054383', null]]],
  ['a passport is its number', { what: 'travel_document', document: { kind: 'passport', issuer: 'KAZ', number: 'N12345678', expires: '2030-04-15' } }, [['driver_document', 'KAZ N12345678', null]]],
  ['a text, an address, an article and an inspection go nowhere', { what: 'gs1', value: '4870000000012', checked: 'check_digit', also: [{ what: 'url', value: 'https://example', checked: 'shape' }] }, []],
])('%s', (_, over, expected) => {
  expect(takeableOf(scan(over)).map((one) => [one.field, one.value, one.doubt])).toEqual(expected)
})

test.each<[string, Record<string, string>, Takeable, ReturnType<typeof standingOf>]>([
  ['an empty field is free', {}, container(), { is: 'free' }],
  ['a field that says nothing explicitly is free', { container_ids: '\u2205' }, container(), { is: 'free' }],
  ['another number is in the way', { container_ids: 'MSKU9070323' }, container(), { is: 'asked', typed: 'MSKU9070323' }],
  ['the same number is there already, however it was typed', { container_ids: 'MSKU9070323, csqu 305438-3' }, container(), { is: 'in_form' }],
  ['a wrong check digit is asked about even if nothing is in the way', {}, container({ doubt: 'wrong_digit' }), { is: 'asked', typed: null }],
  ['a repair is asked about', {}, container({ doubt: 'suggested' }), { is: 'asked', typed: null }],
  ['a document is not a list', { driver_document: 'KAZ N1, KAZ N2' }, container({ field: 'driver_document', value: 'KAZ N2' }), { is: 'asked', typed: 'KAZ N1, KAZ N2' }],
])('%s', (_, answers, one, standing) => {
  expect(standingOf(answers, one)).toEqual(standing)
})

test('what was typed goes only when an officer says so', () => {
  const answers = { container_ids: 'MSKU9070323' }
  expect(withTaken(answers, container(), 'beside')).toBe('MSKU9070323, CSQU3054383')
  expect(withTaken(answers, container(), 'instead')).toBe('CSQU3054383')
  expect(withTaken({ container_ids: '\u2205' }, container(), 'beside')).toBe('CSQU3054383')
})

test('the document of a driver is typed into the form and not kept in the browser', () => {
  const typed = { ...emptyNotice('road', 'arrival'), answers: { driver_document: 'KAZ N12345678', container_ids: 'CSQU3054383' } }
  expect(JSON.stringify(keptOn(typed))).not.toContain('N12345678')
  expect(keptOn(typed).answers).toEqual({ container_ids: 'CSQU3054383' })
})
