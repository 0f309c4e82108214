/**
 * From the moment a critical alert is accepted to the moment PagerDuty is called: with an idle bot, and in the worst
 * hour, while Slack answers 503 to everything and thousands of other effects wait.
 */
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { configWith, withoutStorms } from './config.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const pages = 60
const waiting = 5_000
const token = 'bench-token'

export async function measurePages(bench: Bench): Promise<Figure[]> {
  const idle = await measure(bench, { database: 'pages_idle', isWorstHour: false })
  const worst = await measure(bench, { database: 'pages_worst', isWorstHour: true })
  const words = (spent: number[]) =>
    `median ${milliseconds(percentile(spent, 0.5))}, p99 ${milliseconds(percentile(spent, 0.99))}`
  const baseline = `idle: ${words(idle)}; in the worst hour: ${words(worst)}`
  const p99 = percentile(worst, 0.99)
  return [
    {
      what: `alert accepted → PagerDuty called, p99, Slack down, ${waiting} effects waiting`,
      figure: milliseconds(p99),
      baseline,
      bar: '≤ 250 ms',
      isMet: p99 <= 250,
    },
  ]
}

async function measure(bench: Bench, given: { database: string; isWorstHour: boolean }): Promise<number[]> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl(given.database)
  const env = configWith(bench, withoutStorms)
  const bot = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
  const spent: number[] = []
  try {
    if (given.isWorstHour) {
      simulator.slack.faults.mode = 'down'
      await fill(databaseUrl)
    }
    for (let n = 0; n < pages; n += 1) {
      // In sequence, and not all at once: one page after the other is what is measured.
      const before = simulator.pagerduty.pages().length
      const response = await fetch(`${bot.url}/hooks/generic`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ title: `page-${n}`, severity: 'critical' }),
      })
      if (!response.ok) throw new Error(`refused: ${response.status}`)
      const accepted = performance.now()
      await until(simulator, () => simulator.pagerduty.pages().length > before)
      spent.push(performance.now() - accepted)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  } finally {
    await bot.kill()
    await simulator.close()
  }
  return spent
}

/** Told rather than asked again and again: the simulator lives in this process, on the machine that is measured. */
function until(simulator: Simulator, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return
      stop()
      resolve()
    }
    const stop = simulator.onChange(look)
    look()
  })
}

/** What waits for Slack: each in a stream of its own, so that all of it is tried again and again. */
async function fill(databaseUrl: string): Promise<void> {
  const { default: pg } = await import('pg')
  const db = new pg.Client({ connectionString: databaseUrl })
  await db.connect()
  await db.query(
    `insert into outbox (port, stream, priority, effect, decided_at, not_before)
     select 'slack', 'slack:bench/' || n, 3,
       jsonb_build_object('kind', 'slack.say', 'to', '#ops', 'message', jsonb_build_object('text', 'effect ' || n)),
       now(), now() from generate_series(1, ${waiting}) n`,
  )
  await db.end()
}
