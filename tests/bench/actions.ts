/**
 * Guarded actions under the worst: everybody at one target, kill -9 in every state, a click to the deed, and one that
 * talks too much. Prints as the other benchmarks do.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { type Db, openDatabase, rows } from '../../src/core/db.ts'
import { findDifferences } from '../../src/replay.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { type BotProcess, startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { rehearsed, startsOf } from '../support/rehearsal.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const kills = Number(process.env.BENCH_ACTION_KILLS ?? 200)
const clicks = Number(process.env.BENCH_ACTION_CLICKS ?? 40)
const people = ['ana', 'ben', 'cleo', 'dmitri', 'eva']

export async function measureActions(bench: Bench): Promise<Figure[]> {
  return [
    ...(await measureRace(bench)),
    ...(await measureClicks(bench)),
    ...(await measureChatter(bench)),
    ...(await measureKills(bench)),
  ]
}

interface Scene {
  simulator: Simulator
  dataFolder: string
  db: Db
  bot(): Promise<BotProcess>
  type(person: string, line: string): Promise<void>
  close(): Promise<void>
}

interface EntryOf {
  name: string
  verb: string
  service: string
  takesMilliseconds?: number
}

const rollbacksOf = (services: readonly string[]): EntryOf[] =>
  services.map((service) => ({ name: `bench-${service}`, verb: 'rollback', service }))

async function newScene(
  bench: Bench,
  name: string,
  entries: readonly EntryOf[],
  takesMilliseconds: number,
  changes: Record<string, unknown> = {},
): Promise<Scene> {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-bench-actions-'))
  const configFile = path.join(dataFolder, 'tocsin.yml')
  const catalogue = entries.map(({ name: entry, verb, service, takesMilliseconds: own = takesMilliseconds }) =>
    rehearsed(entry, { verb, targets: [`${service}/production`], with: { takesMilliseconds: own }, ...changes }),
  )
  const services = [...new Set(entries.map(({ service }) => service))]
  const example = readFileSync('tocsin.yml', 'utf8')
  const declared = services.map((service) => `  ${service}: { team: platform, environments: [production] }\n`).join('')
  writeFileSync(
    configFile,
    example
      .replace(/demoService: \{.*\}/, 'demoService: null')
      // One person asks for all of it here.
      .replace(/per(Person|Target): \d+/g, 'per$1: 1000')
      .replace('\nservices:\n', (line) => `${line}${declared}`)
      .replace(
        '  catalogue: # What can be done from Slack. Nothing else can.\n',
        (line) => `${line}${catalogue.join('')}`,
      ),
  )
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl(name)
  const database = await openDatabase(databaseUrl, { connections: 3 })
  const general = () => simulator.slack.channels().find((channel) => channel.name === 'general')?.id ?? ''
  return {
    simulator,
    dataFolder,
    db: database.db,
    async bot() {
      const env = { TOCSIN_CONFIG: configFile, TOCSIN_DATA_DIR: dataFolder }
      const bot = await startBotProcess({ simulator, databaseUrl, hookToken: 'bench', env })
      simulator.connect(`${bot.url}/slack/events`)
      return bot
    },
    type: async (person, line) => void (await simulator.slack.person(person).type(general(), line)),
    async close() {
      await simulator.close()
      await database.close()
    },
  }
}

async function until(isSo: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1_000
  while (Date.now() < end) {
    // In sequence: asking until it is so.
    if (await isSo()) return true
    await pause(20)
  }
  return false
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const count = async (db: Db, query: ReturnType<typeof sql>) => (await rows<{ n: number }>(db, query))[0]?.n ?? 0

/** Twenty different actions for one target, approved in the same moment: the lock is all that stands between them. */
async function measureRace(bench: Bench): Promise<Figure[]> {
  const racers = 20
  const entries = Array.from({ length: racers }, (_, n) => ({ name: `race${n}`, verb: `race${n}`, service: 'racing' }))
  const scene = await newScene(bench, 'actions_race', entries, 3_000)
  const bot = await scene.bot()
  const inStates = (states: string) =>
    count(scene.db, sql`select count(*)::int n from actions where state = any(string_to_array(${states}, ' '))`)
  try {
    for (const { verb } of entries) await scene.type('ana', `/action ${verb} racing production because all want it`)
    await until(async () => (await inStates('waiting')) === racers, 60)
    const approve = (n: number) => scene.type(people[1 + (n % 4)] ?? 'ben', `/action approve A-${n + 1}`)
    await Promise.all(entries.map((_, n) => approve(n)))
    await until(async () => (await inStates('blocked running verifying succeeded')) === racers, 60)
    const ran = startsOf(scene, 'racing-production').length
    const blocked = await inStates('blocked')
    return [
      {
        what: `${racers} approved at once for one target: run`,
        figure: String(ran),
        baseline: `${blocked} blocked, each told by whom`,
        bar: '1',
        isMet: ran === 1 && blocked === racers - 1,
      },
    ]
  } finally {
    await bot.kill()
    await scene.close()
  }
}

