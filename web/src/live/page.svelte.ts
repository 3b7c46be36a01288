/** What both pages know of their stream: the time at the other end, how old the last message is, whether a new build is out. One tick a second. */
import type { Link, StreamPlace } from './link'
import { connect } from './link'
import type { StreamState } from './stream'
import { ServerTime } from './time'

/** Values are old after this, in milliseconds. */
export const STALE_AFTER_MS = 3_000
/** Orders are off after this. */
export const OFF_AFTER_MS = 10_000

export class Page {
  /** Time at the other end, in milliseconds since 1970; moves once a second. */
  now = $state(Date.now())
  /** Age of the last message, in milliseconds; moves once a second. */
  silence = $state(0)
  state = $state<StreamState>('connecting')
  /** Whether this tab makes the sounds. */
  leads = $state(false)
  newBuild = $state(false)
  /** How far this computer's clock is off, in milliseconds. */
  pcOff = $state(0)
  readonly time = new ServerTime()
  #heardAt = performance.now()
  #build = ''
  #link: Link

  constructor(place: StreamPlace, onMessage: (name: string, data: unknown) => void, onSignedOut: () => void = () => undefined) {
    this.#link = connect(place, {
      onEvent: ({ name, data }) => {
        this.#heard(name, data)
        onMessage(name, data)
      },
      onState: (state) => {
        this.state = state
        if (state === 'signed_out') onSignedOut()
      },
      onLeader: (leads) => {
        this.leads = leads
      },
    })
    setInterval(() => this.tick(), 1_000)
    document.addEventListener('visibilitychange', () => this.tick())
  }

  get stale(): boolean {
    return this.silence > STALE_AFTER_MS
  }

  get off(): boolean {
    return this.silence > OFF_AFTER_MS
  }

  /** The exact time at the other end; not reactive. */
  exactNow(): number {
    return this.time.now() ?? Date.now()
  }

  reopen(): void {
    this.#link.reopen()
  }

  tick(): void {
    this.now = this.exactNow()
    this.silence = performance.now() - this.#heardAt
    const server = this.time.now()
    this.pcOff = server === null ? 0 : Date.now() - server
  }

  #heard(name: string, data: unknown): void {
    const { ts_ms, build } = data as { ts_ms?: number | null; build?: string }
    const wasSilent = this.silence > STALE_AFTER_MS
    this.#heardAt = performance.now()
    const first = this.time.now() === null
    if (typeof ts_ms === 'number') this.time.heard(ts_ms)
    if (name === 'hello' && build) {
      this.newBuild = this.#build !== '' && this.#build !== build
      this.#build ||= build
    }
    if (wasSilent || first) this.tick()
  }
}
