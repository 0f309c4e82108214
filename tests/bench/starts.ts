/** From the command to a page that answers, and the memory of a bot that has nothing to do. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBotProcess } from '../support/bot-process.ts'
import { manifest } from '../support/manifest.ts'
import { freePort } from '../support/postgres.ts'
import type { Bench, Figure } from './run.ts'

const restSeconds = 10

export async function measureStarts(bench: Bench): Promise<Figure[]> {
  const bare = await timeOf(['-e', 'process.stdout.write("up")'])
  const folder = bench.folder()
  const cold = await tryMode(folder)
  await rest()
  const embedded = residentMegabytes(cold.child.pid)
  await end(cold.child)
  const again = await tryMode(folder)
  await end(again.child)

  const simulator = await startSimulator({ manifest })
  const bot = await startBotProcess({ simulator, databaseUrl: await bench.databaseUrl('starts'), hookToken: 'x' })
  await rest()
  const onPostgres = residentMegabytes(bot.pid)
  await bot.kill()
  await simulator.close()
  const baseline = `node alone: ${bare.toFixed(2)} s`
  return [
    {
      what: 'cold `npm start` on an empty folder → page answers',
      figure: `${cold.seconds.toFixed(1)} s`,
      baseline,
      bar: '≤ 6 s',
      isMet: cold.seconds <= 6,
    },
    {
      what: 'started again',
      figure: `${again.seconds.toFixed(1)} s`,
      baseline,
      bar: '≤ 3 s',
      isMet: again.seconds <= 3,
    },
    {
      what: 'memory at rest, PostgreSQL',
      figure: `${onPostgres} MB`,
      baseline: '',
      bar: '≤ 200 MB',
      isMet: onPostgres <= 200,
    },
    {
      what: 'memory at rest, embedded database and simulator',
      figure: `${embedded} MB`,
      baseline: '',
      bar: '≤ 380 MB',
      isMet: embedded <= 380,
    },
  ]
}

async function tryMode(folder: string): Promise<{ seconds: number; child: ChildProcess }> {
  const port = await freePort()
  const started = performance.now()
  const child = spawn('npm', ['start', '--silent'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), TOCSIN_DATA_DIR: folder },
    stdio: 'ignore',
    detached: true,
  })
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.ok,
      () => false,
    )
    if (isUp) return { seconds: (performance.now() - started) / 1_000, child }
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** npm and what it started: one group. */
async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  if (child.pid) process.kill(-child.pid, 'SIGTERM')
  await gone
  await new Promise((resolve) => setTimeout(resolve, 500))
}

async function timeOf(args: string[]): Promise<number> {
  const started = performance.now()
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')
  return (performance.now() - started) / 1_000
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, restSeconds * 1_000))
}

/** The largest process of the group: npm's own shell does not count. */
function residentMegabytes(pid: number | undefined): number {
  const own = memoryOf(pid ?? 0)
  return Math.max(own, ...childrenOf(pid ?? 0).map(residentMegabytes))
}

function memoryOf(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(found ?? 0) / 1_024)
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}
