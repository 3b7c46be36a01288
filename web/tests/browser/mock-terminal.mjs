// An agent that is not there, for what the real one does only when something breaks: it plays the terminal's interface from a script.
// Serves the built pages with the agent's own security headers. Nothing here decides anything.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

export const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' }
export const POLICY = "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'"

export const officers = [
  { id: 'bekov', name: 'Беков А.', role: 'officer' },
  { id: 'antonova', name: 'Антонова М.', role: 'senior_officer' },
]

/** Starts a mock; `board` is its snapshot, free to be changed by the test. */
export async function startMock(dist, board) {
  const streams = new Set()
  const mock = {
    board, epoch: 'e1', documents: 'off', passages: new Map(), orders: [], statusOfEvents: 200, frozen: false, ring: [], signedIn: false, onOrder: () => ({ seq: mock.board.seq }),
    visits: new Map(), ownActs: [], devices: [], edition: edition(), law: () => [], goods: () => [], check: () => ({ missing: [], warnings: [], not_required: [] }),
    papers: () => ({ missing: [], warnings: [], not_required: [] }), publicView: null,
    send(event, data, id) {
      if (mock.frozen) return
      const text = `${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
      for (const stream of streams) stream.write(text)
    },
    /** One entry: the rows that it changes, kept for readers that come back. */
    change(rows, line = {}) {
      const seq = ++board.seq
      const at_ms = Date.now()
      const changes = { seq, at_ms, line: { seq, at_ms, kind: 'agent_started', with: {}, ...line }, lanes: [], devices: [], alarms: [], visits: [], ...rows }
      for (const name of ['lanes', 'devices', 'alarms', 'visits']) {
        for (const row of changes[name]) board[name] = [...board[name].filter((old) => old.id !== row.id), row]
      }
      mock.ring.push(changes)
      mock.send('change', changes, `${mock.epoch}-${seq}`)
      return seq
    },
    cut() {
      for (const stream of streams) stream.destroy()
    },
    async stop() {
      clearInterval(beat)
      mock.cut()
      await new Promise((done) => server.close(done))
    },
  }
  const heartbeat = () => ({ ts_ms: Date.now(), hub: { state: 'up', waiting: 0, oldest_ms: null, since_ms: Date.now() - 60_000 }, clock: { synchronised: true }, recording: 'ok', documents: mock.documents })
  const beat = setInterval(() => mock.send('hb', heartbeat()), 1_000)

  const server = createServer((request, response) => {
    void answer(request, response).catch((error) => {
      response.writeHead(500)
      response.end(String(error))
    })
  })

  async function answer(request, response) {
    const url = new URL(request.url, 'http://mock')
    const json = (body, status = 200, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    }
    const body = await new Promise((done) => {
      let text = ''
      request.on('data', (part) => (text += part)).on('end', () => done(text ? JSON.parse(text) : null))
    })
    const session = { officer: 'bekov', name: 'Беков А.', role: 'officer', workplace: 'test' }
    if (!url.pathname.startsWith('/api/')) return file(url.pathname, response)
    if (url.pathname === '/api/officers') return json(officers)
    if (url.pathname === '/api/public') return mock.publicView ? json(mock.publicView) : json({ code: 'unavailable', message: '' }, 503)
    if (url.pathname === '/api/session' && request.method === 'POST') {
      mock.signedIn = true
      return json(session)
    }
    if (!mock.signedIn) return json({ code: 'signed_out', message: 'nobody is signed in' }, 401)
    if (url.pathname === '/api/session') return json(session)
    if (url.pathname === '/api/snapshot') return json({ epoch: mock.epoch, snapshot: mock.board })
    if (url.pathname.startsWith('/api/law/')) return json(mock.law(url, body))
    if (url.pathname === '/api/goods') return json(mock.goods(url))
    if (url.pathname === '/api/prior') return json(mock.prior)
    if (url.pathname === '/api/edition') return json(mock.edition)
    if (url.pathname === '/api/notice/check') return json(mock.check(body))
    if (url.pathname === '/api/papers/check') return json(mock.papers(body))
    const passage = /^\/api\/visits\/\d+\/n42\/(\d+)$/.exec(url.pathname)
    if (passage) {
      const xml = mock.passages.get(Number(passage[1]))
      if (!xml) return json({ code: 'not_found', message: 'not written yet' }, 404)
      response.writeHead(200, { 'content-type': 'application/xml', 'content-disposition': `attachment; filename="20260521T050023Z-portal-1-${passage[1]}.n42"` })
      return response.end(xml)
    }
    if (url.pathname === '/api/visits') return json([])
    if (url.pathname === '/api/devices') return json(mock.devices)
    if (url.pathname === '/api/acts') return json(mock.ownActs)
    if (url.pathname.endsWith('/journal')) return json([])
    const visit = /^\/api\/visits\/(\d+)$/.exec(url.pathname)
    if (visit) return mock.visits.has(Number(visit[1])) ? json(mock.visits.get(Number(visit[1]))) : json({ code: 'unknown', message: 'no such visit' }, 404)
    if (url.pathname === '/api/orders') {
      const request_id = request.headers['idempotency-key']
      mock.orders.push({ ...body, request_id })
      const reply = await mock.onOrder(body, request_id)
      if (reply === null) return response.destroy()
      return json(reply, reply.refusal ? 409 : 200)
    }
    if (url.pathname === '/api/events') return listen(url, request, response)
    return json({ code: 'unknown', message: url.pathname }, 404)
  }

  function listen(url, request, response) {
    if (mock.statusOfEvents !== 200) {
      response.writeHead(mock.statusOfEvents)
      response.end('not now')
      return
    }
    if (mock.frozen) return
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const [epoch, seq] = (request.headers['last-event-id'] ?? url.searchParams.get('last') ?? '').split('-')
    const known = epoch === mock.epoch
    const hello = { ts_ms: Date.now(), epoch: mock.epoch, head: mock.board.seq, reset: !known, build: 'test', user: { officer: 'bekov', name: '', role: 'officer', workplace: '' } }
    response.write(`retry: 500\nevent: hello\ndata: ${JSON.stringify(hello)}\n\n`)
    if (known) for (const changes of mock.ring.filter((one) => one.seq > Number(seq))) response.write(`id: ${mock.epoch}-${changes.seq}\nevent: change\ndata: ${JSON.stringify(changes)}\n\n`)
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }

  async function file(path, response) {
    const name = path === '/' ? 'terminal.html' : path === '/public' ? 'public.html' : path.slice(1)
    const bytes = await readFile(join(dist, name)).catch(() => null)
    response.writeHead(bytes ? 200 : 404, { 'content-type': TYPES[extname(name)] ?? 'text/plain', 'content-security-policy': POLICY })
    response.end(bytes ?? 'not here')
  }

  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  mock.port = server.address().port
  mock.url = `http://127.0.0.1:${mock.port}`
  return mock
}

/** An alarm as the agent describes one; `over` replaces parts. */
export function alarm(id, over = {}) {
  return {
    id, cause: { kind: 'radiation', radiation: 'gamma' }, priority: 'p1', active: true, since_ms: Date.now() - 19_000, ended_ms: null, count: 1, acknowledged: null, decided: null,
    corrected: [], closed: false, escalated: false, must_be_decided: true, holds_exit: true, lane: 'lane-1', device: 'portal-1', visit: 1, plate: 'KZ123ABC02', basis: '192.4',
    agreement: 'agree', numbers: { z: '41.0', threshold: '5', sum: '912', background: '256' }, being_recorded: false, ...over,
  }
}

/** A small checkpoint: four lanes, their devices, some visits. */
export function board() {
  const now = Date.now()
  const lane = (n, over = {}) => ({
    id: `lane-${n}`, title: `Полоса ${n}`, direction: n > 2 ? 'outbound' : 'inbound', mode: 'road', control: 'automatic', visit: null, plate: null, occupied_since_ms: null, last_weight: null,
    alarm: null, open_alarms: 0, last_plate: null, last_seen_ms: null, scans: [], weighings: [], ...over,
  })
  const device = (id, n, family, over = {}) => ({
    id, title: id, lane: `lane-${n}`, family, dialect: 'tsa', health: 'online', detail: '', since_ms: now - 3_600_000, faults: 0, faults_by_kind: {}, last_fault: null, last_fault_ms: null, background: family === 'portal' ? 'normal' : null, n_sigma: '5', assumed: false, tamper: false, ...over,
  })
  return {
    site: { id: 'example', title: 'Нур Жолы', office_code: '57402', zone: 'Asia/Almaty', offset_minutes: 300, edition: 'kz-2010', version: '0.1.0', clock_synchronised: true, hub_up: true },
    seq: 10, at_ms: now,
    lanes: [
      lane(1, { visit: 1, plate: 'KZ123ABC02', occupied_since_ms: now - 11_000, alarm: null, last_weight: { gross_kg: '38240', at_ms: now - 400_000 } }),
      lane(2, { visit: 2, plate: '05KG881AAV', occupied_since_ms: now - 6_000 }),
      lane(3, { last_plate: '01AB77', last_seen_ms: now - 200_000 }),
      lane(4, { control: 'manual', last_plate: '01KG552ABC', last_seen_ms: now - 900_000 }),
    ],
    devices: [1, 2, 3, 4].flatMap((n) => [device(`portal-${n}`, n, 'portal', n === 4 ? { health: 'silent' } : {}), device(`scale-${n}`, n, 'weighbridge')]),
    alarms: [],
    visits: [visitRow(1, { plate: 'KZ123ABC02', clock: clock(1, { due_ms: now + 8_049_000 }), stage: 'presented', missing: 3, weight: { gross_kg: '38240', at_ms: now } , weight_beyond: false }), visitRow(2, { plate: '05KG881AAV', lane: 'lane-2' }), visitRow(3, { plate: 'UZ90770GA', clock: clock(3, { due_ms: now - 250_000, state: 'expired' }), stage: 'presented', missing: 0, weight: { gross_kg: '41120.5', at_ms: now }, weight_beyond: true }), visitRow(4, { plate: 'KZ118LLA02', clock: clock(4, { state: 'provisional', due_ms: now + 3_000_000 }), stage: 'filed', missing: 0 }), visitRow(5, { plate: '01KG552ABC', clock: clock(5, { due_ms: now + 753_000 }), stage: 'presented', missing: 0 })],
  }
}

export function clock(id, over = {}) {
  const now = Date.now()
  return { id, rule: 'ARR-1', article: '252.4', obliged: 'carrier', edition: 'kz-2010', consignment: 1, trigger: 'goods_presented', triggered_ms: now - 2_751_000, due_ms: now + 8_049_000, latest_ms: now + 8_049_000, state: 'running', stopped_ms: null, flags: [], ...over }
}

export function visitRow(id, over = {}) {
  return {
    id, number: `57402-26-${String(18_232 + id).padStart(6, '0')}`, plate: null, country: 'KZ', lane: 'lane-1', mode: 'road', direction: 'inbound', stage: 'arrived', since_ms: Date.now() - 4_000_000 + id * 1000,
    consignments: 1, goes_first: false, clock: null, missing: null, open_alarms: [0, 0, 0], radiation: null, weight: null, weight_beyond: null, holds: 2, ...over,
  }
}

/** All about one visit, as its page asks for it. */
export function visit(row, over = {}) {
  return {
    row, clocks: [], consignments: [], holds: [], screenings: [], weighings: [], comparison: null, tare: null, seals: [], plates: [], scans: [], notice: null, prior: [], prior_candidates: [], alarms: [], open_passages: [],
    acts: [], controls: [], flags: [], exit_permitted: null, left_ms: null, ...over,
  }
}

export function screening(reading, over = {}) {
  const now = Date.now()
  return { reading, seq: 7, device: 'portal-1', began_ms: now - 60_000, ended_ms: now - 50_000, verdict: 'within_background', gamma: 'neither', neutron: 'neither', max_sum: 270, max_z: '0.9', n_sigma: '5', background: 256, quality: [], ...over }
}

/** An edition with words for what the tests show: two clocks, no acts. */
export function edition() {
  const title = (ru) => ({ ru, en: ru, kk: ru, review: false })
  const filed = ['storage_filed', 'declaration_filed', 'transit_declaration_filed']
  return {
    id: 'kz-2010', title: 'test', modes: {}, submissions: {}, detention_grounds: [], acts: [], choices: {}, flags: {},
    clocks: [
      { id: 'ARR-1', article: '252.4/1', title: title('Хранение или декларирование'), obliged: 'carrier', stop: [], stop_provisionally: filed },
      { id: 'DEC-4', article: '288.3', title: title('Регистрация декларации'), obliged: 'body', stop: ['declaration_registered', 'declaration_refused'], stop_provisionally: [] },
    ],
  }
}
