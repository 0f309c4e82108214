/** Reading the status page and its JSON, beside the least that could do it: bare node:http and the same bytes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import autocannon from 'autocannon'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import type { Bench, Figure } from './run.ts'
import { milliseconds } from './statistics.ts'

const connections = 32
const seconds = 5
const rounds = 3
const perSecondMin = 5_000
const shareMin = 0.6

export async function measureStatus(bench: Bench): Promise<Figure[]> {
  const simulator = await startSimulator({ manifest })
  const bot = await startBotProcess({ simulator, databaseUrl: await bench.databaseUrl('status'), hookToken: 'bench' })
  try {
    const figures: Figure[] = []
    // In sequence: they would measure each other.
    for (const address of ['/status', '/api/v2/summary.json']) figures.push(await measure(bench, bot.url, address))
    return figures
  } finally {
    await bot.kill()
    await simulator.close()
  }
}

async function measure(bench: Bench, url: string, address: string): Promise<Figure> {
  const response = await fetch(`${url}${address}`)
  const bare = await startBare(bench.folder(), Buffer.from(await response.arrayBuffer()), response.headers)
  const results: { bare: Result; ours: Result }[] = []
  try {
    await load(`${url}${address}`, 2)
    for (let round = 0; round < rounds; round += 1) {
      // In turn, so that a slow minute of the machine hits both.
      results.push({ bare: await load(bare.url, seconds), ours: await load(`${url}${address}`, seconds) })
    }
  } finally {
    await bare.close()
  }
  const [, middle] = results.toSorted(
    (a, b) => a.ours.perSecond / a.bare.perSecond - b.ours.perSecond / b.bare.perSecond,
  )
  if (!middle) throw new Error('nothing was measured')
  const share = middle.ours.perSecond / middle.bare.perSecond
  return {
    what: `${address} read, ${connections} connections`,
    figure: `${Math.round(middle.ours.perSecond)}/s = ${Math.round(share * 100)} %, p99 ${milliseconds(middle.ours.p99)}`,
    baseline: `${Math.round(middle.bare.perSecond)}/s, bare node:http, the same bytes`,
    bar: `≥ ${perSecondMin}/s or ≥ ${shareMin * 100} %`,
    isMet: middle.ours.perSecond >= perSecondMin || share >= shareMin,
  }
}

interface Result {
  perSecond: number
  p99: number
}

async function load(url: string, duration: number): Promise<Result> {
  const result = await autocannon({ url, connections, duration })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`)
  return { perSecond: result.requests.average, p99: result.latency.p99 }
}

async function startBare(
  folder: string,
  body: Buffer,
  headers: Headers,
): Promise<{ url: string; close(): Promise<void> }> {
  const sent = Object.fromEntries([...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name)))
  const file = path.join(folder, 'body')
  writeFileSync(file, body)
  const child = spawn(process.execPath, ['tests/bench/bare-static.ts', file, JSON.stringify(sent)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await once(child.stdout, 'data')
  return {
    url: `http://127.0.0.1:${String(port).trim()}`,
    async close() {
      const gone = once(child, 'exit')
      child.kill()
      await gone
    },
  }
}
