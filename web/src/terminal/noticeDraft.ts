/**
 * An arrival notice as it is typed: every answer is a text, kept on this terminal until it is registered. Turns into the draft that the
 * agent checks. What is missing is for the agent to say; this page has no copy of the rules.
 */
import type { Answer, Field, Mode, NoticeDraft, Original, Purpose } from '../api'
import { decimal } from '../format'

export type TypedAnswers = Record<string, string>

export interface TypedNotice {
  mode: Mode
  purpose: Purpose
  filed_by: NonNullable<NoticeDraft['filed_by']>
  authority: string
  /** Questions whose answer makes further rows necessary. */
  flags: Record<string, boolean>
  answers: TypedAnswers
  consignments: { answers: TypedAnswers; goods: TypedAnswers[] }[]
  /** Electronic originals; only name, size and hash of a file. */
  originals: Original[]
}

/** A typed answer that says: nothing to state. */
export const NIL = '\u2205'

/** The inputs of a row: its own, or one for each of its alternatives. */
export function inputsOf(field: Field): string[] {
  return field.any_of?.length ? field.any_of : [field.id]
}

export function emptyNotice(mode: Mode = 'road', purpose: Purpose = 'arrival'): TypedNotice {
  return { mode, purpose, filed_by: 'carrier', authority: '', flags: {}, answers: {}, consignments: [{ answers: {}, goods: [{}] }], originals: [] }
}

/** How many people a form asks about one by one; a longer list comes as an original. */
const MOST_PEOPLE = 200

/** The ids under which a row asks about people, one list for each of them. */
export function peopleOf(field: Field, answers: TypedAnswers): { id: string; part: Field['parts'][number] }[][] {
  const count = Number(decimal(answers[field.counted_by ?? ''] ?? '') ?? 0)
  const people = Number.isInteger(count) && count > 0 ? Math.min(count, MOST_PEOPLE) : 0
  return Array.from({ length: people }, (_, person) => field.parts.map((part) => ({ id: `${field.id}[${person}].${part.id}`, part })))
}

/** The draft as the agent takes it. */
export function draftOf(typed: TypedNotice, fields: readonly Field[]): NoticeDraft {
  const kinds = new Map(fields.flatMap((field) => inputsOf(field).map((id) => [id, String(field.kind)] as const)))
  const answersOf = (answers: TypedAnswers) => {
    const given = Object.entries(answers).flatMap(([id, text]) => {
      const answer = answerOf(kinds.get(id) ?? 'text', text)
      return answer ? [[id, answer] as const] : []
    })
    return Object.fromEntries(given) as Record<string, Answer>
  }
  const flags = Object.entries(typed.flags).map(([id, set]) => [id, { as: 'flag', value: set } satisfies Answer] as const)
  return {
    mode: typed.mode,
    purpose: typed.purpose,
    filed_by: typed.filed_by,
    authority: typed.authority.trim(),
    answers: { ...answersOf(typed.answers), ...Object.fromEntries(flags) },
    consignments: typed.consignments.map((one) => ({ answers: answersOf(one.answers), goods: one.goods.map(answersOf) })),
    originals: typed.originals.filter((original) => original.sha256),
  }
}

/** What was registered, for correcting it. */
export function typedOf(draft: NoticeDraft, flagIds: readonly string[]): TypedNotice {
  const textsOf = (answers: Record<string, Answer> | undefined) =>
    Object.fromEntries(Object.entries(answers ?? {}).filter(([id]) => !flagIds.includes(id)).map(([id, answer]) => [id, textOf(answer)]))
  const flags = flagIds.flatMap((id) => {
    const answer = draft.answers?.[id]
    return answer?.as === 'flag' ? [[id, answer.value] as const] : []
  })
  const consignments = (draft.consignments ?? []).map((one) => ({ answers: textsOf(one.answers), goods: one.goods?.length ? one.goods.map(textsOf) : [{}] }))
  return {
    mode: draft.mode,
    purpose: draft.purpose ?? 'arrival',
    filed_by: draft.filed_by ?? 'carrier',
    authority: draft.authority ?? '',
    flags: Object.fromEntries(flags),
    answers: textsOf(draft.answers),
    consignments: consignments.length ? consignments : emptyNotice().consignments,
    originals: draft.originals ?? [],
  }
}

function answerOf(kind: string, text: string): Answer | null {
  const typed = text.trim()
  if (!typed) return null
  if (typed === NIL) return { as: 'nil' }
  if (kind === 'papers' || kind === 'list') return { as: 'papers', value: typed.split(',').map((paper) => paper.trim()).filter(Boolean) }
  if (kind === 'flag') return { as: 'flag', value: typed === 'yes' }
  if (kind === 'number') {
    const value = decimal(typed)
    return value === null ? { as: 'text', value: typed } : { as: 'number', value }
  }
  return { as: 'text', value: typed }
}

/** An answer as it is typed, and as a person reads it. */
export function textOf(answer: Answer): string {
  switch (answer.as) {
    case 'nil':
      return NIL
    case 'papers':
      return answer.value.join(', ')
    case 'flag':
      return answer.value ? 'yes' : 'no'
    case 'number':
    case 'text':
      return String(answer.value)
  }
}
