/** Clients who asked to be written to: who they are, and how they leave. The status page's forms bring them in. */
import { and, asc, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { Db } from '../../core/db.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const subscribers = pgTable('comms_subscribers', {
  id: text('id').primaryKey(),
  address: text('address').notNull(),
  locale: text('locale').notNull(),
  components: text('components').array().notNull(),
  askedAt: moment('asked_at').notNull(),
  confirmedAt: moment('confirmed_at'),
  leftAt: moment('left_at'),
  suspendedAt: moment('suspended_at'),
})

export type Subscriber = typeof subscribers.$inferSelect

interface Wanted {
  /** Components that a message is about; a message about none is for everybody. */
  components: readonly string[]
  /** The id of the last one who was read. */
  after: string
  limit: number
}

const isWrittenTo = and(isNotNull(subscribers.confirmedAt), isNull(subscribers.leftAt), isNull(subscribers.suspendedAt))

/** Those who confirmed and stay, in the order of their ids, so that a crash goes on where it was. */
export async function confirmedSubscribers(db: Db, { components, after, limit }: Wanted): Promise<Subscriber[]> {
  const wants =
    components.length === 0
      ? sql`true`
      : sql`(cardinality(${subscribers.components}) = 0 or ${subscribers.components} && ${sql.param([...components])}::text[])`
  return db
    .select()
    .from(subscribers)
    .where(and(isWrittenTo, gt(subscribers.id, after), wants))
    .orderBy(asc(subscribers.id))
    .limit(limit)
}

/** Of these, who is still written to. */
export async function subscribersById(db: Db, ids: readonly string[]): Promise<Subscriber[]> {
  if (ids.length === 0) return []
  return db
    .select()
    .from(subscribers)
    .where(and(isWrittenTo, inArray(subscribers.id, [...ids])))
}

/** How many a message about these components would reach. */
export async function countSubscribers(db: Db, components: readonly string[]): Promise<number> {
  const wants =
    components.length === 0
      ? sql`true`
      : sql`(cardinality(${subscribers.components}) = 0 or ${subscribers.components} && ${sql.param([...components])}::text[])`
  return db.$count(subscribers, and(isWrittenTo, wants))
}

/** Who subscribed, and whom of them nobody writes to any more because their own mail servers refuse them. */
export async function countBySuspension(db: Db): Promise<{ writtenTo: number; suspended: number }> {
  const [writtenTo, suspended] = await Promise.all([
    db.$count(subscribers, isWrittenTo),
    db.$count(subscribers, and(isNull(subscribers.leftAt), isNotNull(subscribers.suspendedAt))),
  ])
  return { writtenTo, suspended }
}

/**
 * Where one click ends it (RFC 8058). `sign` is the house's own: the token is the id and its signature, so it needs no
 * row, never runs out, and cannot be made by anybody else. The status page answers it, to POST alone.
 */
export function unsubscribeToken(id: string, sign: (what: string) => string): string {
  return `${id}.${sign(`comms/unsubscribe/${id}`)}`
}
