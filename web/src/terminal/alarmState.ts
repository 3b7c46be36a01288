/** Where an alarm stands, in words. */
import type { Alarm } from '../api'
import { t } from '../language.svelte'
import { awaitsDecision } from '../urgency'
import { terminal } from './store.svelte'

export function stateOf(alarm: Alarm): string {
  if (alarm.being_recorded) return t('banner.being_recorded')
  if (alarm.decided) return t('alarms.decided', { outcome: t(`outcome.${alarm.decided.decision.outcome}`) })
  if (alarm.closed) return t('alarms.closed')
  if (!alarm.acknowledged) return t(alarm.active ? 'alarms.unacknowledged' : 'alarms.ended_unacknowledged')
  const seen = t(alarm.active ? 'alarms.acknowledged' : 'alarms.ended', { officer: terminal.nameOf(alarm.acknowledged.officer) })
  return awaitsDecision(alarm) ? `${seen}, ${t('alarms.to_decide')}` : seen
}
