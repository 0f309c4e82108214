/** How runs are kept: plain columns for what is asked for, the copied steps beside them. */
import { randomBytes } from 'node:crypto'
import { and, desc, eq, inArray } from 'drizzle-orm'
import { boolean, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import type { Db } from '../../core/db.ts'
import type { Run, Step } from './domain.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const runs = pgTable('runbook_runs', {
  id: text('id').primaryKey(),
  incident: text('incident_id'),
  isPrivate: boolean('is_private').notNull(),
  isDrill: boolean('is_drill').notNull(),
  place: text('place').notNull(),
  name: text('name').notNull(),
  title: text('title').notNull(),
  reviewedAt: text('reviewed_at'),
  isStale: boolean('is_stale').notNull(),
  meaning: text('meaning').notNull(),
  steps: jsonb('steps').$type<Step[]>().notNull(),
  status: text('status').$type<Run['status']>().notNull(),
  startedBy: text('started_by'),
  startedAt: moment('started_at').notNull(),
  endedAt: moment('ended_at'),
})

/** Not to be guessed: whoever has it, from a link in the run's channel, may read the run's page. */
export async function newId(): Promise<string> {
  return randomBytes(12).toString('hex')
}

export async function load(tx: Db, id: string): Promise<Run | null> {
  const [row] = await tx.select().from(runs).where(eq(runs.id, id))
  return row ? fromRow(row) : null
}

export async function save(tx: Db, id: string, run: Run): Promise<void> {
  const row = {
    ...run,
    id,
    steps: [...run.steps],
    startedAt: new Date(run.startedAt),
    endedAt: run.endedAt === null ? null : new Date(run.endedAt),
  }
  await tx.insert(runs).values(row).onConflictDoUpdate({ target: runs.id, set: row })
}

/** What runs for an incident now, the newest first. */
export async function runningFor(db: Db, incident: string): Promise<Run[]> {
  const found = await db
    .select()
    .from(runs)
    .where(and(eq(runs.incident, incident), eq(runs.status, 'running')))
    .orderBy(desc(runs.startedAt))
  return found.map(fromRow)
}

/** What somebody may still go on with: also what was left when the incident ended, which may be reopened. */
export async function unfinishedFor(db: Db, incident: string): Promise<Run[]> {
  const found = await db
    .select()
    .from(runs)
    .where(and(eq(runs.incident, incident), inArray(runs.status, ['running', 'left'])))
    .orderBy(runs.startedAt, runs.id)
  return found.map(fromRow)
}

function fromRow(row: typeof runs.$inferSelect): Run {
  return { ...row, startedAt: row.startedAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null }
}
