/**
 * The checkpoint's time in a page. The computer's own clock is never asked: the offset comes from the stream and runs on the
 * monotonic clock, so that turning the computer's clock does nothing to a running countdown.
 */

interface Sample {
  at: number
  offset: number
}

/** How long a sample counts, in milliseconds. */
const WINDOW = 60_000
/** A disagreement beyond this is a jump of the checkpoint's clock, not a delay of the network. */
const JUMP = 2_000
/** A jump back looks like a message that was held up; this many in a row are a jump. */
const LATE_IN_A_ROW = 3

export class ServerTime {
  #samples: Sample[] = []
  #offset: number | null = null
  #late = 0
  readonly #monotonic: () => number

  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic
  }

  /** Takes in the time that a message bears. Of the last minute the one that was least delayed counts. */
  heard(ts_ms: number, oneWay_ms = 0): void {
    const at = this.#monotonic()
    const offset = ts_ms + oneWay_ms - at
    const ahead = this.#offset === null ? 0 : offset - this.#offset
    this.#late = ahead < -JUMP ? this.#late + 1 : 0
    if (ahead > JUMP || this.#late >= LATE_IN_A_ROW) this.#samples = []
    else if (ahead < -JUMP) return
    this.#samples.push({ at, offset })
    this.#samples = this.#samples.filter((sample) => at - sample.at <= WINDOW)
    // A delayed message bears an old time and gives too small an offset: the largest is the best.
    this.#offset = Math.max(...this.#samples.map((sample) => sample.offset))
  }

  /** Milliseconds since 1970 at the checkpoint, or nothing before the first message. */
  now(): number | null {
    return this.#offset === null ? null : this.#offset + this.#monotonic()
  }
}
