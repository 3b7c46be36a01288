// A hub that is not there: it serves the built pages and plays an overview from the test, because links come and go too slowly by themselves.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { POLICY, TYPES } from './mock-terminal.mjs'

/** Starts a mock; `overview` is free to be changed by the test, and `tell` sends it. */
export async function startHub(dist, overview) {
  const streams = new Set()
  const hub = {
    overview, frozen: false, pages: new Map(),
    send(event, data) {
      if (hub.frozen) return
      for (const stream of streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    tell(change = {}) {
      Object.assign(hub.overview, change, { ts_ms: Date.now() })
      hub.send('overview', hub.overview)
    },
    async stop() {
      clearInterval(beat)
      for (const stream of streams) stream.destroy()
      await new Promise((done) => server.close(done))
    },
  }
  const beat = setInterval(() => hub.send('hb', { ts_ms: Date.now() }), 1_000)
  const server = createServer((request, response) => {
    void answer(new URL(request.url, 'http://mock'), response).catch((error) => {
      response.writeHead(500)
      response.end(String(error))
    })
  })

  async function answer({ pathname }, response) {
    const json = (body) => {
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body ?? {}))
    }
    if (pathname === '/api/overview') return json(hub.overview)
    if (pathname.startsWith('/api/checkpoints/')) return json(hub.pages.get(pathname.slice('/api/checkpoints/'.length)))
    if (pathname === '/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(`retry: 500\nevent: hello\ndata: ${JSON.stringify({ ts_ms: Date.now(), build: 'test' })}\n\n`)
      streams.add(response)
      response.on('close', () => streams.delete(response))
      return
    }
    const name = pathname === '/' ? 'hub.html' : pathname.slice(1)
    const bytes = await readFile(join(dist, name)).catch(() => null)
    response.writeHead(bytes ? 200 : 404, { 'content-type': TYPES[extname(name)] ?? 'text/plain', 'content-security-policy': POLICY })
    response.end(bytes ?? 'not here')
  }

  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  hub.url = `http://127.0.0.1:${server.address().port}/`
  return hub
}

/** A checkpoint as the hub sees it; `over` replaces parts. */
export function card(id, title, over = {}) {
  return {
    id, title, link: 'online', last_seen_ms: Date.now(), epoch: 'e1', stored_seq: 4_182, folded_seq: 4_182, waiting: 0, oldest_waiting_ms: null, lag_ms: 240, clock_synchronised: true,
    version: '0.1.0', edition: 'kz-2010', open_alarms: [0, 0, 0], visits: 3, chain: 'whole', chain_detail: '', ...over,
  }
}
