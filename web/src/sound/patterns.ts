/** Which sound, when. Frequencies are at least a fifth apart, pulses short and grouped (NUREG-0700 4.2); decided here without any audio. */
import type { Alarm, Priority } from '../api'

export interface Pulse {
  hz: number
  /** Start and length, in seconds from the beginning of the pattern. */
  at: number
  long: number
}

export type Pattern = Priority | 'stale'

function pulses(hz: number, count: number, on: number, off: number): Pulse[] {
  return Array.from({ length: count }, (_, i) => ({ hz, at: i * (on + off), long: on }))
}

export const patterns: Readonly<Record<Pattern, readonly Pulse[]>> = {
  p1: pulses(880, 3, 0.15, 0.1),
  p2: pulses(660, 2, 0.25, 0.15),
  p3: pulses(523, 1, 0.4, 0),
  stale: [
    { hz: 330, at: 0, long: 0.3 },
    { hz: 262, at: 0.4, long: 0.3 },
  ],
}

/** How often a pattern comes again, in milliseconds; never for those that sound once. */
export const repeatAfter: Readonly<Record<Pattern, number>> = { p1: 5_000, p2: 20_000, p3: Infinity, stale: 30_000 }

/** An alarm of the first priority that nobody acknowledged for this long sounds louder, in milliseconds. */
const LOUDER_AFTER_MS = 60_000

export interface Sounding {
  pattern: Pattern
  loud: boolean
}

/** Remembers what has sounded and what was silenced at this terminal. */
export class Annunciator {
  #heard = new Map<string, number>()
  #silenced = new Set<number>()
  #last = new Map<Pattern, number>()

  /** The pattern to sound now, if any. `now_ms` is the checkpoint's time, `mono_ms` a clock that nobody turns. */
  next(alarms: readonly Alarm[], stale: boolean, now_ms: number, mono_ms: number): Sounding | null {
    const open = alarms.filter((alarm) => sounds(alarm))
    this.#forget(open)
    const audible = open.filter((alarm) => !this.#silenced.has(alarm.id))
    for (const pattern of ['p1', 'p2', 'p3'] as const) {
      const ours = audible.filter((alarm) => alarm.priority === pattern)
      const fresh = ours.some((alarm) => !this.#heard.has(name(alarm)))
      const due = ours.length > 0 && mono_ms - (this.#last.get(pattern) ?? -Infinity) >= repeatAfter[pattern]
      if (!fresh && !due) continue
      if (pattern === 'p3' && !fresh) continue
      for (const alarm of ours) this.#heard.set(name(alarm), mono_ms)
      this.#last.set(pattern, mono_ms)
      const loud = pattern === 'p1' && ours.some((alarm) => alarm.escalated || now_ms - alarm.since_ms > LOUDER_AFTER_MS)
      return { pattern, loud }
    }
    if (stale && mono_ms - (this.#last.get('stale') ?? -Infinity) >= repeatAfter.stale) {
      this.#last.set('stale', mono_ms)
      return { pattern: 'stale', loud: false }
    }
    return null
  }

  /** Stops the sound of what sounds now; what comes later sounds again. */
  silence(alarms: readonly Alarm[]): void {
    for (const alarm of alarms) if (sounds(alarm)) this.#silenced.add(alarm.id)
  }

  /** Whether every alarm that would sound is silenced. */
  allSilenced(alarms: readonly Alarm[]): boolean {
    const open = alarms.filter((alarm) => sounds(alarm))
    return open.length > 0 && open.every((alarm) => this.#silenced.has(alarm.id))
  }

  #forget(open: readonly Alarm[]): void {
    const ids = new Set(open.map((alarm) => alarm.id))
    for (const id of this.#silenced) if (!ids.has(id)) this.#silenced.delete(id)
    const names = new Set(open.map(name))
    for (const known of this.#heard.keys()) if (!names.has(known)) this.#heard.delete(known)
  }
}

/** Repeats of one cause while the alarm is open raise its counter, not a new sound; that nobody acknowledged it in time is a new one. */
function name(alarm: Alarm): string {
  return `${alarm.id} ${alarm.since_ms} ${alarm.escalated}`
}

function sounds(alarm: Alarm): boolean {
  return !alarm.closed && !alarm.acknowledged && !alarm.decided
}
