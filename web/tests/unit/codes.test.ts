// The agent speaks in codes and the screens have the words. Both are read here, so that neither is without the other.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { en } from '../../src/words/en'

const root = new URL('../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

/** Every source under a folder, tests among them left out. */
function sources(folder: string): string {
  const files = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
  return files.filter((name) => name.endsWith('.rs') && !/^desk[./]/.test(name) && !/(^|\/)tests?(\/|\.rs$)/.test(name)).sort().map((name) => read(`${folder}/${name}`)).join('\n')
}

const found = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, code = '']) => code)
const set = (...codes: string[][]) => [...new Set(codes.flat())].sort()

/** Strings of the lists and values that a key has in a file of the law. */
function said(law: string, key: string): string[] {
  return found(law, new RegExp(`^${key} = (.+)$`, 'gm')).flatMap((value) => found(value, /"([^"]*)"/g))
}

/** Ids of the tables of one kind, such as `[[clock]]`. */
function ids(law: string, table: string): string[] {
  return found(law, new RegExp(`^\\[\\[${table}\\]\\]\\s+id = "([^"]+)"`, 'gm'))
}

const law = readdirSync(new URL('config/law', root)).map((name) => read(`config/law/${name}`)).join('\n')
const checkpoint = sources('checkpoint/src')
const journal = read('checkpoint/src/view/journal.rs')
const act = read('checkpoint/src/law/act.rs')
const courses = ['arrival', 'arrival/standing', 'departure', 'departure/standing', 'transit', 'detention'].map((name) => read(`checkpoint/src/law/course/${name}.rs`)).join('\n')
const exit = read('checkpoint/src/decide/exit.rs')

/** Switches of doubtful places: key, question, the options with their words. */
const readings = [...read('checkpoint/src/law/readings.rs').matchAll(/^ {4}(\w+), "AMB-\d+", "((?:[^"\\]|\\.)*)": \w+ \{(.*?)^ {4}\}/gms)].map(([, key = '', question = '', options = '']) => [key, question, options] as const)

