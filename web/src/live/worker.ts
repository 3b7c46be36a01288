/** The one stream behind all tabs of a browser: forwards messages, and names one tab the leader. Keeps no state of the checkpoint. */
import type { StreamPlace, ToTab, ToWorker } from './link'
import { signedIn } from './link'
import type { StreamEvent, StreamState } from './stream'
import { LiveStream } from './stream'

interface Tab {
  port: MessagePort
  seen: number
  place: StreamPlace | null
}

/** A tab that has not answered for this long is gone, in milliseconds. Answers follow messages, which come every second. */
const GONE_AFTER_MS = 15_000

const scope = self as unknown as { onconnect: (event: MessageEvent) => void }
let tabs: Tab[] = []
let stream: LiveStream | null = null
let state: StreamState = 'connecting'
let hello: StreamEvent | null = null

scope.onconnect = (event) => {
  const port = event.ports[0]
  if (!port) return
  const tab: Tab = { port, seen: performance.now(), place: null }
  port.onmessage = ({ data }: MessageEvent<ToWorker>) => take(tab, data)
}

function take(tab: Tab, message: ToWorker): void {
  tab.seen = performance.now()
  if ('bye' in message) {
    tabs = tabs.filter((other) => other !== tab)
    lead()
    return
  }
  if ('open' in message) tab.place = message.open
  // A tab that was frozen for a while was taken for gone: it joins again like a new one.
  if (!tabs.includes(tab) && tab.place) {
    tabs.push(tab)
    greet(tab, tab.place)
  }
  if ('reopen' in message) {
    stream?.forget()
    stream?.open()
  }
}

/** A tab that joins a running stream hears its first message again, and loads a snapshot of its own. */
function greet(tab: Tab, place: StreamPlace): void {
  lead()
  if (!stream) {
    stream = new LiveStream({ ...place, onEvent: forward, onState: change, signedIn: () => signedIn(place) })
    stream.open()
    return
  }
  tell(tab, { state })
  if (hello && state === 'open') {
    tell(tab, { event: { name: 'hello', data: { ...(hello.data as object), ts_ms: null, reset: true } } })
  }
  if (state === 'signed_out') stream.open()
}

function forward(event: StreamEvent): void {
  if (event.name === 'hello') hello = event
  const before = tabs.length
  const now = performance.now()
  tabs = tabs.filter((tab) => now - tab.seen < GONE_AFTER_MS)
  if (tabs.length !== before) lead()
  for (const tab of tabs) tell(tab, { event })
}

function change(next: StreamState): void {
  state = next
  for (const tab of tabs) tell(tab, { state })
}

function lead(): void {
  tabs.forEach((tab, place) => tell(tab, { leader: place === 0 }))
}

function tell(tab: Tab, message: ToTab): void {
  tab.port.postMessage(message)
}
