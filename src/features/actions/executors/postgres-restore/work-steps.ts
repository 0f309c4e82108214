/** What both kinds of restore share: running a program, saying what happens, and the checks afterwards. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { addressOf, type Conversation, talkTo } from '../../../../core/other-databases.ts'
import { differences, emptied, fingerprintOf, type Tables } from './fingerprint.ts'
import type { Checks, Config } from './settings.ts'

/** It went wrong, and the message says how. */
export class Failed extends Error {}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

export async function timed<T>(what: string, work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const began = performance.now()
  const result = await work()
  const seconds = (performance.now() - began) / 1_000
  say(`${what}: ${seconds.toFixed(1)} s`)
  return { result, seconds }
}

const asking: AbortController = new AbortController()
process.once('SIGTERM', () => asking.abort())

/** Throws between steps, and within the ones that listen, once somebody wants this to end. */
export function mayGoOn(): void {
  if (asking.signal.aborted) throw new Failed('ended, because somebody asked or its time was up')
}

export interface RunAs {
  env?: Record<string, string>
  /** As whom the runner itself runs: stopping a service needs its rights. */
  as?: 'runner'
  /** Not ended half-way because somebody asked. */
  isUrgent?: true
  /** What it says when all is well is left out. */
  isQuiet?: true
}

export async function run(
  config: Config,
  argv: readonly [string, ...string[]],
  { env = {}, as, isUrgent, isQuiet }: RunAs = {},
): Promise<void> {
  if (!isUrgent) mayGoOn()
  const [file, ...args] = argv
  const child = spawn(file, args, {
    ...(as === 'runner' ? {} : config.user),
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', TZ: 'UTC', ...env },
    stdio: ['ignore', isQuiet ? 'ignore' : 'inherit', 'inherit'],
  })
  const code = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (exitCode, signal) => resolve(String(exitCode ?? signal)))
  })
  if (code !== '0') throw new Failed(`${path.basename(file)} ended with ${code}`)
  if (!isUrgent) mayGoOn()
}

export const patience = { secondsMax: 3_600, isReadOnly: false }

export interface Expected {
  /** From the manifest: exactly this. */
  manifest: Tables | null
  /** Of the live database, when there is no manifest. */
  live: Tables | null
  /** The moment that the backup stands for. */
  standsFor: Date
}

/** Whether what came back is what was saved. Each check says what it saw; the first that fails ends it. */
export async function check(config: Config, url: string, expected: Expected): Promise<void> {
  const { result: found } = await timed('counted and summed every table', () => talkTo(url, patience, fingerprintOf))
  const rows = Object.values(found).reduce((sum, one) => sum + one.rows, 0)
  say(`${Object.keys(found).length} tables, ${rows} rows`)
  const wrong = expected.manifest
    ? differences(expected.manifest, found)
    : expected.live
      ? emptied(expected.live, found)
      : []
  if (wrong.length > 0) throw new Failed(wrong.slice(0, 5).join('; '))
  if (expected.manifest) say('rows and checksums are those of the manifest')
  await talkTo(url, patience, (conversation) => askQuestions(config.checks, conversation, expected.standsFor))
  await readPages(config, url)
}

export async function askQuestions(checks: Checks, { ask }: Conversation, standsFor: Date): Promise<void> {
  for (const { query, is } of checks.queries) {
    const [row] = await ask(query)
    const seen = String(Object.values(row ?? {})[0] ?? 'nothing')
    if (seen !== is) throw new Failed(`“${query}” gives ${seen} instead of ${is}`)
    say(`“${query}” gives ${seen}`)
  }
  if (!checks.newest) return
  const [row] = await ask(checks.newest.query)
  const seen = Object.values(row ?? {})[0]
  const newest = seen instanceof Date ? seen : new Date(String(seen))
  if (Number.isNaN(newest.getTime())) throw new Failed('there is no newest record')
  const seconds = (standsFor.getTime() - newest.getTime()) / 1_000
  say(`newest record ${newest.toISOString()}, ${seconds.toFixed(1)} s before the backup's moment`)
  if (seconds > checks.newest.withinMinutes * 60)
    throw new Failed(
      `the newest record is older than ${checks.newest.withinMinutes} minutes before the backup's moment`,
    )
}

async function readPages(config: Config, url: string): Promise<void> {
  const program = path.join(config.binaries, 'pg_amcheck')
  if (!config.checks.amcheck) return
  if (!fs.existsSync(program)) return say('pg_amcheck is not installed: pages and indexes are not read')
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const env = {
    PGHOST: searchParams.get('host') ?? hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
  }
  const database = decodeURIComponent(pathname.slice(1))
  await timed('read every page and index', () =>
    run(
      config,
      [program, `--database=${database}`, '--install-missing', '--heapallindexed', '--jobs=2', '--no-password'],
      { env },
    ),
  )
}

export { addressOf, talkTo }
