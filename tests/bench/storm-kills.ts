/** A hundred times kill -9 in the middle of a storm: no alert that was acknowledged may be lost, none may fire twice. */
import { sql } from 'drizzle-orm'
import { openDatabase, rows } from '../../src/core/db.ts'
import { findDifferences } from '../../src/replay.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { configWith } from './config.ts'
import type { Bench, Figure } from './run.ts'

const kills = Number(process.env.BENCH_KILLS ?? 100)
const deliveriesInRound = 8
const alertsInDelivery = 25
const token = 'bench-token'

export async function measureStormKills(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl('storm_kills')
  const env = configWith(bench, (example) => example.replace('calmAfter: 2m', 'calmAfter: 5s'))
  const accepted = new Set<string>()
  for (let round = 0; round < kills; round += 1) {
    const bot = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
    const sending = Array.from({ length: deliveriesInRound }, async (_, index) => {
      const names = Array.from({ length: alertsInDelivery }, (_one, n) => `${round}-${index}-${n}`)
      if (await post(bot.url, names.map(alertOf))) for (const name of names) accepted.add(name)
    })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300))
    await bot.kill()
    await Promise.all(sending)
  }
  const last = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
  const database = await openDatabase(databaseUrl, { connections: 2 })
  try {
    // What is still to be shown takes its time, a message a second; what is kept and counted does not.
    await workedOn(database.db)
    const kept = await rows<{ name: string }>(database.db, sql`select labels ->> 'instance' as name from alert_members`)
    const names = new Set(kept.map(({ name }) => name))
    const lost = [...accepted].filter((name) => !names.has(name)).length
    const [fired] = await rows<{ n: number }>(
      database.db,
      sql`select count(*)::int as n from (select 1 from journal where type = 'alert.fired'
        group by subject, event -> 'alert' ->> 'fingerprint' having count(*) > 1) twice`,
    )
    const channel = simulator.slack.channels().find(({ name }) => name === 'alerts')
    const posted = channel
      ? simulator.slack.messages(channel.id).flatMap(({ text }) => /Storm\d+/.exec(text)?.[0] ?? [])
      : []
    const twice = (fired?.n ?? 0) + posted.length - new Set(posted).size
    const differences = await findDifferences(database.db)
    const traffic = `${accepted.size} alerts acknowledged`
    const what = `${kills} × kill -9 under storm`
    return [
      { what: `${what}: acknowledged and lost`, figure: String(lost), baseline: traffic, bar: '0', isMet: lost === 0 },
      {
        what: 'the same: fired or posted twice',
        figure: String(twice),
        baseline: `${posted.length} posts`,
        bar: '0',
        isMet: twice === 0,
      },
      {
        what: 'the same: subjects whose journal does not fold to what is stored',
        figure: String(differences.length),
        baseline: '',
        bar: '0',
        isMet: differences.length === 0,
      },
    ]
  } finally {
    await database.close()
    await last.kill()
    await simulator.close()
  }
}

/** Fifty groups that grow and grow: each round brings alerts of other instances. */
function alertOf(name: string, index: number): object {
  const title = `Storm${(index * 7 + name.length) % 50}`
  return {
    title,
    severity: 'info',
    startsAt: new Date(1.78e12 + index * 1_000).toISOString(),
    labels: { alertname: title, instance: name },
  }
}

function post(url: string, alerts: object[]): Promise<boolean> {
  return fetch(`${url}/hooks/generic`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ alerts }),
  }).then(
    (response) => response.ok,
    () => false,
  )
}

const secondsMax = 180

async function workedOn(db: Awaited<ReturnType<typeof openDatabase>>['db']): Promise<void> {
  const until = Date.now() + secondsMax * 1_000
  while (Date.now() < until) {
    const [open] = await rows<{ n: number }>(
      db,
      sql`select (select count(*) from inbox_work)::int + (select count(*) from outbox where closed_at is null)::int
        + (select count(*) from alert_storms where status = 'raging')::int as n`,
    )
    if (open?.n === 0) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
