/** What the hub's page knows: the whole overview, as it last came. */
import type { CheckpointCard, Overview } from '../api'
import { Page } from '../live/page.svelte'

const STREAM = { url: '/api/events', names: ['hello', 'overview', 'hb'], session: null } as const

class Hub {
  overview = $state.raw<Overview | null>(null)
  readonly page = new Page(STREAM, (name, data) => this.#take(name, data))

  /** The zone in which a page that spans checkpoints shows its times, in minutes from UTC: that of the whole country. */
  readonly offset = 300

  titleOf(checkpoint: string): string {
    return this.cardOf(checkpoint)?.title ?? checkpoint
  }

  cardOf(checkpoint: string): CheckpointCard | undefined {
    return this.overview?.checkpoints.find((card) => card.id === checkpoint)
  }

  #take(name: string, data: unknown): void {
    if (name === 'overview') this.overview = data as Overview
    else if (name === 'hello') void this.#load()
  }

  async #load(): Promise<void> {
    const answer = await fetch('/api/overview').catch(() => null)
    if (answer?.ok) this.overview = (await answer.json()) as Overview
  }
}

export const hub = new Hub()
