/** The loudspeaker: plays patterns, and says whether the browser lets it. */
import type { Pattern } from './patterns'
import { patterns } from './patterns'

const QUIET = 0.25
const LOUD = 0.6
/** Rise and fall of a pulse in seconds, so that it does not click. */
const EDGE = 0.008

class Speaker {
  /** True until the browser lets sound out. */
  locked = $state(true)
  /** Sounds go to this node; a test may listen here. */
  output: AudioNode | null = null
  #context: AudioContext | null = null

  constructor() {
    this.#unlock()
    for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, () => this.#unlock(), { capture: true })
  }

  play(pattern: Pattern, loud = false): void {
    const context = this.#context
    if (!context || !this.output || this.locked) return
    const start = context.currentTime + 0.02
    for (const pulse of patterns[pattern]) {
      const tone = context.createOscillator()
      const level = context.createGain()
      const from = start + pulse.at
      const peak = loud ? LOUD : QUIET
      tone.type = 'triangle'
      tone.frequency.value = pulse.hz
      level.gain.setValueAtTime(0, from)
      level.gain.linearRampToValueAtTime(peak, from + EDGE)
      level.gain.setValueAtTime(peak, from + pulse.long - EDGE)
      level.gain.linearRampToValueAtTime(0, from + pulse.long)
      tone.connect(level).connect(this.output)
      tone.start(from)
      tone.stop(from + pulse.long)
    }
  }

  #unlock(): void {
    if (!this.locked && this.#context?.state === 'running') return
    if (typeof AudioContext === 'undefined') return
    if (!this.#context) {
      this.#context = new AudioContext()
      this.#context.onstatechange = () => this.#look()
      const output = this.#context.createGain()
      output.connect(this.#context.destination)
      this.output = output
    }
    void this.#context.resume().then(
      () => this.#look(),
      () => this.#look(),
    )
    this.#look()
  }

  #look(): void {
    this.locked = this.#context?.state !== 'running'
  }
}

export const speaker = new Speaker()
