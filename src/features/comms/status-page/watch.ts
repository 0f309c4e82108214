/**
 * When somebody watched a component: a row for each stretch of time during which Tocsin ran and had it on the page. The
 * bars are grey where there is none, because nobody would have been told of anything.
 *
 * Written beside `perform`, like a lease: nobody decides anything here, and a journal of it would say «still there» every
 * minute for ever.
 */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../core/db.ts'
import { daysShown } from './page.ts'
import type { Interval } from './uptime.ts'

/** After a longer silence nobody knows what was in between: a restart is shorter, a lost night is not. */
const silenceMinutes = 10

export async function keepWatching(db: Db, components: readonly string[], now: Date): Promise<void> {
  if (components.length === 0) return
  const at = now.toISOString()
  const wanted = sql`unnest(${sql.param([...components])}::text[])`
  await db.transaction(async (tx) => {
    // One after the other over all replicas: two would begin two stretches of the same time.
    await rows(tx, sql`select pg_advisory_xact_lock(hashtextextended('comms/status-watch', 0))`)
    await tx.execute(sql`with newest as (
        select distinct on (component) component, from_at from status_watches order by component, from_at desc)
      update status_watches watch set until_at = greatest(until_at, ${at}::timestamptz) from newest
      where watch.component = newest.component and watch.from_at = newest.from_at
        and watch.component in (select ${wanted})
        and until_at >= ${at}::timestamptz - make_interval(mins => ${silenceMinutes})`)
    await tx.execute(sql`insert into status_watches (component, from_at, until_at)
      select wanted, ${at}::timestamptz, ${at}::timestamptz from ${wanted} wanted
      where not exists (select from status_watches where component = wanted
        and until_at >= ${at}::timestamptz - make_interval(mins => ${silenceMinutes}))`)
  })
}

/** By component. The newest stretch goes on until now, unless nobody wrote for too long. */
export async function readWatched(db: Db, now: Date): Promise<Map<string, Interval[]>> {
  const since = new Date(now.getTime() - (daysShown + 1) * 86_400_000).toISOString()
  const found = await rows<{ component: string; from_at: string | Date; until_at: string | Date }>(
    db,
    sql`select component, from_at, until_at from status_watches where until_at >= ${since} order by component, from_at`,
  )
  const intervals = found.map(({ component, from_at, until_at }) => {
    const until = new Date(until_at).getTime()
    const isCurrent = now.getTime() - until <= silenceMinutes * 60_000
    return { component, from: new Date(from_at).getTime(), until: isCurrent ? Math.max(until, now.getTime()) : until }
  })
  return Map.groupBy(intervals, ({ component }) => component)
}
