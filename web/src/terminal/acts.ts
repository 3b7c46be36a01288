/**
 * The form of an act: which acts there are for a vehicle, which fields are asked, and the order that was typed. The edition has the rows
 * and the agent the last word; what it refuses comes back by field.
 */
import type { Act, ActField, ActRule, Answer, Consignment, Order, Role, Visit } from '../api'
import { decimal } from '../format'

export type Typed = Record<string, string>

/** Why an act cannot be recorded now. */
export type Obstacle = { is: 'role'; who: 'senior' | 'head' } | { is: 'control'; control: string } | { is: 'act'; act: string } | { is: 'goods' }

/** Whether there is such an act for this vehicle at all; without a vehicle: whether it is an act of the checkpoint itself. */
export function exists(rule: ActRule, visit: Visit | null): boolean {
  if (!visit) return rule.about === 'checkpoint'
  if (rule.about === 'checkpoint') return false
  const { mode, direction } = visit.row
  if (rule.modes.length && !rule.modes.includes(mode)) return false
  if (rule.directions.length && !rule.directions.includes(direction)) return false
  return visit.row.stage !== 'left' || rule.after_exit
}

/** Consignments that go on; those that were split or merged go on under other numbers. */
export function goodsOf(visit: Visit): Consignment[] {
  return visit.consignments.filter((one) => !(['split', 'merged'] as string[]).includes(one.course.state))
}

/** What stands against it for everything that it could be about; nothing, if it can be recorded of one consignment at least. */
export function obstacle(rule: ActRule, visit: Visit | null, own: readonly Act[], role: Role): Obstacle | null {
  if (rule.who === 'senior' && role !== 'senior_officer' && role !== 'shift_lead') return { is: 'role', who: 'senior' }
  if (rule.who === 'head' && role !== 'shift_lead') return { is: 'role', who: 'head' }
  if (!visit) return missingBefore(rule, own, null)
  if (rule.about === 'vehicle') return missingHere(rule, visit, null)
  const goods = goodsOf(visit)
  if (!goods.length) return { is: 'goods' }
  const each = goods.map((one) => missingHere(rule, visit, one.number))
  return each.includes(null) ? null : (each[0] ?? null)
}

/** The consignments of which it can be recorded now. */
export function fitting(rule: ActRule, visit: Visit): number[] {
  return rule.about === 'consignment' ? goodsOf(visit).map((one) => one.number).filter((number) => !missingHere(rule, visit, number)) : []
}

function missingHere(rule: ActRule, visit: Visit, consignment: number | null): Obstacle | null {
  const control = rule.needs_control
  const isOpen = visit.controls.some((open) => open.control === control && (open.consignment == null || open.consignment === consignment))
  if (control && !isOpen) return { is: 'control', control }
  return missingBefore(rule, visit.acts, consignment)
}

function missingBefore(rule: ActRule, acts: readonly Act[], consignment: number | null): Obstacle | null {
  const stands = (needed: string) => acts.some((act) => act.kind === needed && holds(act) && (!act.consignments.length || consignment === null || act.consignments.includes(consignment)))
  const missing = rule.needs.find((needed) => !stands(needed))
  return missing ? { is: 'act', act: missing } : null
}

/** Whether an act still says what it said: not put right, not ended. */
export function holds(act: Act): boolean {
  return act.corrected_by == null && act.ended_by == null
}

/** Flags that are true of the vehicle or of one of the goods that the act is about. */
export function flagsOf(visit: Visit | null, consignments: readonly number[]): Set<string> {
  if (!visit) return new Set()
  return new Set([...visit.flags, ...visit.consignments.filter((one) => consignments.includes(one.number)).flatMap((one) => one.flags)])
}

/** Whether the law asks for this field, as things stand in the form. */
export function isAsked(field: ActField, typed: Typed, flags: ReadonlySet<string>): boolean {
  const isTrue = (flag: string) => typed[flag] === 'yes' || flags.has(flag)
  if (field.when && !isTrue(field.when)) return false
  return !(field.unless && isTrue(field.unless))
}

/** Everything that a form holds when it is recorded. */
export interface TypedAct {
  rule: ActRule
  visit: number | null
  consignments: readonly number[]
  /** As typed; empty for now. */
  as_of: string
  answers: Typed
  corrects: number | null
}

/** The order, or nothing if the moment of the act is none. Fields that are not asked are left out. */
export function orderOf(act: TypedAct, flags: ReadonlySet<string>, offset_min: number, now_ms: number): Order | null {
  const as_of = act.as_of.trim() ? momentOf(act.as_of, offset_min, now_ms) : null
  if (act.as_of.trim() && !as_of) return null
  const asked = act.rule.fields.filter((field) => isAsked(field, act.answers, flags))
  const answers = asked.flatMap((field) => {
    const answer = answerOf(field, act.answers[field.id] ?? '', offset_min, now_ms)
    return answer ? [[field.id, answer] as const] : []
  })
  const about = act.visit === null ? {} : { visit: act.visit, consignments: act.rule.about === 'consignment' ? [...act.consignments] : [] }
  return { kind: 'record_act', about, act: act.rule.id, as_of, answers: Object.fromEntries(answers) as Record<string, Answer>, corrects: act.corrects }
}

