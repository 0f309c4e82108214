/**
 * Which process works on which action. By the database's clock, because whether a process still lives is a question
 * about real time. A lease is a courtesy, not a lock: what must not happen twice is refused by the states themselves.
 */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'

export const leaseSeconds = 9
export const heartbeatMilliseconds = 3_000

/** Actions that want a runner now and have none. */
export async function claim(db: Db, owner: string, limit: number): Promise<string[]> {
  const taken = await rows<{ id: string }>(
    db,
    sql`with free as (
      select a.id from actions a left join action_leases l on l.action = a.id
      where ${wantsRunner} and (l.until is null or l.until < now())
      order by a.id limit ${limit} for update of a skip locked)
    insert into action_leases (action, owner, until)
      select id, ${owner}, now() + ${leaseInterval} from free
      on conflict (action) do update set owner = excluded.owner, until = excluded.until
        where action_leases.until < now()
      returning action::text as id`,
  )
  return taken.map((row) => row.id)
}

/**
 * Keeps the leases of what is really being worked on, and says which of them are still ours. Any other lease of this
 * process runs out: whatever went wrong with it, somebody takes it up again.
 */
export async function extend(db: Db, owner: string, ids: readonly string[]): Promise<string[]> {
  const kept = await rows<{ id: string }>(
    db,
    sql`update action_leases set until = now() + ${leaseInterval} where owner = ${owner} and until > now()
      and action = any(${`{${ids.join(',')}}`}::int[])
      returning action::text as id`,
  )
  return kept.map((row) => row.id)
}

export async function release(db: Db, owner: string, id: string): Promise<void> {
  await db.execute(sql`delete from action_leases where action = ${Number(id)} and owner = ${owner}`)
}

/** How many have something to do now, whoever does it. */
export async function countAtWork(db: Db): Promise<number> {
  const [row] = await rows<{ n: number }>(db, sql`select count(*)::int as n from actions a where ${wantsRunner}`)
  return row?.n ?? 0
}

const leaseInterval = sql.raw(`interval '${leaseSeconds} seconds'`)

const wantsRunner = sql`a.state in ('planning', 'approved', 'preflight', 'dispatching', 'running', 'stopping', 'verifying', 'unknown')
  and (a.state <> 'approved' or a.runs_itself or a.run_asked_by is not null)
  and (a.state <> 'unknown' or a.reconcile ->> 'doneAt' is null)`
