/** A database of one's own, as the migrations leave it: one that was given back and emptied, else a copy of the template. */
import fs from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase, rows } from '../../src/core/db.ts'
import { migrate, readMigrations } from '../../src/core/migrations.ts'
import { empty, lookAtNewborn, type Newborn } from './database-reuse.ts'
import { madeOnce } from './made-once.ts'
import { templateDatabase, withDatabase } from './postgres.ts'

interface Lender<Lent> {
  free: Lent[]
  newborn?: Newborn
}

const servers: Lender<string> = { free: [] }
const embedded: Lender<PGlite> & { files?: Promise<Blob> } = { free: [] }

export async function freshDatabaseUrl(): Promise<string> {
  const free = servers.free.pop()
  if (free !== undefined) return free
  const server = inject('postgresUrl')
  const name = `t${process.hrtime.bigint()}_${Math.floor(Math.random() * 1e6)}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name} template ${templateDatabase} strategy file_copy`)
  await admin.end()
  const url = withDatabase(server, name)
  servers.newborn ??= await withDb(url, ({ db }) => lookAtNewborn(db))
  return url
}

/** For who has closed all that was connected to it. */
export async function giveBack(url: string): Promise<void> {
  const { newborn } = servers
  if (!newborn) return
  const isEmpty = await withDb(url, async ({ db }) => (await isLeft(db)) && (await empty(db, newborn)))
  if (isEmpty) servers.free.push(url)
}

/** A connection that was closed lives on for a moment. */
async function isLeft(db: Database['db']): Promise<boolean> {
  for (let looks = 0; looks < 20; looks += 1) {
    // In sequence: until they are gone.
    const others = await rows(
      db,
      sql`select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend'`,
    )
    if (others.length === 0) return true
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return false
}

async function withDb<Result>(url: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const database = await openDatabase(url, { connections: 1 })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

export async function freshDatabase(): Promise<Database> {
  const url = await freshDatabaseUrl()
  const database = await openDatabase(url, { connections: 8 })
  return {
    ...database,
    async close() {
      await database.close()
      await giveBack(url)
    },
  }
}

/** The same contract must hold in the embedded database. */
export async function freshEmbeddedDatabase(): Promise<Database> {
  embedded.files ??= migratedFiles()
  const lite = embedded.free.pop() ?? (await PGlite.create({ loadDataDir: await embedded.files }))
  embedded.newborn ??= await lookAtNewborn(drizzle(lite))
  const { newborn } = embedded
  const lent = { isOver: false }
  return {
    db: drizzle(untilOver(lite, lent)),
    kind: 'embedded',
    async close() {
      lent.isOver = true
      if (await empty(drizzle(lite), newborn)) embedded.free.push(lite)
      else await lite.close()
    },
  }
}

/** Whoever forgot to stop must not write into the database of the next. */
function untilOver(lite: PGlite, lent: { isOver: boolean }): PGlite {
  return new Proxy(lite, {
    get(target, key) {
      if (lent.isOver) throw new Error('this database was closed')
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function migratedFiles(): Promise<Blob> {
  const file = await madeOnce('embedded.tar', async (place) => {
    const lite = await PGlite.create()
    await migrate(drizzle(lite), readMigrations('migrations'))
    const files = await lite.dumpDataDir('none')
    await lite.close()
    fs.writeFileSync(place, Buffer.from(await files.arrayBuffer()))
  })
  return new Blob([fs.readFileSync(file)])
}

export const databaseKinds = [
  { kind: 'postgres', open: freshDatabase },
  { kind: 'embedded', open: freshEmbeddedDatabase },
] as const
