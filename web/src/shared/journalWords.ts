/** A line of the journal as a sentence: what happened, then the numbers that belong to it. */
import type { JournalLine } from '../api'
import { dateTime } from '../format'
import { code, t } from '../language.svelte'

/** Values that are codes, with the words they stand for. */
const coded: Readonly<Record<string, string>> = {
  health: 'health', outcome: 'outcome', papers: 'papers', found: 'finding', procedure: 'papers', background: 'background', refusal: 'refusal', condition: 'condition',
  agreement: 'agreement', priority: 'priority',
}
/** Values that are true or false, and instants. */
const truths = ['late', 'beyond', 'assumed', 'open', 'up', 'slow', 'synchronised']
/** Numbers that say nothing to a reader who sees the line itself. */
const inner = ['reading', 'passage']

export function sentence(line: JournalLine): string {
  return code('event', line.kind)
}

export function details(line: JournalLine, offset_min: number): { name: string; value: string }[] {
  return Object.entries(line.with)
    .filter(([name, value]) => value !== '' && !inner.includes(name))
    .map(([name, value]) => ({ name: code('number', name), value: valueOf(line.kind, name, value, offset_min) }))
}

function valueOf(kind: string, name: string, value: string, offset_min: number): string {
  if (name === 'verdict') return code(kind === 'vehicle_screened' ? 'radiation' : 'verdict', value)
  if (truths.includes(name)) return t(value === 'true' ? 'notice.yes' : 'notice.no')
  if (name.endsWith('_ms') && /^\d{12,}$/.test(value)) return dateTime(Number(value), offset_min)
  return coded[name] ? code(coded[name], value) : value
}
