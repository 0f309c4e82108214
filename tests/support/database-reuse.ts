/**
 * A database that somebody is done with is emptied and lent again, which is far quicker than making one. Whoever changed
 * its shape or its statistics, or what its migrations put into it, keeps it.
 */
import { type SQL, sql } from 'drizzle-orm'
import { type Db, rows } from '../../src/core/db.ts'

/** What a database is like that was just migrated. */
export interface Newborn {
  shape: string
  /** The tables into which migrations put rows. */
  filled: readonly string[]
  content: string
}

export async function lookAtNewborn(db: Db): Promise<Newborn> {
  const filled = await filledTables(db)
  return { shape: await shapeOf(db), filled, content: await contentOf(db, filled) }
}

/** Whether it is as it was born. */
export async function empty(db: Db, newborn: Newborn): Promise<boolean> {
  if ((await shapeOf(db)) !== newborn.shape || (await contentOf(db, newborn.filled)) !== newborn.content) return false
  const tables = (await filledTables(db)).filter((table) => !newborn.filled.includes(table))
  // Whoever keeps a record from being deleted must let it be deleted here.
  await db.execute(sql`set session_replication_role = replica`)
  // Not `truncate`: it gives each table and each of its indexes a new file, and that is most of what it costs. What a
  // test has left are a few rows; where there were thousands, new files are the smaller evil.
  const large = await largeTables(db)
  const small = tables.filter((table) => !large.includes(table))
  if (large.length > 0) await db.execute(sql.raw(`truncate ${large.join(', ')} cascade`))
  const deletes = small.map((table, nth) => `d${nth} as (delete from ${table})`)
  if (small.length > 0) await db.execute(sql.raw(`with ${deletes.join(', ')} select`))
  await db.execute(sql`select setval(seqrelid::regclass, seqstart, false) from pg_sequence`)
  await db.execute(sql`set session_replication_role = origin`)
  return true
}

async function filledTables(db: Db): Promise<string[]> {
  const names = await rows<{ name: string }>(
    db,
    sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1`,
  )
  const each = names.map(({ name }) => sql.raw(`select '${name}' as name where exists (select from ${name})`))
  return (await rows<{ name: string }>(db, sql.join(each, sql` union all `))).map(({ name }) => name)
}

async function largeTables(db: Db): Promise<string[]> {
  const names = await rows<{ name: string }>(
    db,
    sql`select quote_ident(relname) as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > ${largeBytes}`,
  )
  return names.map(({ name }) => name)
}

const largeBytes = 1024 * 1024

async function contentOf(db: Db, tables: readonly string[]): Promise<string> {
  const each = tables.map((table) => sql.raw(`(select string_agg(t::text, ',' order by t::text) from ${table} t)`))
  return one(db, sql`select concat_ws(';', ${sql.join(each, sql`, `)}) as is`)
}

function shapeOf(db: Db): Promise<string> {
  return one(
    db,
    sql`select concat_ws(';',
      (select string_agg(concat(oid, relname, relnatts, relacl), ',' order by oid) from pg_class
        where relnamespace = 'public'::regnamespace),
      (select string_agg(concat(oid, tgenabled), ',' order by oid) from pg_trigger),
      (select string_agg(concat(oid, prosrc), ',' order by oid) from pg_proc
        where pronamespace = 'public'::regnamespace),
      -- Who has statistics of rows that are gone plans for them: seconds become minutes.
      (select count(*) from pg_statistic where starelid in (
        select oid from pg_class where relnamespace = 'public'::regnamespace))) as is`,
  )
}

async function one(db: Db, query: SQL): Promise<string> {
  const [row] = await rows<{ is: string }>(db, query)
  return row?.is ?? ''
}
