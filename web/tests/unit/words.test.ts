// The three dictionaries have the same keys by their types; here is what types cannot tell.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Key, Language, Message } from '../../src/words'
import { dictionaries, languages, say, sayCode } from '../../src/words'
import { en } from '../../src/words/en'
import { review } from '../../src/words/kk'

const keys = Object.keys(en) as Key[]
const texts = (message: Message): string[] => (typeof message === 'string' ? [message] : Object.values(message))
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort().join(' ')

describe.each(languages)('in %s', (language) => {
  const words = dictionaries[language]

  test('every text has the placeholders of the English one', () => {
    for (const key of keys) for (const text of texts(words[key])) expect(placeholders(text), key).toBe(placeholders(texts(en[key])[0] ?? ''))
  })

  test('no text is empty or has a space at an end', () => {
    for (const key of keys) for (const text of texts(words[key])) expect(text, key).toMatch(/^\S(.*\S)?$/s)
  })
})

test('Russian plurals have one, few and many', () => {
  for (const key of keys) {
    const message: Message = dictionaries.ru[key]
    if (typeof message !== 'string') expect(Object.keys(message), key).toEqual(['one', 'few', 'many'])
  }
})

/** Latin words that every language uses: keys of the keyboard, symbols. */
const latin = /F\d|Ctrl\+Enter|Enter|Esc|Home|GS1|N42|SSCC|GTIN|^n /g

test.each<[Language, RegExp]>([
  ['ru', /[әғқңөұүһі]/i],
  ['kk', /\b(?:the|and)\b/],
])('%s borrows no letters or words of another language', (language, foreign) => {
  for (const key of keys) {
    for (const text of texts(dictionaries[language][key])) {
      const rest = text.replace(latin, ' ').replace(/\{\w+\}/g, ' ')
      expect(rest, key).not.toMatch(/[a-z]/i)
      expect(rest, key).not.toMatch(foreign)
    }
  }
})

test.each<[Language, number, string]>([
  ['ru', 1, 'Не хватает 1 строки закона'],
  ['ru', 3, 'Не хватает 3 строк закона'],
  ['ru', 11, 'Не хватает 11 строк закона'],
  ['kk', 5, 'Заңның 5 жолы жетіспейді'],
  ['en', 1, '1 row of the law is missing'],
  ['en', 2, '2 rows of the law are missing'],
])('in %s %i missing rows are %j', (language, n, text) => {
  expect(say(language, 'notice.missing', { n })).toBe(text)
})

test.each([
  [1, '1 открытая тревога'],
  [2, '2 открытые тревоги'],
  [5, '5 открытых тревог'],
  [12, '12 открытых тревог'],
  [21, '21 открытая тревога'],
  [112, '112 открытых тревог'],
])('%i open alarms are %j', (n, text) => {
  expect(say('ru', 'board.alarms', { n })).toBe(text)
})

test('a code without words is shown as it came', () => {
  expect(sayCode('ru', 'hold', 'some_new_reason')).toBe('some new reason')
})

test('a value that looks like markup stays text', () => {
  expect(say('en', 'order.refused', { message: '<script>' })).toBe('Refused: <script>')
})

test('Kazakh wording of the law waits for a native speaker', () => {
  expect(review).toContain('hold.not_presented')
  expect(review).not.toContain('signin.title')
})

/** Symbols of physics, which come from the fallback face. */
const greek = 'σγ'

test('the shipped font has every character of every dictionary', () => {
  const folder = new URL('../../node_modules/@fontsource-variable/golos-text/', import.meta.url)
  const css = readFileSync(new URL('index.css', folder), 'utf8')
  const ranges = [...css.matchAll(/U\+([0-9A-F]+)(?:-([0-9A-F]+))?/gi)].map(([, from = '0', to]) => [parseInt(from, 16), parseInt(to ?? from, 16)] as const)
  expect(readdirSync(new URL('files/', folder)).some((name) => name.includes('cyrillic-ext'))).toBe(true)
  for (const language of languages) {
    for (const key of keys) {
      for (const letter of texts(dictionaries[language][key]).join('')) {
        const point = letter.codePointAt(0) ?? 0
        if (greek.includes(letter)) continue
        expect(ranges.some(([from, to]) => from <= point && point <= to), `${letter} of ${key}`).toBe(true)
      }
    }
  }
})
