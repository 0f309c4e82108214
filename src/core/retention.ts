/** Forgets what is over: closed deliveries and effects, in small bites so that nothing waits for it. */
import { type SQL, sql } from 'drizzle-orm'
import type { Clock } from '../lib/clock.ts'
import { type Db, rows } from './db.ts'
import type { Scheduled } from './schedule.ts'

export interface RetentionDays {
  inbox: number
  outbox: number
}

const biteSize = 2_000

export function retention(db: Db, days: RetentionDays, clock: Clock): Scheduled {
  return {
    name: 'retention',
    // At night in UTC, off the full hour, when few people work and no other job starts.
    cron: '17 3 * * *',
    runs: 'once',
    async run() {
      await forget(db, days, clock.now())
    },
  }
}

export async function forget(db: Db, days: RetentionDays, now: Date): Promise<number> {
  const before = (count: number) => new Date(now.getTime() - count * 86_400_000).toISOString()
  // By number, which follows the time; what somebody still works on stays, however old.
  const inbox = await inBites(
    db,
    sql`delete from inbox where id in (
      select id from (
        select id, received_at from inbox
        where not exists (select from inbox_work where inbox_work.id = inbox.id) order by id limit ${biteSize}) oldest
      where received_at < ${before(days.inbox)}) returning id`,
  )
  const outbox = await inBites(
    db,
    sql`delete from outbox where id in (
      select id from outbox where closed_at < ${before(days.outbox)} order by closed_at limit ${biteSize}) returning id`,
  )
  return inbox + outbox
}

async function inBites(db: Db, bite: SQL): Promise<number> {
  let forgotten = 0
  for (;;) {
    // In sequence: each bite is its own short transaction.
    const gone = await rows(db, bite)
    forgotten += gone.length
    if (gone.length < biteSize) return forgotten
  }
}
