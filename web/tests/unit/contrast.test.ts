// Contrast is computed from the tokens that the pages use, so that nobody can pale a colour unnoticed.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('../../src/base.css', import.meta.url), 'utf8')

function tokens(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(selector)).split('}')[0] ?? ''
  return new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]))
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

describe.each([
  ['light', ':root {'],
  ['dark', ":root[data-theme='dark'] {"],
])('in %s', (_, selector) => {
  const of = tokens(selector)
  const colour = (name: string) => of.get(name) ?? `no ${name}`
  test.each([
    ['--text', '--page', 7],
    ['--text', '--panel', 7],
    ['--text', '--normal', 7],
    ['--muted', '--page', 4.5],
    ['--muted', '--panel', 4.5],
    ['--muted', '--raised', 4.5],
    ['--muted', '--normal', 4.5],
    ['--p1-text', '--p1', 4.5],
    ['--p2-text', '--p2', 4.5],
    ['--p3-text', '--p3', 4.5],
    ['--link', '--panel', 4.5],
    ['--control-line', '--panel', 3],
    ['--link', '--page', 3],
    ['--plot-sum', '--panel', 3],
    ['--plot-limit', '--panel', 3],
    ['--plot-background', '--panel', 3],
  ])('%s on %s has a contrast of at least %d', (front, back, least) => {
    expect(contrast(colour(front), colour(back))).toBeGreaterThanOrEqual(least)
  })
})
