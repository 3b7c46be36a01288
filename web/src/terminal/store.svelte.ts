/**
 * What the terminal knows of its checkpoint: a snapshot, and the changes after it. Rows are replaced as they come; nothing is computed that
 * the agent has not said. Alarms that are being recorded stand beside those that are, until their entry arrives.
 */
import type { Alarm, Changes, Device, Documents, Edition, Frame, Heartbeat, Hello, HubStatus, Lane, Officer, PortalFrame, Session, Site, Snapshot, VisitRow, WeighbridgeFrame } from '../api'
import { Page } from '../live/page.svelte'
import { law } from '../shared/law.svelte'
import { Annunciator } from '../sound/patterns'
import { speaker } from '../sound/speaker.svelte'
import { bannerAlarm, byDeadline, byUrgency, countByPriority } from '../urgency'

/** Live points of one lane are kept this long, in milliseconds. */
export const LIVE_SPAN_MS = 60_000

/** One point of the live plot. */
export interface Point {
  t_ms: number
  sum: number | null
  limit: number | null
  background: number | null
}

const STREAM = { url: '/api/events', names: ['hello', 'change', 'alarm', 'frame', 'hb', 'lost'], session: '/api/session' } as const

class Terminal {
  session = $state<Session | null>(null)
  /** Whether it is known who is signed in. */
  asked = $state(false)
  officers = $state<Officer[]>([])
  site = $state<Site | null>(null)
  seq = $state(0)
  lanes = $state.raw<Lane[]>([])
  devices = $state.raw<Device[]>([])
  visits = $state.raw<VisitRow[]>([])
  hub = $state<HubStatus | null>(null)
  clockSynchronised = $state(true)
  recording = $state<'ok' | 'slow' | 'failed'>('ok')
  /** How documents of passages are written: whatever it says, nothing is lost. */
  documents = $state<Documents>('off')
  lost = $state<string | null>(null)
  edition = $state.raw<Edition | null>(null)
  /** The latest frame of each lane, and when it came by the checkpoint's time. */
  portal = $state.raw<Record<string, PortalFrame>>({})
  scale = $state.raw<Record<string, WeighbridgeFrame>>({})
  silenced = $state(false)
  #recorded = $state.raw<Alarm[]>([])
  #beingRecorded = $state.raw<Alarm[]>([])
  #waiting: Changes[] | null = null
  #points = new Map<string, Point[]>()
  #sounds = new Annunciator()
  #listeners = new Set<(changes: Changes) => void>()
  #page: Page | null = null

  /** Every alarm, the most urgent first; one that is being recorded gives way to its entry. */
  alarms = $derived([...this.#recorded, ...this.#beingRecorded].sort(byUrgency))
  open = $derived(this.alarms.filter((alarm) => !alarm.closed))
  banner = $derived(bannerAlarm(this.alarms))
  counts = $derived(countByPriority(this.alarms))
  queue = $derived([...this.visits].sort(byDeadline))

  get page(): Page {
    this.#page ??= new Page(
      STREAM,
      (name, data) => this.#take(name, data),
      () => {
        this.session = null
      },
    )
    return this.#page
  }

  /** Whether orders may be given now. */
  get commandable(): boolean {
    return !this.page.off && this.page.state !== 'signed_out' && this.lost === null
  }

  get offset(): number {
    return this.site?.offset_minutes ?? 0
  }

  async begin(): Promise<void> {
    void this.#askOfficers()
    try {
      const answer = await fetch('/api/session')
      if (answer.ok) this.signedIn((await answer.json()) as Session)
      this.asked = true
    } catch {
      setTimeout(() => void this.begin(), 2_000)
    }
  }

  signedIn(session: Session): void {
    const again = this.#page !== null
    this.session = session
    if (again) this.page.reopen()
    else void this.page
    void this.#askEdition()
  }

  async signOut(): Promise<void> {
    this.session = null
    await fetch('/api/session', { method: 'DELETE' }).catch(() => undefined)
  }

  nameOf(officer: string): string {
    return this.officers.find((one) => one.id === officer)?.name ?? officer
  }

  laneTitle(lane: string | null | undefined): string {
    return this.lanes.find((one) => one.id === lane)?.title ?? lane ?? ''
  }

  deviceTitle(device: string | null | undefined): string {
    return this.devices.find((one) => one.id === device)?.title ?? device ?? ''
  }

  /** A vehicle as people call it: its plate, or the number of the visit. */
  vehicleOf(visit: number): string {
    const row = this.visits.find((one) => one.id === visit)
    return row?.plate ?? row?.number ?? String(visit)
  }

  points(lane: string): readonly Point[] {
    return this.#points.get(lane) ?? []
  }

  /** Calls back at every change that comes from the stream, and after a new snapshot. */
  onChange(listener: (changes: Changes) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Stops what sounds at this terminal. */
  silence(): void {
    this.#sounds.silence(this.alarms)
    this.silenced = this.#sounds.allSilenced(this.alarms)
  }

  #take(name: string, data: unknown): void {
    if (name === 'change') this.#change(data as Changes)
    else if (name === 'alarm') this.#announce((data as { alarm: Alarm }).alarm)
    else if (name === 'frame') this.#frame(data as Frame)
    else if (name === 'hb') this.#beat(data as Heartbeat)
    else if (name === 'hello') this.#hello(data as Hello)
    else if (name === 'lost') this.lost = String((data as { reason?: unknown }).reason ?? '')
    if (name !== 'frame') this.#annunciate()
  }

  #hello(hello: Hello): void {
    this.lost = null
    this.#beingRecorded = []
    if (hello.reset || this.site === null) void this.#load()
  }