/** What is no answer of the kind goes as it was typed, and the agent says what is wrong with it. */
export function answerOf(field: Pick<ActField, 'kind'>, text: string, offset_min: number, now_ms: number): Answer | null {
  const typed = text.trim()
  if (!typed) return null
  switch (field.kind) {
    case 'flag':
      return { as: 'flag', value: typed === 'yes' }
    case 'number': {
      const value = decimal(typed)
      return value === null ? { as: 'text', value: typed } : { as: 'number', value }
    }
    case 'papers':
      return { as: 'papers', value: typed.split(/[,;\n]/).map((paper) => paper.trim()).filter(Boolean) }
    case 'date':
      return { as: 'text', value: dayOf(typed) ?? typed }
    case 'instant':
      return { as: 'text', value: momentOf(typed, offset_min, now_ms) ?? typed }
    case 'text':
    case 'choice':
      return { as: 'text', value: typed }
  }
}

/** What was recorded, for correcting it. */
export function typedOf(answers: Record<string, Answer>, rule: ActRule, offset_min: number): Typed {
  const kinds = new Map(rule.fields.map((field) => [field.id, field.kind]))
  return Object.fromEntries(Object.entries(answers).map(([id, answer]) => [id, textOf(answer, kinds.get(id), offset_min)]))
}

function textOf(answer: Answer, kind: ActField['kind'] | undefined, offset_min: number): string {
  switch (answer.as) {
    case 'nil':
      return ''
    case 'papers':
      return answer.value.join(', ')
    case 'flag':
      return answer.value ? 'yes' : 'no'
    case 'number':
      return String(answer.value)
    case 'text':
      if (kind === 'date') return typedDay(answer.value)
      return kind === 'instant' ? typedMoment(answer.value, offset_min) : answer.value
  }
}

const two = (n: number) => String(n).padStart(2, '0')

/** 21.11.2026 and 2026-11-21 are 2026-11-21; anything else is nothing. */
export function dayOf(typed: string): string | null {
  const local = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(typed.trim())
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typed.trim())
  const [year, month, day] = local ? [local[3], local[2], local[1]] : iso ? [iso[1], iso[2], iso[3]] : []
  if (!year || !month || !day) return null
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  // The 31st of a month with 30 days is no day.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return null
  return `${year}-${two(Number(month))}-${two(Number(day))}`
}

/** 21.11.2026 14:05, or 14:05 of today, with the offset of the checkpoint's zone; one that has an offset stays. */
export function momentOf(typed: string, offset_min: number, now_ms: number): string | null {
  const text = typed.trim()
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text)) return text
  const [, day, hour, minute, second] = /^(?:(\S+)[ T]+)?(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? []
  if (!hour || !minute || Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null
  const date = dayOf(day ?? new Date(now_ms + offset_min * 60_000).toISOString().slice(0, 10))
  return date && `${date}T${two(Number(hour))}:${minute}:${second ?? '00'}${offsetText(offset_min)}`
}

function offsetText(offset_min: number): string {
  const minutes = Math.abs(offset_min)
  return `${offset_min < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

export function typedDay(day: string): string {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
  return year ? `${date}.${month}.${year}` : day
}

export function typedMoment(instant: string, offset_min: number): string {
  const at = Date.parse(instant)
  if (Number.isNaN(at)) return instant
  const local = new Date(at + offset_min * 60_000).toISOString()
  const seconds = local.slice(17, 19)
  return `${typedDay(local.slice(0, 10))} ${local.slice(11, 16)}${seconds === '00' ? '' : `:${seconds}`}`
}

/** Acts whose title, id or article has what was typed: every word of it, in any order. */
export function found(rules: readonly ActRule[], typed: string, titleOf: (rule: ActRule) => string): ActRule[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return rules.filter((rule) => {
    const text = `${titleOf(rule)} ${rule.article} ${rule.id.replaceAll('_', ' ')}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Acts in their groups, both in the order of the edition. */
export function grouped(rules: readonly ActRule[]): [group: string, rules: ActRule[]][] {
  const groups = new Map<string, ActRule[]>()
  for (const rule of rules) groups.set(rule.group, [...(groups.get(rule.group) ?? []), rule])
  return [...groups]
}

/** Where an officer finds the act that lifts a hold: the form of control that it closes, or the group. */
export function lifting(reason: string, visit: Visit, consignment: number | null): { group: string; closes: string | null } {
  if (reason === 'control_open') {
    const open = visit.controls.find((one) => (one.consignment ?? null) === consignment)
    return { group: '', closes: open?.control ?? null }
  }
  return { group: groupsOfHolds[reason] ?? '', closes: null }
}

const groupsOfHolds: Readonly<Record<string, string>> = {
  must_leave_territory: 'prohibited', detained: 'detention', transit_not_completed: 'transit', departure_papers_missing: 'departure', departure_marks_missing: 'departure', not_allowed_to_leave: 'departure',
}
