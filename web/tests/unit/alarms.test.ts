import { describe, expect, test } from 'vitest'
import type { Alarm } from '../../src/api'
import { Annunciator, patterns } from '../../src/sound/patterns'
import { bannerAlarm, barEnd, byDeadline, countByPriority } from '../../src/urgency'
import { decisionOf, empty, errorsOf } from '../../src/terminal/decision'
import type { TypedDecision } from '../../src/terminal/decision'

function alarm(id: number, over: Partial<Alarm> = {}): Alarm {
  return {
    id, cause: { kind: 'weight' }, priority: 'p1', active: true, since_ms: 1_000 * id, count: 1, corrected: [], closed: false, escalated: false,
    must_be_decided: true, holds_exit: true, basis: '', numbers: {}, being_recorded: false, ...over,
  }
}
const seen = { officer: 'bekov', at_ms: 5 }

describe('the banner shows', () => {
  test.each<[string, Alarm[], number | null]>([
    ['nothing when all is acknowledged', [alarm(1, { acknowledged: seen })], null],
    ['the higher priority before the older', [alarm(1, { priority: 'p3' }), alarm(2)], 2],
    ['the older of two of one priority', [alarm(7), alarm(3)], 3],
    ['an alarm that ended, until somebody saw it', [alarm(1, { active: false, ended_ms: 9 })], 1],
    ['no alarm that is closed', [alarm(1, { closed: true })], null],
  ])('%s', (_, alarms, id) => {
    expect(bannerAlarm(alarms)?.id ?? null).toBe(id)
  })

  test('counts of what is open', () => {
    expect(countByPriority([alarm(1), alarm(2, { priority: 'p3', acknowledged: seen }), alarm(3, { closed: true })])).toEqual([1, 0, 1])
  })
})

describe('sound', () => {
  /** What sounds at these seconds, as pattern names. */
  function hear(alarmsAt: (s: number) => Alarm[], seconds: number, sounds = new Annunciator()): string[] {
    const heard: string[] = []
    for (let s = 0; s <= seconds; s++) {
      const sound = sounds.next(alarmsAt(s), false, s * 1_000, s * 1_000)
      if (sound) heard.push(`${s} ${sound.pattern}${sound.loud ? ' loud' : ''}`)
    }
    return heard
  }

  test('of the first priority comes again every five seconds, louder after a minute', () => {
    expect(hear(() => [alarm(1, { since_ms: 0 })], 12)).toEqual(['0 p1', '5 p1', '10 p1'])
    expect(hear(() => [alarm(1, { since_ms: -70_000 })], 1)).toEqual(['0 p1 loud'])
  })

  test('of the second comes again every twenty, of the third once', () => {
    expect(hear(() => [alarm(1, { priority: 'p2' })], 25)).toEqual(['0 p2', '20 p2'])
    expect(hear(() => [alarm(1, { priority: 'p3' })], 60)).toEqual(['0 p3'])
  })

  test('is louder at once when the agent says that nobody acknowledged in time, and a silenced alarm stays silent', () => {
    const late = (s: number) => [alarm(1, { since_ms: 0, escalated: s >= 7 })]
    expect(hear(late, 13)).toEqual(['0 p1', '5 p1', '7 p1 loud', '12 p1 loud'])
    const sounds = new Annunciator()
    sounds.silence([alarm(1)])
    expect(hear(late, 13, sounds)).toEqual([])
  })

  test('ends with the acknowledgement', () => {
    expect(hear((s) => [alarm(1, s < 6 ? {} : { acknowledged: seen })], 20)).toEqual(['0 p1', '5 p1'])
  })

  test('that was silenced stays silent, but a new alarm sounds at once', () => {
    const sounds = new Annunciator()
    expect(hear(() => [alarm(1)], 0, sounds)).toEqual(['0 p1'])
    sounds.silence([alarm(1)])
    expect(sounds.allSilenced([alarm(1)])).toBe(true)
    expect(hear((s) => (s < 7 ? [alarm(1)] : [alarm(1), alarm(2, { priority: 'p2' })]), 8, sounds)).toEqual(['7 p2'])
  })

  test('of a repeated cause is not a new sound', () => {
    expect(hear((s) => [alarm(1, { priority: 'p3', count: s + 1 })], 5)).toEqual(['0 p3'])
  })

  test('of an agent that has gone silent is like no alarm', () => {
    const sounds = new Annunciator()
    expect(sounds.next([], true, 0, 0)).toEqual({ pattern: 'stale', loud: false })
    expect(sounds.next([], true, 0, 29_999)).toBeNull()
    expect(sounds.next([], true, 0, 30_000)).not.toBeNull()
  })

  test('keeps its tones a fifth apart', () => {
    const tones = [...new Set(Object.values(patterns).flatMap((pulses) => pulses.map((pulse) => pulse.hz)))].sort((a, b) => a - b)
    for (let i = 1; i < tones.length; i++) expect((tones[i] ?? 0) / (tones[i - 1] ?? 1)).toBeGreaterThanOrEqual(1.2)
  })
})

