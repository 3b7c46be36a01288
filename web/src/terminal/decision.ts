/** A decision as it is typed, what is wrong with it, and the order it becomes. The agent has the last word. */
import type { Alarm, AlarmDecision, Outcome, Secondary } from '../api'
import { decimal } from '../format'
import type { Key } from '../words'

export interface TypedDecision {
  outcome: Outcome | ''
  cause: string
  note: string
  measured: boolean
  instrument: string
  dose_rate: string
  background: string
  distance: string
  secondary: Secondary
  second_officer: string
}

export interface DecisionError {
  field: string
  text: Key
}

export const empty: TypedDecision = {
  outcome: '', cause: '', note: '', measured: false, instrument: '', dose_rate: '', background: '', distance: '', secondary: 'none', second_officer: '',
}

export function errorsOf(typed: TypedDecision, alarm: Pick<Alarm, 'priority'>, officer: string): DecisionError[] {
  const errors: DecisionError[] = []
  if (!typed.outcome) errors.push({ field: 'outcome-real', text: 'error.outcome' })
  if (typed.outcome === 'other' && !typed.cause.trim()) errors.push({ field: 'cause', text: 'error.cause_other' })
  const two = alarm.priority === 'p1' && (typed.outcome === 'real' || typed.outcome === 'test')
  if (two && !typed.second_officer) errors.push({ field: 'second-officer', text: 'error.second_officer' })
  if (typed.second_officer && typed.second_officer === officer) errors.push({ field: 'second-officer', text: 'error.second_same' })
  if (typed.measured) {
    if (!typed.instrument.trim()) errors.push({ field: 'instrument', text: 'error.instrument' })
    if (decimal(typed.dose_rate) === null) errors.push({ field: 'dose-rate', text: 'error.dose_rate' })
    if (decimal(typed.background) === null) errors.push({ field: 'dose-background', text: 'error.background' })
    if (!/^\d{1,5}$/.test(typed.distance.trim())) errors.push({ field: 'distance', text: 'error.distance' })
  }
  return errors
}

/** The decision to record, of what was typed without errors. */
export function decisionOf(typed: TypedDecision): AlarmDecision {
  const handheld = typed.measured
    ? {
        instrument: typed.instrument.trim(),
        dose_rate_usv_h: decimal(typed.dose_rate) ?? '',
        background_usv_h: decimal(typed.background) ?? '',
        distance_cm: Number(typed.distance.trim()),
      }
    : null
  return {
    outcome: typed.outcome || 'other',
    cause: typed.cause.trim(),
    note: typed.note.trim(),
    handheld,
    secondary: typed.secondary,
    second_officer: typed.second_officer || null,
  }
}
