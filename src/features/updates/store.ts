/** How updates are kept: the latest in a row of its own, all of them in the journal. */
import { and, asc, eq, isNotNull, or, sql } from 'drizzle-orm'
import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, rows } from '../../core/db.ts'
import type { About } from '../incidents/index.ts'
import type { Event, Plan } from './domain.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const plans = pgTable('update_plans', {
  incident: text('incident_id').primaryKey(),
  about: jsonb('about').$type<About>().notNull(),
  count: integer('update_count').notNull(),
  known: text('known').notNull(),
  doing: text('doing').notNull(),
  needed: text('needed').notNull(),
  postedBy: text('posted_by'),
  postedAt: moment('posted_at'),
  nextAt: moment('next_at'),
  askedCount: integer('asked_count').notNull(),
})

export async function load(tx: Db, incident: string): Promise<Plan | null> {
  const [row] = await tx.select().from(plans).where(eq(plans.incident, incident))
  return row ? fromRow(row) : null
}

export async function save(tx: Db, incident: string, plan: Plan): Promise<void> {
  const row = {
    ...plan,
    incident,
    postedAt: plan.postedAt === null ? null : new Date(plan.postedAt),
    nextAt: plan.nextAt === null ? null : new Date(plan.nextAt),
  }
  await tx.insert(plans).values(row).onConflictDoUpdate({ target: plans.incident, set: row })
}

/** The promises that a person has to keep: they lead, or they speak for it. The nearest first. */
export async function promisesOf(db: Db, person: string, limit: number): Promise<Plan[]> {
  const isTheirs = or(sql`${plans.about} ->> 'lead' = ${person}`, sql`${plans.about} ->> 'communications' = ${person}`)
  const found = await db
    .select()
    .from(plans)
    .where(and(isNotNull(plans.nextAt), isTheirs))
    .orderBy(asc(plans.nextAt))
    .limit(limit)
  return found.map(fromRow)
}

/** All that is promised to everybody, the next first: nothing of private ones, of tests and of drills. */
export async function publicPromises(db: Db, limit: number): Promise<Plan[]> {
  const isPublic = sql`not (${plans.about} ->> 'isPrivate')::boolean and (${plans.about} ->> 'isReal')::boolean`
  const found = await db
    .select()
    .from(plans)
    .where(and(isNotNull(plans.nextAt), isPublic))
    .orderBy(asc(plans.nextAt))
    .limit(limit)
  return found.map(fromRow)
}

export type Posted = Extract<Event, { type: 'update.posted' }>

/** What everybody was told, the newest first. */
export async function lastUpdates(db: Db, incident: string, limit: number): Promise<Posted[]> {
  const found = await rows<{ event: Posted }>(
    db,
    sql`select event from journal where feature = 'updates' and subject = ${incident} and type = 'update.posted'
      order by id desc limit ${limit}`,
  )
  return found.map(({ event }) => event)
}

function fromRow(row: typeof plans.$inferSelect): Plan {
  return { ...row, postedAt: row.postedAt?.toISOString() ?? null, nextAt: row.nextAt?.toISOString() ?? null }
}
