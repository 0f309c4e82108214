/**
 * kill -9 in every state that an action can be in: nothing may be dispatched twice, none be lost, no lock be left that
 * nobody holds. Each life of the bot brings one action into one state and is killed while it is there, with others
 * around it: the next one's, which waits, and whatever earlier lives have left.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../src/core/db.ts'
import { findDifferences } from '../../src/replay.ts'
import { changeWorld, startsOf } from '../support/rehearsal.ts'
import { count, type EntryOf, newScene, pause, type Scene, until } from './action-scene.ts'
import type { Bench, Figure } from './run.ts'

const kills = Number(process.env.BENCH_ACTION_KILLS ?? 200)

/** In which an action is for a while; in all others it is over. */
const states = [
  'planning',
  'waiting',
  'approved',
  'preflight',
  'blocked',
  'dispatching',
  'running',
  'stopping',
  'verifying',
  'unknown',
] as const
type State = (typeof states)[number]

interface Round {
  state: State
  service: string
  /** A command of this machine whose supervisor is killed too, instead of a rehearsal. */
  isOrphaned: boolean
}

const rounds: readonly Round[] = Array.from({ length: kills }, (_, n) => {
  const state = states[n % states.length] ?? 'planning'
  return { state, service: `kill${n}`, isOrphaned: state === 'unknown' && Math.floor(n / states.length) % 2 === 0 }
})

/** Writes down that it began, as a rehearsal does, and stays long enough to lose its supervisor. */
const orphan = {
  executor: 'process',
  with: {
    run: [
      '/bin/sh',
      '-c',
      'mkdir -p "$1" && echo "$TOCSIN_ACTION_KEY" >> "$1/$2.dispatches"; sleep 8',
      'orphan',
      '{home}/../rehearsal',
      '{target.service}-{target.environment}',
    ],
  },
  params: {},
  verify: { probes: [{ command: { run: ['/bin/true'] } }], passes: 1 },
}
const verify = { probes: [{ rehearsal: {} }], passes: 2, every: '1s', within: '10s' }
/** The states that last as long as the world outside takes to answer. */
const answered: readonly State[] = ['planning', 'preflight', 'dispatching']

function entryOf({ state, service, isOrphaned }: Round): EntryOf {
  const takesMilliseconds = state === 'running' || state === 'stopping' ? 3_000 : 200
  const answersAfterMilliseconds = answered.includes(state) ? 300 : 0
  const changes = isOrphaned ? orphan : { with: { takesMilliseconds, answersAfterMilliseconds }, verify }
  return { name: `bench-${service}`, verb: 'rollback', service, changes }
}

export async function measureActionKills(bench: Bench): Promise<Figure[]> {
  const scene = await newScene(bench, 'actions_kills', rounds.map(entryOf), 200)
  const deaths: Deaths = { wanted: new Map(), around: new Map() }
  const began = performance.now()
  for (const [n, round] of rounds.entries()) {
    // In sequence: each is a life of a bot.
    await liveAndDie(scene, deaths, round, rounds[n + 1])
  }
  const seconds = (performance.now() - began) / 1_000
  const last = await scene.bot()
  try {
    return await reckon(scene, deaths, seconds)
  } finally {
    await last.kill()
    await scene.close()
  }
}

/** How many actions stood in which state when their bot was killed. */
interface Deaths {
  wanted: Map<string, number>
  around: Map<string, number>
}

async function liveAndDie(scene: Scene, deaths: Deaths, round: Round, next: Round | undefined): Promise<void> {
  const bot = await scene.bot()
  // The first has nobody before it who could have asked.
  if (round === rounds[0]) await prepare(scene, round)
  if (next) await prepare(scene, next)
  const { letGo, unanswered } = await bring(scene, round)
  await pause(Math.random() * 60)
  await bot.kill()
  await letGo()
  await Promise.all(unanswered)
  // Slack takes a message a second in a channel; what is measured here are actions, and not how long that takes.
  await scene.db.execute(
    sql`update outbox set closed_at = now(), outcome = 'dead' where closed_at is null and port = 'slack'`,
  )
  const open = sql`select service, state from actions where ended_at is null`
  for (const { service, state } of await rows<{ service: string; state: string }>(scene.db, open)) {
    const of = service === round.service ? deaths.wanted : deaths.around
    of.set(state, (of.get(state) ?? 0) + 1)
  }
}

/** Asks for it, and sees to what will keep it in its state for a while. */
async function prepare(scene: Scene, round: Round): Promise<void> {
  const { state, service } = round
  const target = `${service}-production`
  if (state === 'unknown' && !round.isOrphaned) changeWorld(scene, { trouble: 'cannot-tell' }, target)
  if (state === 'stopping') changeWorld(scene, { trouble: 'does-not-stop' }, target)
  if (state === 'blocked') await scene.type('cleo', `/action hold ${service}/production 1h it is measured`)
  // Planning is its whole life: its bot asks for it itself.
  if (state === 'planning') return
  await ask(scene, round)
  await becomes(scene, round, 'waiting')
}

