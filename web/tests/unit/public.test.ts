// The board for everybody: what stands there instead of hours, and the same day in three languages.
import { expect, test } from 'vitest'
import { instead, numbers, shortDate, weekday } from '../../src/public/hours'

const day = (...hours: [from: string, to: string][]) => ({
  date: '2026-03-21',
  weekday: 6,
  hours: hours.map(([from, to]) => ({ from, to })),
  is_exception: false,
  named: null,
  may_be_holiday: false,
})

test('hours stand in numbers, with a break between them', () => {
  expect(numbers(day(['09:00', '13:00'], ['14:00', '18:00']))).toBe('09:00–13:00, 14:00–18:00')
  expect(numbers(day(['22:00', '06:00']))).toBe('22:00–06:00')
})

test('a day without hours is closed, and a whole day is round the clock', () => {
  expect(numbers(day())).toBeNull()
  expect(instead(day(), 'en')).toBe('closed')
  expect(numbers(day(['00:00', '24:00']))).toBeNull()
  expect(instead(day(['00:00', '24:00']), 'kk')).toBe('тәулік бойы')
})

test('the day is named in every language', () => {
  expect(shortDate('2026-03-21')).toBe('21.03')
  expect((['kk', 'ru', 'en'] as const).map((language) => weekday(day(), language))).toEqual(['сенбі', 'суббота', 'Saturday'])
})