/** Where the codes of a kind stand, and at least how many there must be for the search to have found the right place. */
const kinds: Record<string, [codes: string[], atLeast: number]> = {
  refused: [set(found(checkpoint, /Refusal::new\(\s*"(\w+)"/g), found(checkpoint, /Refusal \{ code: "(\w+)"/g), found(checkpoint, /\bno\(\s*"(\w+)"/g)), 25],
  problem: [found(read('edge-agent/src/terminal/problem.rs'), /StatusCode::\w+, "(\w+)"/g), 7],
  hold: [set(ids(law, 'hold'), found(exit, /reason\("(\w+)"/g), found(exit, /Some\("(\w+)"\)/g), found(exit, /reason: "(\w+)"/g)), 8],
  lifted: [set(said(law, 'lifted_by')), 6],
  quality: [found(read('edge-agent/src/ingest/screening.rs'), /\((\w+), "\1"\)/g), 12],
  flag: [set(found(read('checkpoint/src/law/term.rs'), /pub const \w+: &str = "(\w+)"/g), said(law, 'remarks')), 3],
  group: [set(said(law, 'group')), 14],
  course: [set(found(courses, /=> "([a-z_]+)"/g), found(courses, /"(control_(?:goes_on|ended))"/g), ['under_control', 'not_under_control']), 40],
  answer: [set(found(act, /Some\("(\w+)"\)(?! =>)/g), found(act, /then_some\("(\w+)"\)/g)), 6],
  operation: [found(/OPERATIONS: \[&str; \d+\] = \[([^\]]*)\]/.exec(read('checkpoint/src/law/accounting.rs'))?.[1] ?? '', /"(\w+)"/g), 15],
  obliged: [set(said(law, 'obliged')), 2],
  condition: [found(/enum SealCondition \{([^}]*)\}/.exec(read('checkpoint/src/input/observation.rs'))?.[1] ?? '', /^ +([A-Z]\w+),/gm).map((name) => name.replace(/(?<!^)([A-Z])/g, '_$1').toLowerCase()), 4],
  refusal: [found(/enum WeightRefusal \{([^}]*)\}/.exec(read('checkpoint/src/input/observation.rs'))?.[1] ?? '', /^ +([A-Z]\w+),/gm).map((name) => name.replace(/(?<!^)([A-Z])/g, '_$1').toLowerCase()), 8],
  warning: [set(found(checkpoint, /(?:Finding::new|shape|check_digit)\(\s*"(\w+)"/g), found(checkpoint, /\.warn\(\s*"?\w+"?,\s*(?:place|visit),\s*"(\w+)"/g), found(law, /(?<!\w)code = "(\w+)"/g)), 30],
  step: [found(/enum Step \{(.*?)\n\}/s.exec(read('checkpoint/src/law/term/step.rs'))?.[1] ?? '', /^ {4}([A-Z]\w+)[ ,]/gm).map((name) => name.replace(/(?<!^)([A-Z])/g, '_$1').toLowerCase()), 19],
  reading: [set(readings.map(([key]) => key), readings.flatMap(([key, , options]) => found(options, /= "(\w+)"/g).map((option) => `${key}.${option}`))), 60],
  trigger: [found(read('checkpoint/src/law/words.rs'), /^    [A-Z]\w+ = "(\w+)",$/gm), 13],
  fault: [set(found(read('firmware-protocols/src/fault.rs'), /FaultKind::\w+ => "([\w-]+)"/g), found(read('firmware-protocols/src/weighbridge/settling.rs'), /Unfit::\w+ => "([\w-]+)"/g), found(read('edge-agent/src/ingest/observe.rs'), /kind: "([\w-]+)"/g), found(read('edge-agent/src/ingest/weighing.rs'), /fault\("([\w-]+)"/g), found(read('edge-agent/src/ingest/flood.rs'), /told\.push\(\("([\w-]+)"/g)), 20],
  event: [found(journal, /\.?is\("(\w+)"\)/g), 50],
}

const wordsOf = (prefix: string) => Object.keys(en).filter((key) => key.startsWith(`${prefix}.`)).map((key) => key.slice(prefix.length + 1))

test.each(Object.entries(kinds))('every code of %s has words, and there are no words for others', (prefix, [codes, atLeast]) => {
  expect(codes.length).toBeGreaterThanOrEqual(atLeast)
  expect(wordsOf(prefix).sort()).toEqual([...new Set(codes)].sort())
})

test('every number of a journal line and of an alarm has a name', () => {
  const names = set(found(journal, /\.with\("(\w+)"/g), found(checkpoint, /\.number\("(\w+)"/g))
  expect(names.length).toBeGreaterThan(60)
  expect(names.filter((name) => !(`number.${name}` in en))).toEqual([])
})

test('every alarm of the law has what to do first', () => {
  const causes = said(law, 'cause').map((cause) => cause.replace(/^radiation_.*/, 'radiation'))
  expect(causes.length).toBeGreaterThan(8)
  expect(set(causes).filter((cause) => !(`todo.${cause}` in en))).toEqual([])
})

test('a doubtful place asks the same in English as in the law', () => {
  expect(readings.length).toBeGreaterThan(25)
  for (const [key, question] of readings) expect(en[`reading.${key}` as keyof typeof en]).toBe(question.replaceAll('\\"', '"'))
})

test('every clock and every act of the law has words in its file', () => {
  const rows = [...law.matchAll(/^\[\[(clock|act)\]\]\n((?:(?!\[).*\n)*)/gm)].map(([, table, row = '']) => ({ table, row }))
  expect(rows.length).toBeGreaterThan(200)
  expect(rows.filter(({ row }) => !/^title = \{.*\bru = ".+"/m.test(row)).map(({ row }) => row.split('\n')[0])).toEqual([])
})
