/** The language and the colours that this person chose, kept on this computer. */
import type { Key, Language, Values } from './words'
import { languages, say, sayCode, sayKnown } from './words'

const KEPT_LANGUAGE = 'beket.language'
const KEPT_THEME = 'beket.theme'

export type Theme = 'light' | 'dark'

class Choice {
  language = $state<Language>(firstLanguage())
  theme = $state<Theme>(firstTheme())

  constructor() {
    this.#apply()
  }

  speak(language: Language): void {
    this.language = language
    keep(KEPT_LANGUAGE, language)
    this.#apply()
  }

  colour(theme: Theme): void {
    this.theme = theme
    keep(KEPT_THEME, theme)
    this.#apply()
  }

  #apply(): void {
    document.documentElement.lang = this.language
    document.documentElement.dataset.theme = this.theme
  }
}

function firstLanguage(): Language {
  const kept = readKept(KEPT_LANGUAGE)
  return languages.find((language) => language === kept) ?? languages.find((language) => navigator.language.startsWith(language)) ?? 'ru'
}

function firstTheme(): Theme {
  const kept = readKept(KEPT_THEME)
  if (kept === 'light' || kept === 'dark') return kept
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

function readKept(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null // Storage can be forbidden by policy; the choice then lasts as long as the page.
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value)
  } catch {
    // As above.
  }
}

export const choice = new Choice()

/** The text of `key` in the language of this page. */
export function t(key: Key, values?: Values): string {
  return say(choice.language, key, values)
}

/** The text for a code that the agent sent, or nothing where there are no words for it. */
export function known(prefix: string, word: string): string | null {
  return sayKnown(choice.language, prefix, word)
}

/** The text for a code that the agent sent. */
export function code(prefix: string, word: string): string {
  return sayCode(choice.language, prefix, word)
}
