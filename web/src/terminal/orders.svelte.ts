/**
 * Orders to the agent. One press of a button has one id, so that a repetition has one effect; an order counts as recorded when its
 * change has come back on the stream, and not before.
 */
import type { ActProblem, Hold, Order } from '../api'
import { known, t } from '../language.svelte'
import { terminal } from './store.svelte'

export type OrderState =
  | { is: 'idle' }
  | { is: 'sending' }
  | { is: 'waiting'; seq: number }
  | { is: 'recorded'; seq: number }
  | { is: 'unconfirmed' }
  | { is: 'refused'; message: string; holds: Hold[]; fields: ActProblem[] }

/** No answer for this long is told to the officer, in milliseconds. */
const PATIENCE_MS = 5_000

/** One button's order, from the press to the record. */
export class Ordering {
  state = $state.raw<OrderState>({ is: 'idle' })
  #last: { order: Order; request: string } | null = null

  get busy(): boolean {
    return this.state.is === 'sending' || this.state.is === 'waiting'
  }

  /** Gives the order; answers whether it is recorded, or on its way to be. A second press while it is under way does nothing. */
  async give(order: Order): Promise<boolean> {
    if (this.busy) return false
    this.#last = { order, request: newRequest() }
    return this.#send()
  }

  /** Sends the same press again, with the same id. */
  async again(): Promise<boolean> {
    if (this.busy || !this.#last) return false
    return this.#send()
  }

  clear(): void {
    if (!this.busy) this.state = { is: 'idle' }
  }

  async #send(): Promise<boolean> {
    const { order, request } = this.#last as { order: Order; request: string }
    if (!terminal.commandable) {
      this.state = { is: 'refused', message: t('order.stale'), holds: [], fields: [] }
      return false
    }
    this.state = { is: 'sending' }
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS)
    try {
      const answer = await fetch('/api/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': request },
        body: JSON.stringify(order),
        signal: patience.signal,
      })
      return await this.#answered(answer)
    } catch {
      this.state = { is: 'unconfirmed' }
      return false
    } finally {
      clearTimeout(timer)
    }
  }

  async #answered(answer: Response): Promise<boolean> {
    if (answer.ok) {
      const { seq } = (await answer.json()) as { seq: number }
      this.state = { is: 'waiting', seq }
      this.#await(seq)
      return true
    }
    if (answer.status === 401) terminal.session = null
    this.state = { is: 'refused', ...(await refusalOf(answer)) }
    return false
  }

  #await(seq: number): void {
    const arrived = () => {
      if (terminal.seq < seq) return
      this.state = { is: 'recorded', seq }
      stop()
    }
    const stop = terminal.onChange(arrived)
    arrived()
  }
}

async function refusalOf(answer: Response): Promise<{ message: string; holds: Hold[]; fields: ActProblem[] }> {
  if (answer.status === 401) return { message: t('order.signed_out'), holds: [], fields: [] }
  if (answer.status === 403) return { message: t('order.forbidden'), holds: [], fields: [] }
  if (answer.status === 503) return { message: t('order.not_recorded'), holds: [], fields: [] }
  const body = (await answer.json().catch(() => null)) as { refusal?: { code: string; message: string; holds?: Hold[]; fields?: ActProblem[] }; code?: string; message?: string } | null
  if (body?.refusal) {
    const { code: word, message, holds, fields } = body.refusal
    return { message: t('order.refused', { message: known('refused', word) ?? message }), holds: holds ?? [], fields: fields ?? [] }
  }
  return { message: known('problem', body?.code ?? '') ?? t('order.bad', { message: body?.message ?? String(answer.status) }), holds: [], fields: [] }
}

/** An id for one press: `crypto.randomUUID` does not exist on plain HTTP, random values do. */
export function newRequest(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
