import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LiveStream, REOPEN_AFTER_MS } from '../../src/live/stream'
import type { StreamEvent, StreamState } from '../../src/live/stream'
import { ServerTime } from '../../src/live/time'

describe('the time of the checkpoint', () => {
  let mono = 0
  const fresh = () => new ServerTime(() => mono)
  beforeEach(() => {
    mono = 1_000
  })

  test('is unknown before the first message', () => {
    expect(fresh().now()).toBeNull()
  })

  test('runs on the monotonic clock', () => {
    const time = fresh()
    time.heard(500_000)
    mono += 7_000
    expect(time.now()).toBe(507_000)
  })

  test('is not held back by one delayed message', () => {
    const time = fresh()
    time.heard(500_000)
    mono += 1_900
    time.heard(500_000 + 400)
    expect(time.now()).toBe(501_900)
    mono += 5_000
    time.heard(502_000)
    expect(time.now()).toBe(506_900)
  })

  test('follows the clock of the checkpoint when that jumps', () => {
    const time = fresh()
    time.heard(500_000)
    time.heard(3_500_000)
    expect(time.now()).toBe(3_500_000)
    for (const again of [1, 2, 3]) {
      mono += 1_000
      time.heard(100_000 + again * 1_000)
    }
    expect(time.now()).toBe(103_000)
  })
})

class FakeSource {
  static made: FakeSource[] = []
  readyState = 1
  closed = false
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  #listeners = new Map<string, (message: unknown) => void>()
  readonly url: string

  constructor(url: string) {
    this.url = url
    FakeSource.made.push(this)
  }

  addEventListener(name: string, listener: (message: unknown) => void): void {
    this.#listeners.set(name, listener)
  }

  say(name: string, data: unknown, lastEventId = ''): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(data), lastEventId })
  }

  fail(): void {
    this.readyState = 2
    this.onerror?.()
  }

  close(): void {
    this.closed = true
  }
}

describe('the stream', () => {
  let events: StreamEvent[]
  let states: StreamState[]
  let session: boolean
  let stream: LiveStream
  const last = () => FakeSource.made.at(-1) as FakeSource

  beforeEach(() => {
    vi.useFakeTimers()
    FakeSource.made = []
    events = []
    states = []
    session = true
    stream = new LiveStream({
      url: '/api/events',
      names: ['hello', 'change', 'hb'],
      onEvent: (event) => events.push(event),
      onState: (state) => states.push(state),
      signedIn: () => Promise.resolve(session),
      make: (url) => new FakeSource(url) as unknown as EventSource,
    })
    stream.open()
  })
  afterEach(() => {
    stream.close()
    vi.useRealTimers()
  })

  test('is open once the agent has said hello', () => {
    last().say('hello', { ts_ms: 1 })
    expect(states).toEqual(['connecting', 'open'])
    expect(events).toEqual([{ name: 'hello', data: { ts_ms: 1 } }])
  })

  test('comes back after a refusal, and asks for what it missed', async () => {
    last().say('change', { seq: 42 }, '7-42')
    last().fail()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(last().url).toBe('/api/events?last=7-42')
    expect(FakeSource.made).toHaveLength(2)
  })

  test('waits longer after every refusal, but never longer than eight seconds', async () => {
    for (const wait of [1_000, 2_000, 4_000, 8_000, 8_000]) {
      const made = FakeSource.made.length
      last().fail()
      await vi.advanceTimersByTimeAsync(wait - 1)
      expect(FakeSource.made).toHaveLength(made)
      await vi.advanceTimersByTimeAsync(1)
      expect(FakeSource.made).toHaveLength(made + 1)
    }
  })

  test('does not believe a silent agent', async () => {
    last().say('hello', {})
    await vi.advanceTimersByTimeAsync(REOPEN_AFTER_MS - 1)
    expect(FakeSource.made).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeSource.made).toHaveLength(2)
    expect(FakeSource.made[0]?.closed).toBe(true)
  })

  test('stops asking when nobody is signed in', async () => {
    session = false
    last().fail()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states.at(-1)).toBe('signed_out')
    expect(FakeSource.made).toHaveLength(1)
  })

  test('does not sign out an officer who signed in while it asked', async () => {
    session = false
    last().fail()
    stream.open()
    last().say('hello', { ts_ms: 1 })
    await vi.advanceTimersByTimeAsync(60)
    expect(states.at(-1)).toBe('open')
  })

  test('hears nothing more from a source it has left', async () => {
    const old = last()
    await vi.advanceTimersByTimeAsync(REOPEN_AFTER_MS)
    old.say('change', { seq: 1 }, '7-1')
    expect(events).toEqual([])
  })

  test('begins from nothing after a sign-in', () => {
    last().say('change', { seq: 42 }, '7-42')
    stream.forget()
    stream.open()
    expect(last().url).toBe('/api/events')
  })
})
