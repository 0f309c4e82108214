/**
 * A server with a live database, a folder with one backup, and a `pg_restore` that waits until it is told how to end.
 * The server is real; restores with PostgreSQL's own tools are in index.test.ts, where those are installed.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { talkTo } from '../../../../core/other-databases.ts'
import type { StandIn } from '../stand-in.ts'

const tool = (home: string) => `#!${process.execPath}
  import fs from 'node:fs'
  import { createRequire } from 'node:module'
  const args = process.argv.slice(2)
  if (args[0] === '--list') {
    console.log('; Archive created at 2026-03-01 10:00:00 UTC\\n;     Dumped from database version: 14.1')
    process.exit(0)
  }
  while (!fs.existsSync('${home}/go')) await new Promise((resolve) => setTimeout(resolve, 20))
  if (fs.readFileSync('${home}/go', 'utf8') === 'badly') process.exit(1)
  const pg = createRequire('${fileURLToPath(import.meta.url)}')('pg')
  const client = new pg.Client({ database: args.find((one) => one.startsWith('--dbname=')).slice(9) })
  await client.connect()
  await client.query(fs.readFileSync(args.at(-1), 'utf8'))
  await client.end()
  fs.appendFileSync('${home}/changes', '.')
`

export async function startStandIn({ postgresUrl }: { postgresUrl: string }): Promise<StandIn> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-restore-'))
  const file = (name: string) => path.join(home, name)
  const read = (name: string) => (fs.existsSync(file(name)) ? fs.readFileSync(file(name), 'utf8') : '')
  fs.writeFileSync(file('package.json'), '{"type":"module"}')
  fs.writeFileSync(file('pg_restore'), tool(home), { mode: 0o755 })
  fs.writeFileSync(file('monday.dump'), 'create table orders as select 1 as id;')
  const database = `shop${process.hrtime.bigint() % 1_000_000_000n}`
  const sql = (...lines: string[]) =>
    talkTo(postgresUrl, { secondsMax: 20, isReadOnly: false }, async ({ ask }) => {
      for (const line of lines) await ask(line)
      return ask('select datname from pg_database where datname like $1', [`${database}%`])
    })
  await sql(`create database ${database}`)
  return {
    settings: { from: 'dumps', folder: home, urlVariable: 'URL', database, binaries: home },
    params: { to: 'monday.dump' },
    secrets: { URL: postgresUrl },
    textParam: 'to',
    world: () => ({ files: fs.readdirSync(home).filter((name) => name !== 'go'), backup: read('monday.dump') }),
    changes: () => read('changes').length,
    faults: null,
    othersChangeIt: () => fs.writeFileSync(file('monday.dump'), 'select 1;'),
    finish: (how) => fs.writeFileSync(file('go'), how),
    async close() {
      // What still waits for a word gets one, and has ended before its folder goes.
      fs.writeFileSync(file('go'), 'badly')
      await new Promise((resolve) => setTimeout(resolve, 100))
      for (const { datname } of await sql()) await sql(`drop database if exists ${String(datname)} with (force)`)
      fs.rmSync(home, { recursive: true, force: true })
    },
  }
}