async function measureClicks(bench: Bench): Promise<Figure[]> {
  const services = Array.from({ length: clicks }, (_, n) => `click${n}`)
  const scene = await newScene(bench, 'actions_clicks', rollbacksOf(services), 10)
  const bot = await scene.bot()
  const spent: number[] = []
  try {
    for (const [n, service] of services.entries()) {
      // In sequence: one at a time, as at night.
      await scene.type('ana', `/action rollback ${service} production because it is measured`)
      await until(
        async () =>
          (await count(
            scene.db,
            sql`select count(*)::int n from actions where state = 'waiting' and id = ${n + 1}`,
          )) === 1,
        10,
      )
      const began = performance.now()
      await scene.type('ben', `/action approve A-${n + 1}`)
      // A millisecond's grain; one that never starts shows as a minute, and not as a benchmark that never ends.
      while (startsOf(scene, `${service}-production`).length === 0 && performance.now() - began < 60_000) await pause(1)
      spent.push(performance.now() - began)
    }
    const p95 = percentile(spent.slice(3), 0.95)
    return [
      {
        what: 'approval → dispatched, 95th percentile',
        figure: milliseconds(p95),
        baseline: `median ${milliseconds(percentile(spent.slice(3), 0.5))}`,
        bar: '≤ 500 ms',
        isMet: p95 <= 500,
      },
    ]
  } finally {
    await bot.kill()
    await scene.close()
  }
}

const chatterSeconds = 15

/** A command that prints ten megabytes a second, while people type. */
async function measureChatter(bench: Bench): Promise<Figure[]> {
  const printing = `const line = 'x'.repeat(99) + '\\n'; const until = Date.now() + ${chatterSeconds * 1_000}
    setInterval(() => { if (Date.now() > until) process.exit(0); process.stdout.write(line.repeat(10_000)) }, 100)`
  const chatter = {
    executor: 'process',
    with: { run: [process.execPath, '-e', printing] },
    params: {},
    verify: { probes: [{ command: { run: ['/bin/true'] } }], passes: 1 },
  }
  const entry = { name: 'chatter', verb: 'chatter', service: 'loud' }
  const scene = await newScene(bench, 'actions_chatter', [entry], 0, chatter)
  const bot = await scene.bot()
  const typed = async (times: number) => {
    const spent: number[] = []
    for (let n = 0; n < times; n += 1) {
      // In sequence: one person at a time, as in an incident.
      const began = performance.now()
      await scene.type('cleo', '/inc list')
      spent.push(performance.now() - began)
      await pause(40)
    }
    return spent
  }
  const runs = (state: string) => async () =>
    (await count(scene.db, sql`select count(*)::int n from actions where state = ${state}`)) === 1
  try {
    const calm = await typed(80)
    await scene.type('ana', '/action chatter loud production because it is measured')
    await until(runs('waiting'), 10)
    const before = memoryOf(bot.pid)
    await scene.type('ben', '/action approve A-1')
    await until(runs('running'), 10)
    const loud = await typed(200)
    const during = memoryOf(bot.pid)
    const isStillLoud = await runs('running')()
    await until(runs('succeeded'), 40)
    const p99 = percentile(loud, 0.99)
    const grown = Math.round((during - before) / 2 ** 20)
    return [
      {
        what: 'a slash command while a child prints 10 MB/s, 99th percentile',
        figure: milliseconds(p99),
        baseline: `quiet: ${milliseconds(percentile(calm, 0.99))}${isStillLoud ? '' : ' (it had ended before)'}`,
        bar: '≤ 300 ms',
        isMet: p99 <= 300 && (await runs('succeeded')()),
      },
      {
        what: 'the same: memory of the bot grown by',
        figure: `${grown} MiB`,
        baseline: `${chatterSeconds * 10} MB printed`,
        bar: '≤ 30 MiB',
        isMet: grown <= 30,
      },
    ]
  } finally {
    await bot.kill()
    await scene.close()
  }
}