  #loads = 0

  /**
   * Loads the snapshot; changes that come meanwhile wait, and those it already contains are dropped. Of several that are under way the one that was
   * asked for last counts: an older one would put aside what has come since.
   */
  async #load(): Promise<void> {
    const load = ++this.#loads
    this.#waiting ??= []
    try {
      const answer = await fetch('/api/snapshot')
      if (answer.status === 401) {
        this.session = null
        return
      }
      if (!answer.ok) throw new Error(`the agent answered ${answer.status}`)
      const { snapshot } = (await answer.json()) as { snapshot: Snapshot }
      if (load !== this.#loads) return
      this.site = snapshot.site
      this.seq = snapshot.seq
      this.lanes = snapshot.lanes
      this.devices = snapshot.devices
      this.visits = snapshot.visits
      this.#recorded = snapshot.alarms
      this.clockSynchronised = snapshot.site.clock_synchronised
      const waiting: Changes[] = this.#waiting ?? []
      this.#waiting = null
      for (const changes of waiting) this.#change(changes)
      this.#annunciate()
    } catch {
      if (load === this.#loads) setTimeout(() => void this.#load(), 1_000)
    }
  }

  #change(changes: Changes): void {
    if (this.#waiting) {
      this.#waiting.push(changes)
      return
    }
    if (changes.seq <= this.seq) return
    this.seq = changes.seq
    if (changes.lanes.length) this.lanes = replaced(this.lanes, changes.lanes)
    if (changes.devices.length) this.devices = replaced(this.devices, changes.devices)
    if (changes.visits.length) this.visits = replaced(this.visits, changes.visits)
    if (changes.alarms.length) {
      this.#recorded = replaced(this.#recorded, changes.alarms)
      const recorded = new Set(this.#recorded.map((alarm) => alarm.id))
      this.#beingRecorded = this.#beingRecorded.filter((alarm) => !recorded.has(alarm.id))
    }
    for (const listener of this.#listeners) listener(changes)
  }

  /** An alarm the moment it is decided, before it is on the disk. */
  #announce(alarm: Alarm): void {
    if (this.#recorded.some((known) => known.id === alarm.id)) return
    this.#beingRecorded = replaced(this.#beingRecorded, [{ ...alarm, being_recorded: true }])
  }

  #frame(frame: Frame): void {
    if (frame.family === 'weighbridge') {
      this.scale = { ...this.scale, [frame.lane]: frame }
      return
    }
    // Between its background messages a portal is silent about limits; the last ones hold.
    const before = this.portal[frame.lane]
    const whole: PortalFrame = {
      ...frame,
      background: frame.background ?? before?.background ?? null,
      limit: frame.limit ?? before?.limit ?? null,
      neutron: frame.neutron ?? before?.neutron ?? null,
    }
    this.portal = { ...this.portal, [frame.lane]: whole }
    const points = this.#points.get(frame.lane) ?? []
    points.push({ t_ms: frame.t_ms, sum: frame.sum_1s ?? null, limit: whole.limit ?? null, background: whole.background ?? null })
    while (points.length && (points[0] as Point).t_ms < frame.t_ms - LIVE_SPAN_MS) points.shift()
    this.#points.set(frame.lane, points)
  }

  #beat(beat: Heartbeat): void {
    this.hub = beat.hub
    this.clockSynchronised = beat.clock.synchronised
    this.recording = beat.recording
    this.documents = beat.documents
    if (this.recording === 'failed') this.lost ??= ''
  }

  #annunciate(): void {
    if (!this.session || !this.#page) return
    const sound = this.#sounds.next(this.alarms, false, this.#page.exactNow(), performance.now())
    this.silenced = this.#sounds.allSilenced(this.alarms)
    if (sound && this.#page.leads) speaker.play(sound.pattern, sound.loud)
  }

  /** The sound of an agent that has gone silent; called once a second by the frame. */
  annunciateStale(): void {
    if (!this.session || !this.page.off) return
    const sound = this.#sounds.next(this.alarms, true, this.page.exactNow(), performance.now())
    if (sound && this.page.leads) speaker.play(sound.pattern, sound.loud)
  }

  async #askOfficers(): Promise<void> {
    const answer = await fetch('/api/officers').catch(() => null)
    if (answer?.ok) this.officers = (await answer.json()) as Officer[]
    else setTimeout(() => void this.#askOfficers(), 2_000)
  }

  async #askEdition(): Promise<void> {
    const answer = await fetch('/api/edition').catch(() => null)
    if (answer?.ok) {
      this.edition = (await answer.json()) as Edition
      law.take(this.edition)
    } else if (this.session) setTimeout(() => void this.#askEdition(), 3_000)
  }
}

/** `rows` with those of the same id replaced, and new ones behind. */
function replaced<T extends { id: string | number }>(rows: readonly T[], by: readonly T[]): T[] {
  const fresh = new Map(by.map((row) => [row.id, row]))
  const kept = rows.map((row) => {
    const next = fresh.get(row.id)
    fresh.delete(row.id)
    return next ?? row
  })
  return [...kept, ...fresh.values()]
}

export const terminal = new Terminal()
