/** From the moment an alert is accepted to the moment the first call to Slack arrives, with an idle bot. */
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { configWith, withoutStorms } from './config.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const alerts = 50
const token = 'bench-token'

export async function measureLatency(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl('latency')
  const env = configWith(bench, withoutStorms)
  const bot = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
  const spent: number[] = []
  const roundTrips: number[] = []
  try {
    for (let n = 0; n < alerts; n += 1) {
      // In sequence, so far apart that the bot is idle and its channel has room: what wakes nobody may post twice in
      // three seconds, the rest of what Slack takes is kept for what does.
      const before = simulator.slack.calls.length
      const started = performance.now()
      const posted = firstCall(simulator.slack.calls, before)
      const response = await fetch(`${bot.url}/hooks/generic`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ title: `latency-${n}` }),
      })
      if (!response.ok) throw new Error(`refused: ${response.status}`)
      const accepted = performance.now()
      roundTrips.push(accepted - started)
      spent.push(Math.max((await posted) - accepted, 0))
      await new Promise((resolve) => setTimeout(resolve, 1_600))
    }
  } finally {
    await bot.kill()
    await simulator.close()
  }
  const measured = spent.slice(5)
  const [p50, p99] = [percentile(measured, 0.5), percentile(measured, 0.99)]
  const baseline = `accepting alone: ${milliseconds(percentile(roundTrips.slice(5), 0.5))}`
  return [
    {
      what: 'alert accepted → first Slack call, median',
      figure: milliseconds(p50),
      baseline,
      bar: '≤ 40 ms (aim 15 ms)',
      isMet: p50 <= 40,
    },
    { what: 'the same, 99th percentile', figure: milliseconds(p99), baseline, bar: '≤ 200 ms', isMet: p99 <= 200 },
  ]
}

async function firstCall(calls: readonly { method: string }[], from: number): Promise<number> {
  while (!calls.slice(from).some((call) => call.method === 'chat.postMessage'))
    await new Promise((resolve) => setImmediate(resolve))
  return performance.now()
}
