/**
 * Through a real Alertmanager: one alert goes to Tocsin and to Alertmanager's own Slack receiver at the same time. How
 * much later does Slack hear of it by way of Tocsin?
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { stringify } from 'yaml'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { freePort } from '../support/postgres.ts'
import { toolsFor } from '../support/tool.ts'
import { configWith, withoutStorms } from './config.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds, percentile } from './statistics.ts'

const alerts = 45
const warmUp = 5
// Slack takes a message a second in a channel; whoever is quicker waits, and this is not about waiting.
// What wakes nobody may post twice in three seconds; a line would be measured, not a way.
const betweenMilliseconds = 1_600
const token = 'bench-token'

export async function measureAlertmanager(bench: Bench): Promise<Figure[]> {
  const tools = toolsFor(
    'the way through Alertmanager',
    ['prometheus-alertmanager'],
    'Install Debian’s prometheus-alertmanager.',
  )
  if (!tools) return []
  const simulator = await startSimulator({ manifest })
  const databaseUrl = await bench.databaseUrl('alertmanager')
  const env = { ...configWith(bench, withoutStorms), HOOK_TOKEN_ALERTMANAGER: token }
  const bot = await startBotProcess({ simulator, databaseUrl, hookToken: token, env })
  const own = await listen()
  const port = await freePort()
  const folder = bench.folder()
  const file = path.join(folder, 'alertmanager.yml')
  writeFileSync(file, configFor(`${bot.url}/hooks/alertmanager`, own.url))
  const alertmanager = spawn(
    tools['prometheus-alertmanager'],
    [
      `--config.file=${file}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const spent = { own: [] as number[], ours: [] as number[] }
  try {
    await ready(`http://127.0.0.1:${port}/-/ready`)
    for (let n = 0; n < alerts; n += 1) {
      const name = `Bench${n}x`
      const byOwn = own.heard(name)
      const byOurs = until(() => simulator.slack.calls.some(({ method, args }) => isPostOf(name, method, args)))
      const started = performance.now()
      await fire(`http://127.0.0.1:${port}/api/v2/alerts`, name)
      // Both are waited for, and each is timed by itself.
      const [theirs, ours] = await Promise.all([byOwn, byOurs])
      spent.own.push(theirs - started)
      spent.ours.push(ours - started)
      await new Promise((resolve) => setTimeout(resolve, betweenMilliseconds))
    }
  } finally {
    alertmanager.kill('SIGKILL')
    await once(alertmanager, 'exit')
    await own.close()
    await bot.kill()
    await simulator.close()
  }
  const [ours, theirs] = [percentile(spent.ours.slice(warmUp), 0.5), percentile(spent.own.slice(warmUp), 0.5)]
  return [
    {
      what: 'alert given to Alertmanager → first Slack call by Tocsin, median',
      figure: `${milliseconds(ours)} = ${milliseconds(ours - theirs)} more`,
      baseline: `Alertmanager's own Slack receiver: ${milliseconds(theirs)}`,
      bar: '≤ 60 ms more',
      isMet: ours - theirs <= 60,
    },
  ]
}

function configFor(tocsin: string, slack: string): string {
  return stringify({
    route: {
      receiver: 'both',
      group_by: ['alertname'],
      // Not the waiting is compared, but the way.
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '4h',
    },
    receivers: [
      {
        name: 'both',
        webhook_configs: [{ url: tocsin, http_config: { authorization: { credentials: token } } }],
        slack_configs: [{ api_url: slack, channel: '#alerts', send_resolved: false }],
      },
    ],
  })
}

function isPostOf(name: string, method: string, args: Readonly<Record<string, unknown>>): boolean {
  return method === 'chat.postMessage' && JSON.stringify(args).includes(name)
}

async function fire(url: string, alertname: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels: { alertname, severity: 'info' }, annotations: { summary: 'measured' } }]),
  })
  if (!response.ok) throw new Error(`Alertmanager refused: ${response.status}`)
}

interface Ear {
  url: string
  /** When Slack was first told of an alert of this name by Alertmanager itself. */
  heard(name: string): Promise<number>
  close(): Promise<void>
}

/** Slack, as far as Alertmanager's own receiver needs it. */
async function listen(): Promise<Ear> {
  const waiting = new Map<string, (at: number) => void>()
  const server = createServer(async (req, res) => {
    const at = performance.now()
    let body = ''
    for await (const chunk of req) body += String(chunk)
    for (const [name, tell] of waiting) if (body.includes(name)) tell(at)
    res.end('ok')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    heard: (name) => new Promise((resolve) => waiting.set(name, resolve)),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function until(isSo: () => boolean): Promise<number> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
  return performance.now()
}

async function ready(url: string): Promise<void> {
  const isReady = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
  // In sequence: it is asked until it says yes.
  while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 100))
}
