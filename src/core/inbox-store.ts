/**
 * How deliveries are kept: one row each, keyed by the sender's own identity and never changed, and a small one beside it
 * until the work is done.
 */
import { type SQL, sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'

export interface Received {
  id: number
  source: string
  body: string
  content?: unknown
  receivedAt: Date
  /** Which try this is, beside those that failed. A process that died in one says nothing about the delivery. */
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
  // Three arrays instead of three parameters a row: the statement stays the same however many arrived.
  const inserted = await rows<{ id: number; source: string; key: string }>(
    db,
    sql`select id::int, source, key from accept_deliveries(${sql.param(incoming.map((one) => one.source))}::text[],
      ${sql.param(incoming.map((one) => one.key))}::text[], ${sql.param(incoming.map((one) => one.body))}::text[],
      ${now.toISOString()}::timestamptz, ${worker}::text, ${leaseInterval})`,
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

// Whoever was there at so many deaths may be what they died of.
const takeoversMax = 3

/** Rows that nobody works on: their process died, or an attempt failed and its pause is over. */
export async function claimInbox(db: Db, worker: string, limit: number, now: Date): Promise<Received[]> {
  return claim(db, worker, now, { which: sql`takeovers < ${takeoversMax}`, limit, counted: 0 })
}

// So many suspects are tried together that were begun never, once, or more often.
const handfuls = [100, 10, 1]

/**
 * Those that were there whenever a process died. One of them may be the reason, the others are innocent: so a handful is
 * tried, a smaller one of those whose handful ended so, and in the end each alone. That they are begun is counted before,
 * because afterwards there may be nobody left to count. Those that were begun least go first.
 */
export async function claimSuspects(db: Db, worker: string, now: Date): Promise<Received[]> {
  const isSuspect = sql`takeovers >= ${takeoversMax}`
  const [least] = await rows<{ failures: number | null }>(
    db,
    sql`select min(failures) as failures from inbox_work where ${isFree(now)} and ${isSuspect}`,
  )
  const begun = least?.failures ?? null
  if (begun === null) return []
  const limit = handfuls[begun] ?? 1
  const which = sql`${isSuspect} and failures = ${begun}`
  return claim(db, worker, now, { which, limit, counted: 1 })
}

function isFree(now: Date): SQL {
  return sql`not_before <= ${now.toISOString()} and (leased_by is null or leased_until < now())`
}

/** `counted` is 1 where this try counts as a failure unless it ends well. */
async function claim(
  db: Db,
  worker: string,
  now: Date,
  { which, limit, counted }: { which: SQL; limit: number; counted: 0 | 1 },
): Promise<Received[]> {
  const found = await rows<{ id: number; source: string; body: string; received_at: string | Date; failures: number }>(
    db,
    sql`with free as (
      select id from inbox_work where ${isFree(now)} and ${which} order by id limit ${limit} for update skip locked),
    taken as (
      update inbox_work set leased_by = ${worker}, leased_until = now() + ${leaseInterval}, failures = failures + ${counted},
        takeovers = takeovers + case when leased_by is null then 0 else 1 end
      from free where inbox_work.id = free.id
      returning inbox_work.id, failures)
    select inbox.id::int, source, body, received_at, failures from taken join inbox using (id)`,
  )
  const received = found.map((row) => ({
    id: row.id,
    source: row.source,
    body: row.body,
    receivedAt: new Date(row.received_at),
    attempt: row.failures + 1 - counted,
  }))
  return received.sort((a, b) => a.id - b.id)
}

const leaseInterval = sql`interval '9 seconds'`

export async function extendInboxLeases(db: Db, worker: string): Promise<void> {
  await db.execute(sql`update inbox_work set leased_until = now() + ${leaseInterval}
    where leased_by = ${worker}`)
}

/** How many of them this worker still held; the others were taken over and belong to somebody else now. */
export async function closeInbox(tx: Db, ids: readonly number[], worker: string): Promise<number> {
  const [closed] = await rows<{ n: number }>(
    tx,
    sql`with closed as (
      delete from inbox_work where id = any(${sql.param([...ids])}::bigint[]) and leased_by = ${worker} returning 1)
    select count(*)::int as n from closed`,
  )
  return closed?.n ?? 0
}

/** Closed like the others, and it is known why nothing came of it. Whether this worker still held it. */
export async function giveUpInbox(tx: Db, id: number, worker: string, because: string): Promise<boolean> {
  if ((await closeInbox(tx, [id], worker)) === 0) return false
  await tx.execute(sql`update inbox set gave_up = ${because} where id = ${id}`)
  return true
}

/** For a later try, with the failures that count until then. */
export async function releaseInbox(
  db: Db,
  released: readonly { id: number; failures: number }[],
  { worker, notBefore, error }: { worker: string; notBefore: Date; error: string },
): Promise<void> {
  await db.execute(sql`update inbox_work set leased_by = null, leased_until = null, not_before = ${notBefore.toISOString()},
      last_error = ${error}, failures = given.failures
    from unnest(${sql.param(released.map(({ id }) => id))}::bigint[],
      ${sql.param(released.map(({ failures }) => failures))}::int[]) as given (id, failures)
    where inbox_work.id = given.id and leased_by = ${worker}`)
}

export async function countOpen(db: Db): Promise<{ open: number; suspects: number }> {
  const [row] = await rows<{ open: number; suspects: number }>(
    db,
    sql`select count(*)::int as open, (count(*) filter (where takeovers >= ${takeoversMax}))::int as suspects
      from inbox_work`,
  )
  return row ?? { open: 0, suspects: 0 }
}
