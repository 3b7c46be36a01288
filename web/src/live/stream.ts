/**
 * Keeps one event stream alive. EventSource gives up for ever after one 503, believes a frozen server, and forgets its last id when it is made anew;
 * this supervisor opens it again, watches the heartbeat, and puts the last id into the query. It knows nothing of what the messages mean.
 */

export type StreamState = 'connecting' | 'open' | 'signed_out'

export interface StreamEvent {
  name: string
  data: unknown
}

export interface StreamOptions {
  url: string
  /** Names of the messages to listen for. */
  names: readonly string[]
  onEvent: (event: StreamEvent) => void
  onState: (state: StreamState) => void
  /** Asked after a failure: whether the session is still good. */
  signedIn: () => Promise<boolean>
  make?: (url: string) => EventSource
}

/** Silence after which the stream is opened anew, in milliseconds. */
export const REOPEN_AFTER_MS = 6_000
const RETRY_MS = [1_000, 2_000, 4_000, 8_000]
const CLOSED = 2

export class LiveStream {
  readonly #options: StreamOptions
  #source: EventSource | null = null
  #last = ''
  #failures = 0
  #watchdog: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(options: StreamOptions) {
    this.#options = options
  }

  open(): void {
    this.close()
    this.#options.onState('connecting')
    const last = this.#last ? `?last=${encodeURIComponent(this.#last)}` : ''
    const make = this.#options.make ?? ((url: string) => new EventSource(url))
    const source = make(this.#options.url + last)
    this.#source = source
    source.onopen = () => this.#watch()
    source.onerror = () => this.#failed(source)
    for (const name of this.#options.names) {
      source.addEventListener(name, (message) => this.#take(source, name, message as MessageEvent<string>))
    }
    this.#watch()
  }

  close(): void {
    clearTimeout(this.#watchdog)
    clearTimeout(this.#retry)
    this.#source?.close()
    this.#source = null
  }

  /** Begins from nothing at the next opening: the reader has lost what it knew. */
  forget(): void {
    this.#last = ''
  }

  #take(source: EventSource, name: string, message: MessageEvent<string>): void {
    if (source !== this.#source) return
    let data: unknown
    try {
      data = JSON.parse(message.data)
    } catch {
      return // A message cut short; the next one stands for itself.
    }
    if (message.lastEventId) this.#last = message.lastEventId
    this.#failures = 0
    this.#watch()
    if (name === 'hello') this.#options.onState('open')
    this.#options.onEvent({ name, data })
  }

  #watch(): void {
    clearTimeout(this.#watchdog)
    this.#watchdog = setTimeout(() => this.open(), REOPEN_AFTER_MS)
  }

  #failed(source: EventSource): void {
    if (source !== this.#source) return
    this.#options.onState('connecting')
    if (source.readyState !== CLOSED) return // The browser tries again by itself, with the last id.
    this.close()
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]
    this.#failures += 1
    // Whoever opened the stream again meanwhile, after signing in, is not told what was true before.
    const unlessOpened = (act: () => void) => {
      if (this.#source === null) act()
    }
    void this.#options.signedIn().then(
      (signedIn) => unlessOpened(() => (signedIn ? this.#later(wait) : this.#options.onState('signed_out'))),
      () => unlessOpened(() => this.#later(wait)),
    )
  }

  #later(wait: number | undefined): void {
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.open(), wait)
  }
}
