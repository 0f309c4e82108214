/**
 * kill -9 in every state that an action can be in: nothing may be dispatched twice, none be lost, no lock be left that
 * nobody holds. Each round brings a new action into one state, and kills the bot while it is there.
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
      'mkdir -p "$1" && echo "$TOCSIN_ACTION_KEY" >> "$1/$2.dispatches"; sleep 20',
      'orphan',
      '{home}/../rehearsal',
      '{target.service}-{target.environment}',
    ],
  },
  params: {},
  verify: { probes: [{ command: { run: ['/bin/true'] } }], passes: 1 },
}
const slow = { answersAfterMilliseconds: 400 }
const verify = { probes: [{ rehearsal: {} }], passes: 2, every: '1s', within: '10s' }

function entryOf({ state, service, isOrphaned }: Round): EntryOf {
  const takesMilliseconds = state === 'running' || state === 'stopping' ? 3_000 : 200
  const changes = isOrphaned ? orphan : { with: { takesMilliseconds, ...slow }, verify }
  return { name: `bench-${service}`, verb: 'rollback', service, changes }
}

export async function measureActionKills(bench: Bench): Promise<Figure[]> {
  const scene = await newScene(bench, 'actions_kills', rounds.map(entryOf), 200)
  const met = new Map<string, number>()
  for (const round of rounds) {
    // In sequence: each is a life of a bot.
    const state = await liveAndDie(scene, round)
    met.set(state, (met.get(state) ?? 0) + 1)
  }
  const last = await scene.bot()
  try {
    return await reckon(scene, met)
  } finally {
    await last.kill()
    await scene.close()
  }
}

/** The state in which it was when its bot was killed. */
async function liveAndDie(scene: Scene, round: Round): Promise<string> {
  const { state, service } = round
  const bot = await scene.bot()
  const target = `${service}-production`
  const isIn = (wanted: State) => until(async () => (await stateOf(scene.db, service)) === wanted, 15)
  // What keeps it in this state for a while.
  if (state === 'unknown' && !round.isOrphaned) changeWorld(scene, { trouble: 'cannot-tell' }, target)
  if (state === 'stopping') changeWorld(scene, { trouble: 'does-not-stop' }, target)
  if (state === 'blocked') await scene.type('cleo', `/action hold ${service}/production 1h it is measured`)
  await scene.type('ana', `/action rollback ${service} production because it is measured`)
  const unanswered: Promise<unknown>[] = []
  let letGo = async () => {}
  if (state !== 'planning') {
    await isIn('waiting')
    const [row] = await rows<{ id: number }>(scene.db, sql`select id from actions where service = ${service}`)
    const key = `A-${row?.id ?? 0}`
    if (state === 'approved') letGo = await keepGuardsWaiting(scene.db)
    if (state !== 'waiting') unanswered.push(scene.type('ben', `/action approve ${key}`).catch(() => {}))
    if (state === 'stopping') {
      await isIn('running')
      unanswered.push(scene.type('ben', `/action stop ${key} it makes things worse`).catch(() => {}))
    }
    if (round.isOrphaned) {
      await isIn('running')
      killSupervisor(scene, key)
    }
  }
  await isIn(state)
  await pause(Math.random() * 60)
  await bot.kill()
  await letGo()
  await Promise.all(unanswered)
  // Slack takes a message a second in a channel; what is measured here are actions, and not how long that takes.
  await scene.db.execute(
    sql`update outbox set closed_at = now(), outcome = 'dead' where closed_at is null and port = 'slack'`,
  )
  return (await stateOf(scene.db, service)) ?? 'nothing'
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

async function stateOf(db: Db, service: string): Promise<string | undefined> {
  const [row] = await rows<{ state: string }>(db, sql`select state from actions where service = ${service}`)
  return row?.state
}

async function reckon(scene: Scene, met: ReadonlyMap<string, number>): Promise<Figure[]> {
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
  const missed = states.filter((state) => !met.has(state))
  const isWhole = differences.length === 0 && audit?.first_bad === null
  return [
    {
      what: `${kills} × kill -9: states in which none was killed`,
      figure: missed.join(', ') || '0',
      baseline: [...met].map(([state, n]) => `${n} ${state}`).join(', '),
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
