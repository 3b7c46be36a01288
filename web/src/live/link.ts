/**
 * A page's end of the stream. All tabs share one connection through a SharedWorker, because six of them would block the browser over HTTP/1.1;
 * a browser without one gets a stream for each tab. One tab leads: it alone makes sounds.
 */
import type { StreamEvent, StreamState } from './stream'
import { LiveStream } from './stream'

export interface LinkListener {
  onEvent: (event: StreamEvent) => void
  onState: (state: StreamState) => void
  onLeader: (leads: boolean) => void
}

export interface StreamPlace {
  url: string
  names: readonly string[]
  /** An address that answers 401 without a session; none where nobody signs in. */
  session: string | null
}

/** What the worker says to a tab. */
export type ToTab = { event: StreamEvent } | { state: StreamState } | { leader: boolean }
/** What a tab says to the worker. */
export type ToWorker = { open: StreamPlace } | { here: true } | { bye: true } | { reopen: true }

export interface Link {
  /** Opens the stream again, from nothing: after signing in. */
  reopen: () => void
}

export function connect(place: StreamPlace, listener: LinkListener): Link {
  if (typeof SharedWorker === 'undefined') return direct(place, listener)
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: `beket ${place.url}` })
  const tell = (message: ToWorker) => worker.port.postMessage(message)
  worker.port.onmessage = ({ data }: MessageEvent<ToTab>) => {
    tell({ here: true })
    if ('event' in data) listener.onEvent(data.event)
    else if ('state' in data) listener.onState(data.state)
    else listener.onLeader(data.leader)
  }
  addEventListener('pagehide', () => tell({ bye: true }))
  addEventListener('pageshow', (shown) => {
    if (shown.persisted) tell({ open: place })
  })
  tell({ open: place })
  return { reopen: () => tell({ reopen: true }) }
}

function direct(place: StreamPlace, listener: LinkListener): Link {
  const stream = new LiveStream({ ...place, onEvent: listener.onEvent, onState: listener.onState, signedIn: () => signedIn(place) })
  listener.onLeader(true)
  stream.open()
  return {
    reopen: () => {
      stream.forget()
      stream.open()
    },
  }
}

/** Whether the session is good. An agent that does not answer says nothing about it: that is an error. */
export async function signedIn(place: StreamPlace): Promise<boolean> {
  if (place.session === null) return true
  const answer = await fetch(place.session)
  return answer.status !== 401
}
