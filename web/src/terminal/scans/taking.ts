/**
 * What of a scan can go into a notice, and what is in its way. Nothing is put over what was typed, and nothing whose check digit does not fit,
 * or that is only suggested, goes unseen: the officer is shown both and asked.
 */
import type { Scan, ScanClaim } from '../../api'
import type { TypedAnswers, TypedNotice } from '../noticeDraft'
import { NIL } from '../noticeDraft'

/** A value of a scan, and the field of a notice that it belongs to. */
export interface Takeable {
  reading: number
  field: TargetField
  value: string
  /** Why it has to be looked at before it is taken over. */
  doubt: 'wrong_digit' | 'suggested' | null
  /** What was read where the value is a repair of it. */
  read: string | null
}

export type TargetField = 'container_ids' | 'seal_numbers' | 'vehicle_registration' | 'declaration_number' | 'driver_document'

/** Fields that hold several numbers, separated by commas. */
const lists: readonly TargetField[] = ['container_ids', 'seal_numbers', 'vehicle_registration']
/** Fields that a form may have no row for: the law does not ask for them, and keeps them (242.3). */
export const unasked: readonly TargetField[] = ['container_ids', 'seal_numbers', 'declaration_number', 'driver_document']

/** What tells one traveller from another: it goes to the agent with the notice, and never into the browser's store (16.2). */
const travellers: readonly TargetField[] = ['driver_document']

/** A notice as it is kept on the workstation until it is registered. */
export function keptOn(typed: TypedNotice): TypedNotice {
  const answers = Object.fromEntries(Object.entries(typed.answers).filter(([id]) => !travellers.some((one) => one === id)))
  return { ...typed, answers }
}

const targets: Readonly<Partial<Record<Scan['what'], TargetField>>> = {
  container: 'container_ids', seal: 'seal_numbers', plate: 'vehicle_registration', declaration: 'declaration_number',
}

export function isList(field: string): boolean {
  return lists.some((one) => one === field)
}

/** Everything of a scan that a notice has a place for. Codes, addresses and what an X-ray system was told have none. */
export function takeableOf(scan: Scan): Takeable[] {
  const { reading, document } = scan
  if (document) {
    const sure = { reading, doubt: null, read: null } as const
    return [{ ...sure, field: 'driver_document', value: `${document.issuer} ${document.number}`.trim() }]
  }
  return [scan, ...scan.also].flatMap((claim) => takeable(reading, claim))
}

function takeable(reading: number, claim: Pick<ScanClaim, 'what' | 'value' | 'checked' | 'read_as'>): Takeable[] {
  const field = targets[claim.what]
  if (!field) return []
  const doubt = claim.checked === 'wrong_digit' ? 'wrong_digit' : claim.read_as != null ? 'suggested' : null
  return [{ reading, field, value: claim.value, doubt, read: claim.read_as ?? null }]
}

/** Where a value stands to what is in the form: there already, free to go in, or in the way of something. */
export type Standing = { is: 'in_form' } | { is: 'free' } | { is: 'asked'; typed: string | null }

export function standingOf(answers: TypedAnswers, one: Takeable): Standing {
  const typed = (answers[one.field] ?? '').trim()
  const other = typed && typed !== NIL
  const there = isList(one.field) ? partsOf(typed) : [typed]
  if (other && there.some((part) => sameNumber(part, one.value))) return { is: 'in_form' }
  if (other || one.doubt) return { is: 'asked', typed: other ? typed : null }
  return { is: 'free' }
}

/** The field with the value in it: in the place of what was there, or behind it. */
export function withTaken(answers: TypedAnswers, one: Takeable, how: 'instead' | 'beside'): string {
  const typed = answers[one.field] ?? ''
  if (how === 'instead' || !isList(one.field)) return one.value
  return [...partsOf(typed === NIL ? '' : typed), one.value].join(', ')
}

function partsOf(typed: string): string[] {
  return typed.split(',').map((part) => part.trim()).filter(Boolean)
}

/** Whether both are the same but for blanks, dashes and small letters. */
function sameNumber(a: string, b: string): boolean {
  const plain = (text: string) => text.replace(/[\s-]+/g, '').toUpperCase()
  return plain(a) === plain(b)
}
