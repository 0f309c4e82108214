/**
 * Keeps the demo service running in the release that shall run, like an orchestrator in miniature: a newcomer, or a
 * story, has something real to roll back. It watches what is desired and replaces the process when that changes.
 */
import { type ChildProcess, fork } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { addressFile, findRelease, readDesired, writeDesired } from './releases.ts'

export interface DemoService {
  url(): string
  /** For a line on a page: `checkout runs v142 and is broken`. */
  status(): string
  close(): Promise<void>
}

export interface DemoOptions {
  folder: string
  /** 0 takes any. */
  port: number
  onChange?(): void
}

/** Where the `process` executor's own folder is, so that its `{home}` leads to the same place. */
export function demoFolder(dataFolder: string): string {
  return path.resolve(dataFolder, 'runs', 'process', 'demo-service')
}

const lookMilliseconds = 150
const againMilliseconds = 2_000

export async function startDemoService({ folder, port, onChange = () => {} }: DemoOptions): Promise<DemoService> {
  writeDesired(folder, readDesired(folder))
  const now: { child: ChildProcess | null; release: string; port: number; problem: string | null; notBefore: number } =
    {
      child: null,
      release: '',
      port,
      problem: null,
      notBefore: 0,
    }
  const work: { busy: Promise<void>; isClosed: boolean } = { busy: Promise.resolve(), isClosed: false }
  const url = () => `http://127.0.0.1:${now.port}`

  async function bring(release: string): Promise<void> {
    await end(now.child)
    const child = fork(fileURLToPath(new URL('./service.ts', import.meta.url)), [release, String(now.port)], {
      stdio: 'ignore',
      env: { PATH: process.env.PATH ?? '' },
    })
    const said = await new Promise<{ port?: number; problem?: string }>((resolve) => {
      child.once('message', (message) => resolve(message as { port?: number; problem?: string }))
      child.once('exit', (code) => resolve({ problem: `ended with ${code}` }))
    })
    now.problem = said.problem ?? null
    now.child = said.port === undefined ? null : child
    now.release = said.port === undefined ? '' : release
    now.notBefore = said.port === undefined ? Date.now() + againMilliseconds : 0
    if (said.port !== undefined) {
      now.port = said.port
      fs.writeFileSync(addressFile(folder), url())
    }
    onChange()
  }

  const look = () => {
    const wanted = readDesired(folder).current
    const isRunning = now.child !== null && now.child.exitCode === null && now.child.signalCode === null
    if (work.isClosed || (wanted === now.release && isRunning) || Date.now() < now.notBefore) return
    work.busy = work.busy.then(() => (work.isClosed ? undefined : bring(wanted)))
    now.notBefore = Date.now() + againMilliseconds
    void work.busy.then(() => {
      if (now.problem === null) now.notBefore = 0
    })
  }
  await bring(readDesired(folder).current)
  const eye = setInterval(look, lookMilliseconds)
  eye.unref()

  return {
    url,
    status() {
      const release = findRelease(now.release)
      if (now.problem === 'EADDRINUSE')
        return `checkout does not run: port ${now.port} is taken. Write another one in tocsin.yml, in demoService and its probes`
      if (now.problem !== null) return `checkout does not run: ${now.problem} on port ${now.port}`
      return `checkout runs ${release?.name ?? 'nothing'} and is ${release?.isBroken ? 'broken' : 'well'}`
    },
    async close() {
      work.isClosed = true
      clearInterval(eye)
      await work.busy
      await end(now.child)
    },
  }
}

async function end(child: ChildProcess | null): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), 2_000)
  await gone
  clearTimeout(impatience)
}
