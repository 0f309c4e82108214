/** How long Slack waits for the acknowledgement of a command while two hundred webhooks a second arrive. */
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const commands = 200
const webhooksPerSecond = 200
const token = 'bench-token'

export async function measureAcks(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const bot = await startBotProcess({ simulator, databaseUrl: await bench.databaseUrl('acks'), hookToken: token })
  simulator.connect(`${bot.url}/slack/events`)
  try {
    const idle = await typeMany(simulator, 60)
    const storm = startStorm(bot.url)
    const underStorm = await typeMany(simulator, commands)
    const sent = await storm.stop()
    const p99 = percentile(underStorm, 0.99)
    const latest = Math.max(...underStorm)
    const baseline = `idle: ${milliseconds(percentile(idle, 0.99))}`
    return [
      {
        what: `slash command → ack under ${Math.round(sent)} webhooks/s, 99th percentile`,
        figure: milliseconds(p99),
        baseline,
        bar: '≤ 300 ms',
        isMet: p99 <= 300,
      },
      {
        what: 'the same, the latest of all',
        figure: milliseconds(latest),
        baseline,
        bar: '≤ 3 s',
        isMet: latest <= 3_000,
      },
    ]
  } finally {
    await bot.kill()
    await simulator.close()
  }
}

async function typeMany(simulator: Awaited<ReturnType<typeof startSimulator>>, count: number): Promise<number[]> {
  const ana = simulator.slack.person('ana')
  const [general] = simulator.slack.channels()
  const spent: number[] = []
  for (let n = 0; n < count; n += 1) {
    // In sequence, as one hasty person types.
    const ack = await ana.type(general?.id ?? '', '/inc list')
    if (ack.outcome !== 'ok') throw new Error(`a command was not acknowledged: ${JSON.stringify(ack)}`)
    spent.push(ack.milliseconds)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return spent
}

function startStorm(url: string): { stop(): Promise<number> } {
  const state = { sent: 0, isOver: false }
  const started = performance.now()
  const send = () => {
    state.sent += 1
    const body = JSON.stringify({
      title: `storm-${state.sent % 20}`,
      startsAt: new Date(1.7e12 + state.sent * 1_000).toISOString(),
    })
    return fetch(`${url}/hooks/generic`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body }).then(
      (response) => response.arrayBuffer(),
    )
  }
  const running = (async () => {
    while (!state.isOver) {
      const due = ((performance.now() - started) / 1_000) * webhooksPerSecond
      while (state.sent < due) void send().catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  return {
    async stop() {
      state.isOver = true
      await running
      return state.sent / ((performance.now() - started) / 1_000)
    },
  }
}
