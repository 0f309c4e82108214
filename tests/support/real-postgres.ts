/**
 * A PostgreSQL with its tools (pg_dump, pg_restore), as the system's packages bring it: what npm brings is the server
 * alone. Where it is missing, tests that need it say so on the terminal and are skipped.
 */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { freePort } from './postgres.ts'

const tools = ['initdb', 'pg_ctl', 'postgres', 'pg_dump', 'pg_restore', 'pg_amcheck']

/** Null when there is none, which is said loudly. */
export const realBinaries = findBinaries()
export const realBackRest = present('pgBackRest', ['/usr/bin/pgbackrest'].find((file) => fs.existsSync(file)) ?? null)

function findBinaries(): string | null {
  const home = '/usr/lib/postgresql'
  const versions = fs.existsSync(home) ? fs.readdirSync(home).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = versions.map((version) => path.join(home, version, 'bin'))
  const found = folders.find((folder) => tools.every((tool) => fs.existsSync(path.join(folder, tool))))
  return present('PostgreSQL with pg_dump and pg_restore', found ?? null)
}

function present(what: string, found: string | null): string | null {
  if (found === null) process.stderr.write(`\nSKIPPED: ${what} is not installed; restores are not tested for real\n\n`)
  return found
}

/** PostgreSQL refuses to run as root. */
export const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined

export interface RealServer {
  url: string
  home: string
  port: number
  data: string
  connect(database?: string): Promise<pg.Client>
  run(tool: string, ...args: string[]): string
  stop(): void
}

export async function startRealServer(settings: readonly string[] = []): Promise<RealServer> {
  if (realBinaries === null) throw new Error('there is no PostgreSQL with its tools here')
  const binaries = realBinaries
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-real-'))
  fs.chmodSync(home, 0o755)
  const data = path.join(home, 'data')
  for (const folder of [data, path.join(home, 'backups')]) {
    fs.mkdirSync(folder, { mode: 0o700 })
    if (identity) fs.chownSync(folder, identity.uid, identity.gid)
  }
  if (identity) fs.chownSync(home, identity.uid, identity.gid)
  const port = await freePort()
  const run = (tool: string, ...args: string[]) =>
    execFileSync(path.join(binaries, tool), args, {
      ...identity,
      cwd: '/',
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH ?? '',
        LANG: 'C.UTF-8',
        PGHOST: '127.0.0.1',
        PGPORT: String(port),
        PGUSER: 'postgres',
      },
    })
  run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-k', '--no-sync')
  const here = ["listen_addresses='127.0.0.1'", `unix_socket_directories='${home}'`, 'dynamic_shared_memory_type=mmap']
  const all = [`port=${port}`, ...here, ...settings]
  fs.appendFileSync(path.join(data, 'postgresql.conf'), `\n${all.join('\n')}\n`)
  run('pg_ctl', '-D', data, '-w', '-s', '-l', path.join(home, 'pg.log'), 'start')
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`
  return {
    url: url('shop'),
    home,
    port,
    data,
    run,
    async connect(database = 'shop') {
      const client = new pg.Client({ connectionString: url(database) })
      // Restores cut connections; that is no failure of the test's.
      client.on('error', () => {})
      await client.connect()
      return client
    },
    stop() {
      run('pg_ctl', '-D', data, '-w', '-s', '-m', 'immediate', 'stop')
      fs.rmSync(home, { recursive: true, force: true })
    },
  }
}

/** A shop with some orders, the newest a moment ago. */
export async function fillShop(server: RealServer, orders = 20_000): Promise<void> {
  const admin = await server.connect('postgres')
  await admin.query('create database shop')
  await admin.end()
  const shop = await server.connect()
  await shop.query(`create table orders (id serial primary key, total numeric not null, note text, created_at timestamptz not null default clock_timestamp());
    create table customers (id int primary key, name text not null);
    insert into customers select n, 'customer ' || n from generate_series(1, 500) n;
    insert into orders (total, note) select (n % 97) * 1.25, md5(n::text) from generate_series(1, ${orders}) n`)
  await shop.end()
}