/** Resident bytes, where the system tells. */
function memoryOf(pid: number): number {
  const [, kibibytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1_024
}

/** Of four: one is killed while it is planned, two from their approval on, and one while somebody stops it. */
const isPlannedOnly = (n: number) => n % 4 === 0
const isStopped = (n: number) => n % 4 === 3

/** A new action each round, and kill -9 at a moment of its life that differs each time. */
async function measureKills(bench: Bench): Promise<Figure[]> {
  const services = Array.from({ length: kills }, (_, n) => `kill${n}`)
  const entries = rollbacksOf(services).map((entry, n) =>
    isStopped(n) ? { ...entry, takesMilliseconds: 4_000 } : entry,
  )
  const scene = await newScene(bench, 'actions_kills', entries, 300)
  const met = new Map<string, number>()
  for (let n = 0; n < kills; n += 1) {
    const bot = await scene.bot()
    await scene.type('ana', `/action rollback ${services[n] ?? ''} production because it is measured`)
    if (!isPlannedOnly(n)) {
      await until(
        async () =>
          (await count(
            scene.db,
            sql`select count(*)::int n from actions where service = ${services[n]} and state = 'waiting'`,
          )) === 1,
        10,
      )
      const [row] = await rows<{ id: number }>(scene.db, sql`select id from actions where service = ${services[n]}`)
      const approving = scene.type('ben', `/action approve A-${row?.id ?? 0}`).catch(() => {})
      if (isStopped(n)) {
        const isRunning = sql`select count(*)::int n from actions where service = ${services[n]} and state = 'running'`
        await until(async () => (await count(scene.db, isRunning)) === 1, 10)
        const stopping = scene.type('ben', `/action stop A-${row?.id ?? 0} it makes things worse`).catch(() => {})
        await pause(Math.random() * 200)
        await bot.kill()
        await stopping
      } else {
        await pause(Math.random() * 700)
        await bot.kill()
      }
      await approving
    } else {
      await pause(Math.random() * 150)
      await bot.kill()
    }
    // Slack takes a message a second in a channel; what is measured here are actions, and not how long that takes.
    await scene.db.execute(
      sql`update outbox set closed_at = now(), outcome = 'dead' where closed_at is null and port = 'slack'`,
    )
    for (const { state } of await rows<{ state: string }>(
      scene.db,
      sql`select state from actions where service = ${services[n]}`,
    ))
      met.set(state, (met.get(state) ?? 0) + 1)
  }
  const last = await scene.bot()
  try {
    const moving = sql`select count(*)::int n from actions where state in ('planning', 'approved', 'preflight', 'dispatching', 'running', 'stopping', 'verifying')
      or (state = 'unknown' and reconcile ->> 'doneAt' is null)`
    await until(async () => (await count(scene.db, moving)) === 0, 240)
    const stuck = await count(scene.db, moving)
    const starts = services.flatMap((service) => startsOf(scene, `${service}-production`))
    const twice = starts.length - new Set(starts).size
    const locks = await count(
      scene.db,
      sql`select count(*)::int n from actions where state in ('preflight', 'dispatching', 'running', 'stopping', 'verifying')`,
    )
    const leftUnknown = await count(scene.db, sql`select count(*)::int n from actions where state = 'unknown'`)
    const differences = await findDifferences(scene.db)
    const [audit] = await rows<{ first_bad: unknown; checked: unknown }>(scene.db, sql`select * from audit_verify()`)
    const states = [...met].map(([state, n]) => `${n} ${state}`).join(', ')
    return [
      {
        what: `${kills} × kill -9: dispatched twice`,
        figure: String(twice),
        baseline: `${starts.length} starts; killed while ${states}`,
        bar: '0',
        isMet: twice === 0,
      },
      {
        what: 'the same: left without an end or a person to decide',
        figure: String(stuck),
        baseline: `${leftUnknown} wait for a person`,
        bar: '0',
        isMet: stuck === 0,
      },
      { what: 'the same: locks that nobody holds', figure: String(locks), baseline: '', bar: '0', isMet: locks === 0 },
      {
        what: 'the same: journal and audit that do not hold',
        figure: String(differences.length + (audit?.first_bad === null ? 0 : 1)),
        baseline: `${String(audit?.checked)} audit rows`,
        bar: '0',
        isMet: differences.length === 0 && audit?.first_bad === null,
      },
    ]
  } finally {
    await last.kill()
    await scene.close()
  }
}