describe('a decision', () => {
  const check = (over: Partial<TypedDecision>, priority: Alarm['priority'] = 'p1') => errorsOf({ ...empty, ...over }, { priority }, 'bekov').map((error) => error.text)
  test.each<[string, Partial<TypedDecision>, Alarm['priority'], string[]]>([
    ['needs an outcome', {}, 'p1', ['error.outcome']],
    ['of an innocent cause needs one person', { outcome: 'innocent' }, 'p1', []],
    ['that it was real needs two', { outcome: 'real' }, 'p1', ['error.second_officer']],
    ['that it was real needs one below the first priority', { outcome: 'real' }, 'p2', []],
    ['cannot be seconded by its author', { outcome: 'test', second_officer: 'bekov' }, 'p1', ['error.second_same']],
    ['of another kind needs its cause', { outcome: 'other' }, 'p2', ['error.cause_other']],
    ['with a measurement needs all of it', { outcome: 'false', measured: true, dose_rate: 'much' }, 'p3', ['error.instrument', 'error.dose_rate', 'error.background', 'error.distance']],
  ])('%s', (_, typed, priority, errors) => {
    expect(check(typed, priority)).toEqual(errors)
  })

  test('carries the numbers as they were written', () => {
    const typed = { ...empty, outcome: 'innocent', cause: ' K-40 ', measured: true, instrument: 'RS-12', dose_rate: '0,210', background: '0.11', distance: '100' } as const
    expect(decisionOf(typed)).toEqual({
      outcome: 'innocent', cause: 'K-40', note: '', secondary: 'none', second_officer: null,
      handheld: { instrument: 'RS-12', dose_rate_usv_h: '0.210', background_usv_h: '0.11', distance_cm: 100 },
    })
  })
})

test('the queue puts goods that go first before all, then what is due first, then what is filed, then what has not begun, then what has left', () => {
  const visit = (id: number, state: string | null, due_ms: number, stage = 'presented', goes_first = false) => ({ id, stage, goes_first, since_ms: id, clock: state ? { state, due_ms } : null })
  const rows = [visit(1, null, 0), visit(2, 'running', 900), visit(3, 'provisional', 100), visit(4, 'expired', 50), visit(5, 'stopped', 10), visit(6, null, 0, 'left'), visit(7, null, 0, 'presented', true), visit(8, null, 0, 'left', true)]
  expect((rows as never[]).sort(byDeadline as never).map((row: { id: number }) => row.id)).toEqual([7, 4, 2, 3, 1, 5, 8, 6])
})

test.each([
  ['the threshold at two thirds', 336, 256, 336 / 504],
  ['the background at one third while no threshold is known', null, 256, null],
])("a lane's bar has %s", (_, limit, background, share) => {
  const end = barEnd(limit, background)
  expect((limit ?? background) / end).toBeCloseTo(share ?? 1 / 3)
  expect(barEnd(null, null)).toBe(1)
})
