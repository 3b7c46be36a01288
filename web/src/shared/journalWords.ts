/** A line of the journal as a sentence: what happened, then the numbers that belong to it. */
import type { JournalLine } from '../api'
import { dateTime, number, sigmas } from '../format'
import { choice, code, t } from '../language.svelte'
import { law } from './law.svelte'

/** Values that are codes, with the words they stand for. */
const coded: Readonly<Record<string, string>> = {
  health: 'health', outcome: 'outcome', papers: 'papers', found: 'finding', procedure: 'papers', background: 'background', refusal: 'refusal', condition: 'condition', seal_event: 'seal_event',
  agreement: 'agreement', fault: 'fault', origin: 'origin', subject: 'subject',
  scan: 'scan',
}
/** Values that are true or false, and instants. */
const truths = ['late', 'beyond', 'assumed', 'open', 'up', 'slow', 'synchronised', 'resumed']
/** What is worth a word only where it is so. */
const exceptions = ['late', 'assumed', 'resumed']
/** Numbers by which the journal knows a thing, and which say nothing to a reader. */
const inner = ['reading', 'passage', 'clock', 'act']

/** What the reader's page calls lanes and vehicles, and its zone in minutes from UTC. */
export interface Names {
  offset: number
  lane: (id: string) => string
  visit: (id: number) => string
}

export function sentence(line: JournalLine): string {
  return code('event', line.kind)
}

export function details(line: JournalLine, names: Names): { name: string; value: string }[] {
  return Object.entries(line.with)
    .filter(([name, value]) => value !== '' && !inner.includes(name) && !(value === 'false' && exceptions.includes(name)))
    .map(([name, value]) => ({ name: code('number', name), value: valueOf(line.kind, name, value, names) }))
}

function valueOf(kind: string, name: string, value: string, names: Names): string {
  if (name === 'verdict') return code(kind === 'vehicle_screened' ? 'radiation' : 'verdict', value)
  if (truths.includes(name)) return t(value === 'true' ? 'notice.yes' : 'notice.no')
  if (name.endsWith('_ms') && /^\d{12,}$/.test(value)) return dateTime(Number(value), names.offset)
  if (name === 'checked') return code('scan', `checked_${value}`)
  if (name === 'conclusion') return code('scan', `conclusion_${value}`)
  if (name === 'document' && kind === 'scanned') return code('scan', `doc_${value}`)
  if (name === 'judged_by' && value === 'auto') return t('scan.by_system')
  if (name === 'outcome' && kind === 'weighing_ended') return code('weighing', value)
  if (name === 'lane') return names.lane(value)
  if (kind === 'reading_assigned' && (name === 'from' || name === 'to')) return names.visit(Number(value))
  if (name === 'cause' && kind === 'alarm_raised') return code('alarm', value)
  if (name === 'priority') return value.replace(/^p/, '')
  if (name === 'act_kind') return law.actTitle(value)
  if (name === 'corrects') return `#${value}`
  if (name === 'rule') return `${value} ${law.clockTitle(value)}`.trim()
  if (name === 'control') return code('board', `control_${value}`)
  if (name === 'z' || name === 'max_z') return sigmas(value, choice.language)
  if (name.endsWith('_kg')) return number(value, choice.language)
  return coded[name] ? code(coded[name], value) : value
}
