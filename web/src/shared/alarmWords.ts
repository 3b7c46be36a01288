/** An alarm in words: what, and what to do first. Where and since when stand beside it in columns of their own. */
import type { Alarm, AlarmCause } from '../api'
import { number, sigmas } from '../format'
import { choice, code, known, t } from '../language.svelte'

/** The key of the sentence for a cause. */
function causeCode(cause: AlarmCause): string {
  if (cause.kind === 'radiation') return `radiation_${cause.radiation}`
  if (cause.kind === 'seal') return `seal_${cause.verdict}`
  return cause.kind
}

/** Such as: Gamma radiation 41.0 σ; Seal missing K448812; Term is near ARR-1. */
export function whatOf(alarm: Alarm): string {
  const words = code('alarm', causeCode(alarm.cause))
  const { z, seal, rule, difference_kg } = alarm.numbers
  if (alarm.cause.kind === 'radiation' && z) return `${words} ${sigmas(z, choice.language)} σ`
  if (alarm.cause.kind === 'seal') return `${words} ${seal ?? alarm.cause.seal}`
  if (alarm.cause.kind === 'scan') return `${words} ${alarm.cause.inspection}`
  if (alarm.cause.kind === 'weight' && difference_kg) return `${words} ${Number(difference_kg) > 0 ? '+' : ''}${number(difference_kg, choice.language)} ${t('unit.kg')}`
  if (alarm.cause.kind === 'term_near' && alarm.numbers.open_minutes) return `${t('alarm.task_open')} ${rule ?? ''}`.trim()
  if ((alarm.cause.kind === 'term_near' || alarm.cause.kind === 'term_over') && rule) return `${words} ${rule}`
  return words
}

/** A term that binds the body asks for another act than one that binds the carrier. */
export function todoOf(alarm: Alarm): string {
  if (alarm.cause.kind === 'term_near' && alarm.numbers.open_minutes) return t('todo.task_open')
  return known('todo', `${alarm.cause.kind}_${alarm.numbers.rule}`) ?? code('todo', alarm.cause.kind)
}
