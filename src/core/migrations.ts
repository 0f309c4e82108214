/**
 * Brings the database to the shape this release expects: `migrations/NNNN-title.sql`, forward only, in order,
 * each in a transaction, under a lock so that replicas starting together do it once.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'

export interface Migration {
  name: string
  script: string
  sha: string
}

export function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => {
    const script = readFileSync(path.join(folder, name), 'utf8')
    return { name, script, sha: createHash('sha256').update(script).digest('hex') }
  })
}

export async function migrate(db: Db, migrations: readonly Migration[]): Promise<string[]> {
  if (await isDone(db, migrations)) return []
  await db.transaction(async (tx) => {
    await lock(tx)
    await tx.execute(sql`create table if not exists migrations (
      name text primary key, sha text not null, applied_at timestamptz not null default now())`)
  })
  const done: string[] = []
  for (const migration of migrations) {
    // In sequence, each in its own transaction: the second may need what the first made.
    if (await applyOne(db, migration)) done.push(migration.name)
  }
  return done
}

/** True at nearly every start, and asked without the lock. Whatever is not as it should be is looked at under it. */
async function isDone(db: Db, migrations: readonly Migration[]): Promise<boolean> {
  const [table] = await rows<{ is_there: boolean }>(db, sql`select to_regclass('migrations') is not null as is_there`)
  if (!table?.is_there) return false
  const shas = await appliedShas(db)
  return migrations.every(({ name, sha }) => shas.get(name) === sha)
}

async function appliedShas(db: Db): Promise<ReadonlyMap<string, string>> {
  const applied = await rows<{ name: string; sha: string }>(db, sql`select name, sha from migrations`)
  return new Map(applied.map(({ name, sha }) => [name, sha]))
}

function applyOne(db: Db, migration: Migration): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lock(tx)
    const [applied] = await rows<{ sha: string }>(tx, sql`select sha from migrations where name = ${migration.name}`)
    if (applied && applied.sha !== migration.sha) {
      throw new Error(
        `migrations/${migration.name} was changed after it ran here: restore it, and add a new file instead`,
      )
    }
    if (applied) return false

    for (const statement of splitStatements(migration.script)) await tx.execute(sql.raw(statement))
    await tx.execute(sql`insert into migrations (name, sha) values (${migration.name}, ${migration.sha})`)
    return true
  })
}

async function lock(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('tocsin/migrations', 0))`)
}

export async function pendingMigrations(db: Db, migrations: readonly Migration[]): Promise<string[]> {
  const shas = await appliedShas(db)
  return migrations.map((migration) => migration.name).filter((name) => !shas.has(name))
}

/** A prepared statement holds one command only. Our files end each with `;` at the end of a line, `$$` bodies apart. */
export function splitStatements(script: string): string[] {
  const statements: string[] = []
  let current = ''
  let insideBody = false
  for (const line of script.split('\n')) {
    if (!insideBody && line.trimStart().startsWith('--')) continue
    current += `${line}\n`
    if ((line.match(/\$\$/g)?.length ?? 0) % 2 === 1) insideBody = !insideBody
    if (insideBody || !line.trimEnd().endsWith(';')) continue
    statements.push(current.trim())
    current = ''
  }
  if (current.trim() !== '') throw new Error(`a migration ends without a semicolon: ${current.trim().slice(0, 60)}`)
  return statements
}
