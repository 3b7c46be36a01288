import { expect, test } from 'vitest'
import { age, clockTime, dateTime, decimal, longDate, normalPlate, number, shortAge, sigmas, span, timeOrDate, zone } from '../../src/format'
import type { Language } from '../../src/words'

const AT = Date.UTC(2026, 10, 21, 9, 22, 7)
const ASTANA = 300

test('times are those of the checkpoint, not of the computer', () => {
  expect(clockTime(AT, ASTANA)).toBe('14:22:07')
  expect(dateTime(AT, ASTANA)).toBe('21.11.2026 14:22:07')
  expect(dateTime(Date.UTC(2026, 11, 31, 20, 0, 0), ASTANA)).toBe('01.01.2027 01:00:00')
  expect([zone(300), zone(330), zone(-210)]).toEqual(['+05', '+05:30', '−03:30'])
})

test('what was today needs no date', () => {
  expect(timeOrDate(AT, AT + 3_600_000, ASTANA)).toBe('14:22:07')
  expect(timeOrDate(AT, AT + 86_400_000, ASTANA)).toBe('21.11.2026 14:22:07')
})

test.each<[Language, string]>([
  ['kk', '2026 ж. 21 қараша'],
  ['ru', '21 ноября 2026 г.'],
  ['en', '21 November 2026'],
])('the long date in %s is %j', (language, text) => {
  expect(longDate(AT, ASTANA, language)).toBe(text)
})

test.each([
  [0, '0:00'],
  [753_000, '12:33'],
  [8_049_000, '2:14:09'],
  [-250_000, '4:10'],
])('a span of %i ms is %j, never with a sign', (ms, text) => {
  expect(span(ms)).toBe(text)
})

test.each<[number, Language, string]>([
  [4_900, 'ru', '4 с'],
  [720_000, 'kk', '12 мин'],
  [7_800_000, 'en', '2 h 10 min'],
  [-5, 'en', '0 s'],
  [90_000_000, 'en', '1 d 1 h'],
])('an age of %i ms in %s is %j', (ms, language, text) => {
  expect(age(ms, language)).toBe(text)
})

test('a short age shows tenths', () => {
  expect(shortAge(230, 'ru')).toBe('0,2 с')
  expect(shortAge(12_300, 'en')).toBe('12 s')
})

test.each<[string, Language, string]>([
  ['1234567.8', 'kk', '1\u00a0234\u00a0567,8'],
  ['1234567.8', 'en', '1\u00a0234\u00a0567.8'],
  ['-240', 'ru', '−240'],
  ['23100.50', 'ru', '23\u00a0100,50'],
  ['K448812', 'ru', 'K448812'],
])('%j in %s reads %j', (value, language, text) => {
  expect(number(value, language)).toBe(text)
})

test.each([
  ['14 900,5', '14900.5'],
  ['0.21', '0.21'],
  ['14 900 kg', null],
  ['-3', null],
  ['', null],
])('typed %j is the number %j', (typed, value) => {
  expect(decimal(typed)).toBe(value)
})

test('a plate typed in Cyrillic is found as the Latin one', () => {
  expect(normalPlate('КZ 123 АВС 02')).toBe('KZ123ABC02')
  expect(normalPlate('кz-123-авс-02')).toBe('KZ123ABC02')
})

test.each([
  ['158.327', 'kk', '158,3'],
  ['2.620', 'ru', '2,62'],
  ['4.0', 'en', '4'],
  ['-10', 'en', '−10'],
  [null, 'ru', '—'],
] as const)('a deviation of %j is in %s %j', (value, language, text) => {
  expect(sigmas(value, language)).toBe(text)
})
