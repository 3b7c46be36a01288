/** What is more urgent: the order of alarms and clocks on every screen. The law is not here: instants and states come computed. */
import type { Alarm, Clock, VisitRow } from './api'

const rank = { p1: 0, p2: 1, p3: 2 } as const

/** Highest priority first, then oldest. */
export function byUrgency(a: Alarm, b: Alarm): number {
  return rank[a.priority] - rank[b.priority] || a.since_ms - b.since_ms || a.id - b.id
}

/** Where a lane's bar ends: the threshold stands at two thirds of it, or, while none is known, the background at one third. */
export function barEnd(limit: number | null | undefined, background: number | null | undefined): number {
  if (limit) return limit * 1.5
  return background ? background * 3 : 1
}

/** The alarm of the banner: highest priority, then oldest, of those nobody acknowledged. */
export function bannerAlarm(alarms: readonly Alarm[]): Alarm | null {
  return alarms.filter(isUnacknowledged).sort(byUrgency)[0] ?? null
}

export function isUnacknowledged(alarm: Alarm): boolean {
  return !alarm.closed && !alarm.acknowledged && !alarm.decided
}

export function awaitsDecision(alarm: Alarm): boolean {
  return !alarm.closed && alarm.must_be_decided && !alarm.decided
}

export function countByPriority(alarms: readonly Alarm[]): [number, number, number] {
  const open = alarms.filter((alarm) => !alarm.closed)
  const of = (priority: Alarm['priority']) => open.filter((alarm) => alarm.priority === priority).length
  return [of('p1'), of('p2'), of('p3')]
}

/** Whether the law wants it done immediately, without a number (AMB-21). */
export const isImmediate = (clock: Clock) => clock.flags.includes('immediately')

/** Visits in the order of the queue: what is still here, goods that go before others (242.4) and then the most urgent clock first; then what has left, the latest first. */
export function byDeadline(a: VisitRow, b: VisitRow): number {
  const gone = Number(a.stage === 'left') - Number(b.stage === 'left')
  if (gone) return gone
  if (a.stage === 'left') return b.since_ms - a.since_ms
  return Number(b.goes_first) - Number(a.goes_first) || dueOf(a.clock) - dueOf(b.clock) || a.since_ms - b.since_ms || a.id - b.id
}

function dueOf(clock: Clock | null | undefined): number {
  if (!clock || clock.state === 'stopped') return Infinity
  // A filed clock has stopped for the time being; it stands behind those that run.
  return clock.state === 'provisional' ? clock.due_ms + 1e12 : clock.due_ms
}
