// A checkpoint on this machine for one test run: the real agent and hub, and the simulator in the place of the devices.
// Free ports, a folder of its own, and processes that end with the test.
import { spawn, spawnSync } from 'node:child_process'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, sleep, until } from './harness.mjs'

export const PASSWORD = 'test'

/** What the devices do, in the simulator's own words; officers are played by the browser. */
const STORY = `story: Two vehicles for the screens

0:00:12  camera-1  reads 123ABC02 KZ 98%
0:00:14  portal-1  vehicle 8 s, shielding 40%, gamma 6x
0:00:34  scale-1   load 38240 kg for 6 s
0:00:50  camera-2  reads 771KKA05 KZ 97%
0:00:52  portal-2  vehicle 8 s, shielding 34%
`

export class Post {
  #children = new Map()

  constructor(bin) {
    this.bin = bin
  }

  async begin() {
    for (const name of ['edge-agent', 'hub', 'simulator']) {
      if (!existsSync(join(this.bin, name))) throw new Error(`${join(this.bin, name)} is missing: cargo build -p ${name}, or name its folder in BEKET_BIN`)
    }
    this.folder = await mkdtemp(join(tmpdir(), 'beket-screens-'))
    const ports = {}
    for (const name of ['terminal', 'ingest', 'hub', 'sync', 'portal1', 'portal2']) ports[name] = await freePort()
    this.ports = ports
    this.config = join(this.folder, 'checkpoint.toml')
    await writeFile(this.config, configuration(this.folder, ports, this.#hash()))
    await writeFile(join(this.folder, 'story.txt'), STORY)
    await writeFile(join(this.folder, 'hub.toml'), `[web]\nlisten = "127.0.0.1:${ports.hub}"\n[ingest]\nlisten = "127.0.0.1:${ports.sync}"\n[store]\ndatabase = "hub.db"\n`)
    this.startHub()
    // The devices first: a lane whose portal does not answer is an alarm of its own.
    this.startDevices()
    await until('the devices are there', () => existsSync(join(this.folder, 'pty/scale-2')))
    await this.startAgent()
  }

  #hash() {
    const made = spawnSync(join(this.bin, 'edge-agent'), ['hash-password'], { input: `${PASSWORD}\n`, encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`hash-password: ${made.stderr}`)
    return made.stdout.trim()
  }

  async startAgent() {
    this.#start('edge-agent', ['run', '--config', this.config])
    await until('the agent answers', async () => (await fetch(`http://127.0.0.1:${this.ports.terminal}/api/officers`)).ok, 30_000)
  }

  startHub() {
    this.#start('hub', ['run', join(this.folder, 'hub.toml')])
  }

  /** The devices begin to play, and speak on until the end of the test. */
  startDevices() {
    this.#start('simulator', ['play', join(this.folder, 'story.txt'), '--config', this.config, '--linger-s', '3600'])
  }

  signal(name, signal) {
    this.#children.get(name)?.kill(signal)
  }

  async kill(name) {
    const child = this.#children.get(name)
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL')
    await gone
  }

  async end(keep) {
    for (const name of this.#children.keys()) await this.kill(name)
    await sleep(100)
    if (keep) console.log(`        logs: ${this.folder}`)
    else await rm(this.folder, { recursive: true, force: true })
  }

  #start(name, args) {
    const child = spawn(join(this.bin, name), args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, RUST_LOG: process.env.RUST_LOG ?? 'info' } })
    const log = createWriteStream(join(this.folder, `${name}.log`), { flags: 'a' })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    this.#children.set(name, child)
  }
}

function configuration(folder, ports, hash) {
  const limit = (name, value) => `[limits.${name}]\n${value}\nauthor = "test"\napproval = "none: a test"\n`
  const lane = (n) => `
[[lane]]
id = "lane-${n}"
title = "№ ${n}"
direction = "inbound"
mode = "road"

[[device]]
id = "camera-${n}"
lane = "lane-${n}"
title = "C-${n}"
dialect = "hikvision-anpr"
connect = { http_push = true }
silence_limit_s = 86400

[[device]]
id = "portal-${n}"
lane = "lane-${n}"
title = "P-${n}"
dialect = "tsa"
connect = { tcp = "127.0.0.1:${ports[`portal${n}`]}" }
silence_limit_s = 15

[[device]]
id = "scale-${n}"
lane = "lane-${n}"
title = "W-${n}"
dialect = "xk3190"
connect = { serial = "${folder}/pty/scale-${n}", baud = 9600 }
silence_limit_s = 30
`
  const officer = (id, name, role) => `[[officer]]\nid = "${id}"\nname = "${name}"\nrole = "${role}"\npassword_hash = "${hash}"\n`
  return `
[checkpoint]
id = "nur-zholy"
title = "Нұр Жолы"
office_code = "55302"
zone = "Asia/Almaty"
data_dir = "${folder}/agent"
${lane(1)}${lane(2)}
[limits]
version = "test-1"
${limit('weight', 'percent = "2"\nat_least_kg = "200"\ninstrument_error_kg = "40"')}
${limit('background_depressed_below', 'share = "0.85"')}
${limit('vehicle_gap', 'seconds = 120')}
${limit('escalation_after', 'seconds = 60')}
${limit('hub_away_after', 'seconds = 900')}
${limit('plate_confidence', 'percent = "80"')}
${limit('clock_warnings', 'minutes = [60, 30, 10]')}
${officer('bekov', 'Беков А.', 'officer')}${officer('antonova', 'Антонова М.', 'senior_officer')}
[terminal]
listen = "127.0.0.1:${ports.terminal}"
[ingest]
listen = "127.0.0.1:${ports.ingest}"
[hub]
url = "http://127.0.0.1:${ports.sync}"
[n42]
folder = "n42"
`
}
