/** Accepting webhooks, beside the least that could do it: bare node:http, JSON.parse and one INSERT. */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import autocannon from 'autocannon'
import pg from 'pg'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds } from './statistics.ts'

const connections = 32
const seconds = 8
const rounds = 5
const token = 'bench-token'

export async function measureWebhooks(bench: Bench): Promise<Figure[]> {
  const bareUrl = await bench.databaseUrl('bare')
  const bare = await startBare(bareUrl)
  const simulator = await startSimulator({ manifest })
  // Slack is away: what is measured is accepting, and the work goes on beside it as in a real storm.
  const bot = await startBotProcess({ simulator, databaseUrl: await bench.databaseUrl('webhooks'), hookToken: token })
  const results: { bare: Result; ours: Result }[] = []
  try {
    await load(bare.url, 2)
    await load(`${bot.url}/hooks/generic`, 2)
    for (let round = 0; round < rounds; round += 1) {
      // In turn, so that a slow minute of the machine hits both.
      results.push({ bare: await load(bare.url, seconds), ours: await load(`${bot.url}/hooks/generic`, seconds) })
    }
  } finally {
    await bot.kill()
    await simulator.close()
    await bare.close()
  }
  const [middle] = results
    .toSorted((a, b) => a.ours.perSecond / a.bare.perSecond - b.ours.perSecond / b.bare.perSecond)
    .slice(1)
  if (!middle) throw new Error('nothing was measured')
  const share = middle.ours.perSecond / middle.bare.perSecond
  const slower = middle.ours.p99 / middle.bare.p99
  return [
    {
      what: `webhooks accepted, ${connections} connections, PostgreSQL`,
      figure: `${Math.round(middle.ours.perSecond)}/s = ${Math.round(share * 100)} %`,
      baseline: `${Math.round(middle.bare.perSecond)}/s, bare node:http + INSERT`,
      bar: '≥ 70 %',
      isMet: share >= 0.7,
    },
    {
      what: 'the same, 99th percentile',
      figure: `${milliseconds(middle.ours.p99)} = ${slower.toFixed(2)} ×`,
      baseline: milliseconds(middle.bare.p99),
      bar: '≤ 3 ×',
      isMet: slower <= 3,
    },
  ]
}

interface Result {
  perSecond: number
  p99: number
}

let serial = 0

async function load(url: string, duration: number): Promise<Result> {
  const result = await autocannon({
    url,
    connections,
    duration,
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    setupClient: (client) => {
      // Every delivery is another one; ten alerts that come again and again, as a flapping service sends them.
      const next = () => {
        serial += 1
        client.setBody(
          JSON.stringify({
            title: `alert-${serial % 10}`,
            summary: 'x'.repeat(200),
            labels: { serial: String(serial % 10) },
            startsAt: new Date(1.7e12 + serial * 1_000).toISOString(),
          }),
        )
      }
      next()
      client.on('response', next)
    },
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`)
  return { perSecond: result.requests.average, p99: result.latency.p99 }
}

async function startBare(databaseUrl: string): Promise<{ url: string; close(): Promise<void> }> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
  // When the server ends, idle connections are told so; nobody needs to hear it.
  pool.on('error', () => {})
  await pool.query(
    'create table inbox (id bigserial primary key, body jsonb not null, received_at timestamptz not null default now())',
  )
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString())
      await pool.query({ name: 'insert', text: 'insert into inbox (body) values ($1)', values: [body] })
      res.end('{"accepted":1}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await pool.end()
    },
  }
}
