/**
 * Guarded actions under the worst: everybody at one target, a click to the deed, and one that talks too
 * much. What kill -9 does to them is in action-kills.ts. Prints as the other benchmarks do.
 */
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { startsOf } from '../support/rehearsal.ts'
import { count, newScene, pause, rollbacksOf, until } from './action-scene.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const clicks = Number(process.env.BENCH_ACTION_CLICKS ?? 40)
const people = ['ana', 'ben', 'cleo', 'dmitri', 'eva']

export async function measureActions(bench: Bench): Promise<Figure[]> {
  return [...(await measureRace(bench)), ...(await measureClicks(bench)), ...(await measureChatter(bench))]
}

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
