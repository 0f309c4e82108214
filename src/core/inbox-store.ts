/** How deliveries are kept until they are worked on: one row each, keyed by the sender's own identity. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'

export interface Received {
  id: number
  source: string
  body: string
  content?: unknown
  receivedAt: Date
  attempt: number
}

export interface Incoming {
  source: string
  /** The sender's identity for this delivery: event id, trigger id, payload digest. */
  key: string
  body: string
  /** The body as it was read already, to spare reading it again; never stored. */
  content?: unknown
}

export interface Inserted {
  id: number
  isNew: boolean
}

/** One commit for all that arrived together. Rows are leased to this process at once: it starts on them right away. */
export async function insertAll(
  db: Db,
  incoming: readonly Incoming[],
  { now, worker }: { now: Date; worker: string | null },
): Promise<Inserted[]> {
  const at = now.toISOString()
  const lease = worker === null ? sql`null, null` : sql`${worker}::text, now() + ${leaseInterval}`
  // Four arrays instead of four parameters a row: the statement stays the same however many arrived.
  const inserted = await rows<{ id: number; source: string; key: string }>(
    db,
    sql`insert into inbox (source, key, body, received_at, not_before, attempts, leased_by, leased_until)
      select source, key, body, ${at}::timestamptz, ${at}::timestamptz, ${worker === null ? 0 : 1}::int, ${lease}
      from unnest(${sql.param(incoming.map((one) => one.source))}::text[], ${sql.param(incoming.map((one) => one.key))}::text[],
        ${sql.param(incoming.map((one) => one.body))}::text[]) as given (source, key, body)
      on conflict (source, key) do nothing
      returning id::int, source, key`,
  )
  const newIds = new Map(inserted.map((row) => [`${row.source} ${row.key}`, row.id]))
  const results: Inserted[] = []
  for (const { source, key } of incoming) {
    const name = `${source} ${key}`
    const id = newIds.get(name)
    // The second of two copies in one batch finds its name taken away.
    newIds.delete(name)
    // In sequence and rare: only for deliveries that came twice.
    results.push(id === undefined ? { id: await existing(db, source, key), isNew: false } : { id, isNew: true })
  }
  return results
}

async function existing(db: Db, source: string, key: string): Promise<number> {
  const [row] = await rows<{ id: number }>(db, sql`select id::int from inbox where source = ${source} and key = ${key}`)
  if (!row) throw new Error(`inbox: ${source} ${key} was refused as a duplicate and is not there`)
  return row.id
}

/** Rows that nobody works on: their process died, or an attempt failed and its pause is over. */
export async function claimInbox(db: Db, worker: string, limit: number, now: Date): Promise<Received[]> {
  const found = await rows<{ id: number; source: string; body: string; received_at: string | Date; attempts: number }>(
    db,
    sql`with open as (
      select id from inbox where closed_at is null and not_before <= ${now.toISOString()}
        and (leased_by is null or leased_until < now())
      order by id limit ${limit} for update skip locked)
    update inbox set leased_by = ${worker}, leased_until = now() + ${leaseInterval}, attempts = attempts + 1
    from open where inbox.id = open.id
    returning inbox.id::int, source, body, received_at, attempts`,
  )
  const received = found.map((row) => ({
    id: row.id,
    source: row.source,
    body: row.body,
    receivedAt: new Date(row.received_at),
    attempt: row.attempts,
  }))
  return received.sort((a, b) => a.id - b.id)
}

const leaseInterval = sql`interval '9 seconds'`

export async function extendInboxLeases(db: Db, worker: string): Promise<void> {
  await db.execute(sql`update inbox set leased_until = now() + ${leaseInterval}
    where leased_by = ${worker} and closed_at is null`)
}

/** The ids that this worker still held; the others were taken over and belong to somebody else now. */
export async function closeInbox(
  tx: Db,
  ids: readonly number[],
  { worker, outcome, now, error }: { worker: string; outcome: 'done' | 'dead'; now: Date; error?: string },
): Promise<Set<number>> {
  const closed = await rows<{ id: number }>(
    tx,
    sql`update inbox set closed_at = ${now.toISOString()}, outcome = ${outcome}, leased_by = null, leased_until = null,
      last_error = ${error ?? null}
      where id = any(${sql.param([...ids])}::bigint[]) and leased_by = ${worker} and closed_at is null returning id::int`,
  )
  return new Set(closed.map((row) => row.id))
}

export async function releaseInbox(
  db: Db,
  ids: readonly number[],
  { worker, notBefore, error }: { worker: string; notBefore: Date; error: string },
): Promise<void> {
  await db.execute(sql`update inbox set leased_by = null, leased_until = null, not_before = ${notBefore.toISOString()},
    last_error = ${error} where id = any(${sql.param([...ids])}::bigint[]) and leased_by = ${worker} and closed_at is null`)
}

export async function countOpen(db: Db): Promise<number> {
  const [row] = await rows<{ n: number }>(db, sql`select count(*)::int as n from inbox where closed_at is null`)
  return row?.n ?? 0
}
