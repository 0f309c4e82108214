/** Whether accepting and showing an alert costs more when a million alerts have been there before. */
import { sql } from 'drizzle-orm'
import { openDatabase, rows } from '../../src/core/db.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { type BotProcess, startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { configWith, withoutStorms } from './config.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const history = 1_000_000
const rounds = 5
const alertsInRound = 200
const token = 'bench-token'

export async function measureHistory(bench: Bench): Promise<Figure[]> {
  const empty = await start(bench, 'history_none', 0)
  const full = await start(bench, 'history_full', history)
  const spent = {
    empty: { accept: [] as number[], show: [] as number[] },
    full: { accept: [] as number[], show: [] as number[] },
  }
  try {
    await Promise.all([round(empty, -1), round(full, -1)])
    for (let n = 0; n < rounds; n += 1) {
      // In turn, so that a slow minute of the machine hits both.
      add(spent.empty, await round(empty, n))
      add(spent.full, await round(full, n))
    }
  } finally {
    await Promise.all([empty.close(), full.close()])
  }
  return [
    compare('an alert accepted', spent.full.accept, spent.empty.accept),
    compare('an alert worked on, until its group is stored', spent.full.show, spent.empty.show),
  ]
}

interface Times {
  accept: number[]
  show: number[]
}

function add(to: Times, times: Times): void {
  to.accept.push(...times.accept)
  to.show.push(...times.show)
}

function compare(what: string, full: readonly number[], empty: readonly number[]): Figure {
  const [with_, without] = [percentile(full, 0.5), percentile(empty, 0.5)]
  const ratio = with_ / without
  return {
    what: `${what}, with ${history.toLocaleString('en')} alerts of history, median`,
    figure: `${milliseconds(with_)} = ${ratio.toFixed(2)} ×`,
    baseline: `${milliseconds(without)} with none`,
    bar: '≤ 1.2 ×',
    isMet: ratio <= 1.2,
  }
}

interface Side {
  bot: BotProcess
  /** When the group of an alert of this title is stored. */
  stored(title: string): Promise<void>
  close(): Promise<void>
}

async function start(bench: Bench, name: string, past: number): Promise<Side> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl(name)
  const env = configWith(bench, withoutStorms)
  const bot = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
  const database = await openDatabase(databaseUrl, { connections: 2 })
  if (past > 0) await fill(database.db, past)
  return {
    bot,
    async stored(title) {
      for (;;) {
        const found = await rows(
          database.db,
          sql`select 1 from alert_members where title = ${title} and started_at > now() - interval '10 minutes' limit 1`,
        )
        if (found.length > 0) return
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    async close() {
      await database.close()
      await bot.kill()
      await simulator.close()
    },
  }
}

/** As they would stand there after a year: deliveries, groups, members, outbreaks, and the journal of it all. */
async function fill(db: Awaited<ReturnType<typeof openDatabase>>['db'], past: number): Promise<void> {
  const numbers = sql`generate_series(1, ${past}) n`
  const at = sql`now() - n * interval '30 seconds'`
  await db.execute(sql`create index on alert_members (title, started_at)`)
  await db.execute(sql`insert into inbox (source, key, body, received_at)
    select 'hooks/generic', 'k' || n, '{"title":"past"}', ${at} from ${numbers}`)
  await db.execute(sql`insert into alert_groups (id, source, route, key, service, status, firings, dropped, outbreak, held_by)
    select 'past' || n, 'generic', 'critical', '{}', 'search', 'resolved', '[]', '{}', 1, '[]' from ${numbers}`)
  await db.execute(sql`insert into alert_members (group_id, fingerprint, source, title, labels, annotations, links, extra,
      status, started_at, ended_at, last_at, holds, inhibits)
    select 'past' || n, 'f' || n, 'generic', 'past', '{"service":"search"}', '{}', '[]', '{}', 'resolved', ${at}, ${at},
      ${at}, '[]', false from ${numbers}`)
  await db.execute(sql`insert into alert_outbreaks (group_id, number, rule, began_at, started_at, ended_at, fired_count,
      is_shown, is_acted, is_declined, clear_asked_count, noted_at)
    select 'past' || n, 1, 'past', ${at}, ${at}, ${at}, 1, true, false, false, 0, ${at} from ${numbers}`)
  await db.execute(sql`insert into journal (at, feature, subject, type, event, actor, cause)
    select ${at}, 'alerts', 'past' || n, 'alert.fired', '{"type":"alert.fired"}', '{}', 'past/' || n from ${numbers}`)
  await db.execute(sql`analyze`)
}

async function round({ bot, stored }: Side, n: number): Promise<Times> {
  const times: Times = { accept: [], show: [] }
  for (let index = 0; index < alertsInRound; index += 1) {
    const title = `now-${n}-${index}`
    const started = performance.now()
    // In sequence: what one alert costs is measured.
    const response = await fetch(`${bot.url}/hooks/generic`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ title }),
    })
    if (!response.ok) throw new Error(`refused: ${response.status}`)
    times.accept.push(performance.now() - started)
    await stored(title)
    times.show.push(performance.now() - started)
  }
  return times
}
