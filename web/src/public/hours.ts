/** The hours of one day in words of one language, as they stand on a board. */
import type { PublicDay } from '../api'
import type { Key, Language } from '../words'
import { say } from '../words'

/** 22.11 */
export function shortDate(date: string): string {
  const [, month = '', day = ''] = date.split('-')
  return `${day}.${month}`
}

/** 09:00–13:00, 14:00–18:00. Nothing if the day needs words instead of numbers. */
export function numbers(day: PublicDay): string | null {
  if (day.hours.length === 0 || isRoundTheClock(day)) return null
  return day.hours.map((hours) => `${hours.from}–${hours.to}`).join(', ')
}

/** Closed, or round the clock. */
export function instead(day: PublicDay, language: Language): string {
  return say(language, isRoundTheClock(day) ? 'public.round_the_clock' : 'public.closed')
}

/** Monday, in that language. */
export function weekday(day: PublicDay, language: Language): string {
  return say(language, `public.weekday.${day.weekday}` as Key)
}

function isRoundTheClock(day: PublicDay): boolean {
  const [first] = day.hours
  return day.hours.length === 1 && first?.from === '00:00' && first.to === '24:00'
}
