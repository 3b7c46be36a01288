/** Three languages, one function. A missing or spare key does not compile; what has no key is shown as it came. */
import { en } from './words/en'
import { kk } from './words/kk'
import { ru } from './words/ru'

export type Key = keyof typeof en
export type Language = 'kk' | 'ru' | 'en'

/** A text, or one text for each grammatical number. Kazakh nouns stay singular after a number, so that one text serves. */
export type Message = string | { one: string; few?: string; many?: string; other?: string }
export type Words = Readonly<Record<Key, Message>>
export type Values = Readonly<Record<string, string | number>>

export const languages: readonly Language[] = ['kk', 'ru', 'en']
export const dictionaries: Readonly<Record<Language, Words>> = { kk, ru, en }

/** The text of `key`, with `{name}` replaced. The value `n` chooses the grammatical number. */
export function say(language: Language, key: Key, values: Values = {}): string {
  const message = dictionaries[language][key]
  const text = typeof message === 'string' ? message : choose(language, message, Number(values.n ?? 0))
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The text of `prefix.code` where there is one, else the code itself in readable form: the agent may be newer than this page. */
export function sayCode(language: Language, prefix: string, code: string): string {
  return sayKnown(language, prefix, code) ?? code.replaceAll('_', ' ')
}

/** The text of `prefix.code`, or nothing where there is none. */
export function sayKnown(language: Language, prefix: string, code: string): string | null {
  const key = `${prefix}.${code}`
  return key in en ? say(language, key as Key) : null
}

function choose(language: Language, message: Exclude<Message, string>, n: number): string {
  const fallback = message.other ?? message.many ?? message.one
  if (language === 'en') return n === 1 ? message.one : fallback
  if (language === 'kk') return fallback
  const tens = n % 100
  const ones = n % 10
  if (ones === 1 && tens !== 11) return message.one
  if (ones >= 2 && ones <= 4 && (tens < 12 || tens > 14)) return message.few ?? fallback
  return message.many ?? fallback
}
