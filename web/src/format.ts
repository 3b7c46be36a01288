/**
 * Dates, spans, numbers and plates as text. No Intl: Chromium has no Kazakh, and an old computer does not know the country's zone.
 * Instants come in milliseconds since 1970 UTC, with the site's offset in minutes.
 */
import type { Language } from './words'
import { say } from './words'

const two = (n: number) => String(n).padStart(2, '0')

function shifted(at_ms: number, offset_min: number): Date {
  return new Date(at_ms + offset_min * 60_000)
}

/** 14:22:07 */
export function clockTime(at_ms: number, offset_min: number): string {
  const d = shifted(at_ms, offset_min)
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`
}

/** 21.11.2026 14:22:07 */
export function dateTime(at_ms: number, offset_min: number): string {
  const d = shifted(at_ms, offset_min)
  return `${two(d.getUTCDate())}.${two(d.getUTCMonth() + 1)}.${d.getUTCFullYear()} ${clockTime(at_ms, offset_min)}`
}

/** The time alone if `at` is on the day of `now`, else day and time. */
export function timeOrDate(at_ms: number, now_ms: number, offset_min: number): string {
  const day = (ms: number) => Math.floor((ms + offset_min * 60_000) / 86_400_000)
  return day(at_ms) === day(now_ms) ? clockTime(at_ms, offset_min) : dateTime(at_ms, offset_min)
}

/** +05 or +05:30 */
export function zone(offset_min: number): string {
  const minutes = Math.abs(offset_min)
  const rest = minutes % 60
  return `${offset_min < 0 ? '−' : '+'}${two(Math.floor(minutes / 60))}${rest ? `:${two(rest)}` : ''}`
}

const months = {
  kk: ['қаңтар', 'ақпан', 'наурыз', 'сәуір', 'мамыр', 'маусым', 'шілде', 'тамыз', 'қыркүйек', 'қазан', 'қараша', 'желтоқсан'],
  ru: ['января', 'февраля', 'марта', 'апреля', 'мая', 'июня', 'июля', 'августа', 'сентября', 'октября', 'ноября', 'декабря'],
  en: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
}

/** 2026 ж. 21 қараша; 21 ноября 2026 г.; 21 November 2026 */
export function longDate(at_ms: number, offset_min: number, language: Language): string {
  const d = shifted(at_ms, offset_min)
  const [day, month, year] = [d.getUTCDate(), months[language][d.getUTCMonth()], d.getUTCFullYear()]
  if (language === 'kk') return `${year} ж. ${day} ${month}`
  return language === 'ru' ? `${day} ${month} ${year} г.` : `${day} ${month} ${year}`
}

/** A span as h:mm:ss, or m:ss below an hour. Never a sign. */
export function span(ms: number): string {
  const s = Math.floor(Math.abs(ms) / 1000)
  const minutes = Math.floor(s / 60)
  if (minutes < 60) return `${minutes}:${two(s % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`
}

/** An age in words: 4 s, 12 min, 2 h 10 min. */
export function age(ms: number, language: Language): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  if (s < 60) return say(language, 'age.s', { n: s })
  const min = Math.floor(s / 60)
  if (min < 60) return say(language, 'age.min', { n: min })
  const h = Math.floor(min / 60)
  if (h < 24) return say(language, 'age.h', { n: h, m: min % 60 })
  return say(language, 'age.d', { n: Math.floor(h / 24), h: h % 24 })
}

/** A short age with tenths below ten seconds: 0.2 s. */
export function shortAge(ms: number, language: Language): string {
  const s = Math.max(0, ms) / 1000
  return s < 10 ? say(language, 'age.s', { n: number(s.toFixed(1), language) }) : age(ms, language)
}

/** With a capital at its beginning: words of the law stand in the middle of its sentences. */
export function capital(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase('ru') + text.slice(1)
}

/** A decimal text or number with grouped thousands: 1 234 567,8 (kk, ru), 1 234 567.8 (en). The digits are never rounded. */
export function number(value: string | number, language: Language): string {
  const text = String(value)
  const found = /^([-−+]?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!found) return text
  const [, sign = '', whole = '', fraction] = found
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u00a0')
  const point = language === 'en' ? '.' : ','
  return `${sign === '-' ? '−' : sign}${grouped}${fraction ? point + fraction : ''}`
}

/** A deviation for the eye: two decimals below ten, else one. The evidence keeps all of them. */
export function sigmas(value: string | number | null | undefined, language: Language): string {
  const n = Number(value ?? NaN)
  if (!Number.isFinite(n)) return '—'
  return number(n.toFixed(Math.abs(n) < 10 ? 2 : 1).replace(/\.?0+$/, ''), language)
}

/** Takes a number as people type it (comma or point, spaces) to decimal text, or nothing if it is none. */
export function decimal(typed: string): string | null {
  const text = typed.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.')
  return /^\d{1,12}(\.\d{1,6})?$/.test(text) ? text : null
}

const lookalikes: Record<string, string> = {
  А: 'A', В: 'B', Е: 'E', К: 'K', М: 'M', Н: 'H', О: 'O', Р: 'P', С: 'C', Т: 'T', У: 'Y', Х: 'X',
}

/** Letters that look Latin become Latin, separators fall away: КZ 123 АВС 02 finds KZ123ABC02. The original is kept by the agent. */
export function normalPlate(typed: string): string {
  return typed.toUpperCase().replace(/[\s\u00a0-]/g, '').replace(/./gu, (letter) => lookalikes[letter] ?? letter)
}
