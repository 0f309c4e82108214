/** Fifty times kill -9 while people are paged: every page that was asked for goes out, and each phone rings once. */

import { sql } from 'drizzle-orm'
import { openDatabase, rows } from '../../src/core/db.ts'
import { findDifferences } from '../../src/replay.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { configWith, withoutStorms } from './config.ts'
import type { Bench, Figure } from './run.ts'

const kills = Number(process.env.BENCH_KILLS ?? 50)
const pagesARound = 3
const token = 'bench-token'
const patienceMilliseconds = 120_000

export async function measurePageKills(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl('page_kills')
  const env = configWith(bench, withoutStorms)
  const accepted = new Set<string>()
  for (let round = 0; round < kills; round += 1) {
    const bot = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
    const sending = Array.from({ length: pagesARound }, async (_, n) => {
      const title = `page-${round}-${n}`
      const answer = await fetch(`${bot.url}/hooks/generic`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ title, severity: 'critical' }),
      }).catch(() => null)
      if (answer?.ok) accepted.add(title)
    })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 250))
    await bot.kill()
    await Promise.all(sending)
  }
  const last = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
  const database = await openDatabase(databaseUrl, { connections: 2 })
  const rung = () => simulator.pagerduty.pages().map(({ summary }) => /page-\d+-\d+/.exec(summary)?.[0] ?? summary)
  try {
    const until = Date.now() + patienceMilliseconds
    const missing = () => [...accepted].filter((title) => !rung().includes(title))
    while (missing().length > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 250))
    const twice = rung().length - new Set(rung()).size
    const [pages] = await rows<{ n: number }>(database.db, sql`select count(*)::int as n from oncall_pages`)
    const differences = await findDifferences(database.db)
    const traffic = `${accepted.size} alerts acknowledged, ${pages?.n ?? 0} pages`
    const bars: [string, number][] = [
      [`${kills} × kill -9 while paging: pages lost`, missing().length],
      ['the same: phones that rang twice', twice],
      ['the same: subjects whose journal does not fold to what is stored', differences.length],
    ]
    return bars.map(([what, n]) => ({ what, figure: String(n), baseline: traffic, bar: '0', isMet: n === 0 }))
  } finally {
    await database.close()
    await last.kill()
    await simulator.close()
  }
}
