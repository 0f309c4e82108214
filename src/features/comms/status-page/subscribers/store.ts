/** How subscribers are kept, and how they are forgotten. Comms reads the same table to write to who has confirmed. */
import { eq, sql } from 'drizzle-orm'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, rows } from '../../../../core/db.ts'
import { daysToConfirm, type Subscriber } from './domain.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

const subscribers = pgTable('comms_subscribers', {
  id: text('id').primaryKey(),
  address: text('address').notNull(),
  locale: text('locale').notNull(),
  components: text('components').array().notNull(),
  pending: text('pending').array(),
  askedAt: moment('asked_at').notNull(),
  confirmedAt: moment('confirmed_at'),
  leftAt: moment('left_at'),
  round: integer('round').notNull(),
  unanswered: integer('unanswered').notNull(),
  bounces: integer('bounces').notNull(),
  bouncedAt: moment('bounced_at'),
  suspendedAt: moment('suspended_at'),
})

export async function load(tx: Db, id: string): Promise<Subscriber | null> {
  const [row] = await tx.select().from(subscribers).where(eq(subscribers.id, id))
  if (!row) return null
  return {
    ...row,
    askedAt: row.askedAt.toISOString(),
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    leftAt: row.leftAt?.toISOString() ?? null,
    bouncedAt: row.bouncedAt?.toISOString() ?? null,
    suspendedAt: row.suspendedAt?.toISOString() ?? null,
  }
}

export async function save(tx: Db, id: string, subscriber: Subscriber): Promise<void> {
  const row = {
    ...subscriber,
    id,
    components: [...subscriber.components],
    pending: subscriber.pending === null ? null : [...subscriber.pending],
    askedAt: new Date(subscriber.askedAt),
    confirmedAt: subscriber.confirmedAt === null ? null : new Date(subscriber.confirmedAt),
    leftAt: subscriber.leftAt === null ? null : new Date(subscriber.leftAt),
    bouncedAt: subscriber.bouncedAt === null ? null : new Date(subscriber.bouncedAt),
    suspendedAt: subscriber.suspendedAt === null ? null : new Date(subscriber.suspendedAt),
  }
  await tx.insert(subscribers).values(row).onConflictDoUpdate({ target: subscribers.id, set: row })
}

export function countAskedSince(tx: Db, since: Date): Promise<number> {
  return tx.$count(subscribers, sql`${subscribers.askedAt} > ${since.toISOString()}`)
}

/**
 * Whoever left, and whoever never confirmed, is forgotten with everything that the journal has of them: an address is not
 * ours to keep. Both go in one statement, so that the journal still folds to what is stored.
 */
export async function forget(db: Db, now: Date): Promise<number> {
  const before = new Date(now.getTime() - daysToConfirm * 86_400_000).toISOString()
  const gone = await rows(
    db,
    sql`with gone as (
        delete from comms_subscribers
        where (left_at is not null and left_at < ${before}) or (left_at is null and confirmed_at is null and asked_at < ${before})
        returning id),
      entries as (
        delete from journal where feature = 'subscribers' and (subject in (select id from gone)
          -- What was refused to somebody who never became one.
          or (at < ${before} and not exists (select from comms_subscribers where id = subject))))
    select id from gone`,
  )
  return gone.length
}