async function ask(scene: Scene, { service }: Round): Promise<void> {
  await scene.type('ana', `/action rollback ${service} production because it is measured`)
}

interface Brought {
  /** What was typed and may never be answered. */
  unanswered: Promise<unknown>[]
  letGo(): Promise<void>
}

async function bring(scene: Scene, round: Round): Promise<Brought> {
  const { state, service } = round
  const unanswered: Promise<unknown>[] = []
  const brought = (letGo = async () => {}) => becomes(scene, round, state).then(() => ({ unanswered, letGo }))
  if (state === 'planning') await ask(scene, round)
  if (state === 'planning' || state === 'waiting') return brought()
  const [row] = await rows<{ id: number }>(scene.db, sql`select id from actions where service = ${service}`)
  const key = `A-${row?.id ?? 0}`
  const letGo = state === 'approved' ? await keepGuardsWaiting(scene.db) : undefined
  unanswered.push(scene.type('ben', `/action approve ${key}`).catch(() => {}))
  if (state === 'stopping') {
    await becomes(scene, round, 'running')
    unanswered.push(scene.type('ben', `/action stop ${key} it makes things worse`).catch(() => {}))
  }
  if (round.isOrphaned) {
    await becomes(scene, round, 'running')
    killSupervisor(scene, key)
  }
  return brought(letGo)
}

/** Whether it came there is seen from where it was when it was killed. */
async function becomes({ db }: Scene, { service }: Round, state: State): Promise<void> {
  await until(async () => {
    const [row] = await rows<{ state: string }>(db, sql`select state from actions where service = ${service}`)
    return row?.state === state
  }, 15)
}

/** The guards ask for the switch. While somebody else has the table, what is approved does not begin. */
async function keepGuardsWaiting(db: Db): Promise<() => Promise<void>> {
  const [locked, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const keeping = db.transaction(async (tx) => {
    await tx.execute(sql`lock table action_switches in access exclusive mode`)
    locked.resolve()
    await released.promise
  })
  await locked.promise
  return () => {
    released.resolve()
    return keeping
  }
}

function killSupervisor({ dataFolder }: Scene, key: string): void {
  const file = path.join(dataFolder, 'runs', key, 'state.json')
  const { supervisor } = JSON.parse(readFileSync(file, 'utf8')) as { supervisor: { pid: number } }
  process.kill(supervisor.pid, 'SIGKILL')
}

async function reckon(scene: Scene, { wanted, around }: Deaths, seconds: number): Promise<Figure[]> {
  const { db } = scene
  const moving = sql`select count(*)::int n from actions where state in ('planning', 'approved', 'preflight', 'dispatching', 'running', 'stopping', 'verifying')
    or (state = 'unknown' and reconcile ->> 'doneAt' is null)`
  await until(async () => (await count(db, moving)) === 0, 240)
  const stuck = await count(db, moving)
  const lost = kills - (await count(db, sql`select count(*)::int n from actions`))
  const starts = rounds.flatMap(({ service }) => startsOf(scene, `${service}-production`))
  const twice = starts.length - new Set(starts).size
  const locks = await count(
    db,
    sql`select count(*)::int n from actions where state in ('preflight', 'dispatching', 'running', 'stopping', 'verifying')
      or (state = 'unknown' and coalesce(detail, '') = '') or (state = 'blocked' and blocked is null)`,
  )
  const leftUnknown = await count(db, sql`select count(*)::int n from actions where state = 'unknown'`)
  const differences = await findDifferences(db)
  const [audit] = await rows<{ first_bad: unknown; checked: unknown }>(db, sql`select * from audit_verify()`)
  const timesMin = Math.max(Math.floor(kills / 40), 1)
  const missed = states.filter((state) => (wanted.get(state) ?? 0) < timesMin)
  const isWhole = differences.length === 0 && audit?.first_bad === null
  return [
    {
      what: `${kills} × kill -9 in ${Math.round(seconds)} s: states in which fewer than ${timesMin} were killed`,
      figure: missed.join(', ') || '0',
      baseline: `${listed(wanted)}; around them ${listed(around)}`,
      bar: '0',
      isMet: missed.length === 0,
    },
    {
      what: 'the same: dispatched twice',
      figure: String(twice),
      baseline: `${starts.length} starts`,
      bar: '0',
      isMet: twice === 0,
    },
    {
      what: 'the same: lost, or left without an end or a person to decide',
      figure: String(lost + stuck),
      baseline: `${leftUnknown} wait for a person, and say why`,
      bar: '0',
      isMet: lost + stuck === 0,
    },
    { what: 'the same: locks that nobody holds', figure: String(locks), baseline: '', bar: '0', isMet: locks === 0 },
    {
      what: 'the same: journal and audit that do not hold',
      figure: String(differences.length + (audit?.first_bad === null ? 0 : 1)),
      baseline: `${String(audit?.checked)} audit rows`,
      bar: '0',
      isMet: isWhole,
    },
  ]
}

function listed(times: ReadonlyMap<string, number>): string {
  return [...times].map(([state, n]) => `${n} ${state}`).join(', ')
}
