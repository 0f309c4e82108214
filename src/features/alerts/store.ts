/** How alert groups are kept: plain columns, one row each. */
import { and, eq, ne, sql } from 'drizzle-orm'
import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { Db } from '../../core/db.ts'
import type { AlertGroup } from './domain.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const alertGroups = pgTable('alert_groups', {
  id: text('id').primaryKey(),
  source: text('source').notNull(),
  title: text('title').notNull(),
  summary: text('summary').notNull(),
  labels: jsonb('labels').$type<Record<string, string>>().notNull(),
  link: text('link'),
  status: text('status').$type<AlertGroup['status']>().notNull(),
  startedAt: moment('started_at').notNull(),
  resolvedAt: moment('resolved_at'),
  lastAt: moment('last_at').notNull(),
  firedCount: integer('fired_count').notNull(),
  messageNumber: integer('message_number').notNull(),
  incident: text('incident_id'),
})

export async function load(tx: Db, id: string): Promise<AlertGroup | null> {
  const [row] = await tx.select().from(alertGroups).where(eq(alertGroups.id, id))
  return row ? fromRow(row) : null
}

export async function save(tx: Db, id: string, group: AlertGroup): Promise<void> {
  const row = {
    ...group,
    id,
    labels: { ...group.labels },
    startedAt: new Date(group.startedAt),
    resolvedAt: group.resolvedAt === null ? null : new Date(group.resolvedAt),
    lastAt: new Date(group.lastAt),
  }
  await tx.insert(alertGroups).values(row).onConflictDoUpdate({ target: alertGroups.id, set: row })
}

/** The titles of what still fires for an incident. */
export async function firingFor(db: Db, incident: string): Promise<string[]> {
  const found = await db
    .select({ title: alertGroups.title })
    .from(alertGroups)
    .where(and(eq(alertGroups.incident, incident), ne(alertGroups.status, 'resolved')))
    .orderBy(sql`${alertGroups.startedAt} desc`)
    .limit(10)
  return found.map((row) => row.title)
}

function fromRow(row: typeof alertGroups.$inferSelect): AlertGroup {
  return {
    ...row,
    startedAt: row.startedAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    lastAt: row.lastAt.toISOString(),
  }
}
