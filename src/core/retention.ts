/** Forgets what is over: closed deliveries and effects, in small bites so that nothing waits for it. */
import { sql } from 'drizzle-orm'
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
      await forget(db, 'inbox', days.inbox, clock.now())
      await forget(db, 'outbox', days.outbox, clock.now())
    },
  }
}

export async function forget(db: Db, table: 'inbox' | 'outbox', days: number, now: Date): Promise<number> {
  const before = new Date(now.getTime() - days * 86_400_000).toISOString()
  const name = sql.identifier(table)
  let forgotten = 0
  for (;;) {
    // In sequence: each bite is its own short transaction.
    const gone = await rows(
      db,
      sql`delete from ${name} where id in (
        select id from ${name} where closed_at < ${before} order by closed_at limit ${biteSize}) returning id`,
    )
    forgotten += gone.length
    if (gone.length < biteSize) return forgotten
  }
}
