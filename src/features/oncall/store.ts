/** How pages and schedules are kept, and what is asked of them. */
import { and, desc, eq, gte, inArray, isNull, sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, rows } from '../../core/db.ts'
import type { PageSeverity } from '../../core/effects.ts'
import type { About, Call, Page, Status, Step, Via } from './domain.ts'
import type { Override } from './rotation.ts'
import type { Schedule } from './schedules.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

const pages = pgTable('oncall_pages', {
  id: text('id').primaryKey(),
  round: integer('round').notNull(),
  status: text('status').$type<Status>().notNull(),
  key: text('key').notNull(),
  team: text('team'),
  summary: text('summary').notNull(),
  severity: text('severity').$type<PageSeverity>().notNull(),
  priority: text('priority'),
  link: text('link'),
  about: jsonb('about').$type<About>(),
  isTest: boolean('is_test').notNull(),
  steps: jsonb('steps').$type<readonly Step[]>().notNull(),
  nextStep: integer('next_step').notNull(),
  calls: jsonb('calls').$type<readonly Call[]>().notNull(),
  sentBy: text('sent_by'),
  sentAt: moment('sent_at').notNull(),
  acknowledgedBy: text('acknowledged_by'),
  acknowledgedVia: text('acknowledged_via').$type<Via>(),
  acknowledgedAt: moment('acknowledged_at'),
  closedAt: moment('closed_at'),
})

const schedules = pgTable('oncall_schedules', {
  id: text('id').primaryKey(),
  onCall: text('on_call'),
  shiftBeganAt: moment('shift_began_at'),
  shiftNumber: integer('shift_number').notNull(),
  acceptedBy: text('accepted_by'),
  overrides: jsonb('overrides').$type<readonly Override[]>().notNull(),
  facts: jsonb('facts').$type<readonly string[]>().notNull(),
})

export async function loadPage(tx: Db, id: string): Promise<Page | null> {
  const [row] = await tx.select().from(pages).where(eq(pages.id, id))
  return row ? pageOf(row) : null
}

export async function savePage(tx: Db, id: string, page: Page): Promise<void> {
  const row = rowOf(id, page)
  await tx.insert(pages).values(row).onConflictDoUpdate({ target: pages.id, set: row })
  // In sequence: a page has a handful of calls.
  for (const { person, way, at } of page.calls) {
    if (person === '') continue
    const answeredAt = page.acknowledgedBy === person ? page.acknowledgedAt : null
    await tx.execute(sql`insert into oncall_calls (page, round, person, way, called_at, is_test, acknowledged_at)
      values (${id}, ${page.round}, ${person}, ${way}, ${at}, ${page.isTest}, ${answeredAt})
      on conflict (page, round, person, way) do update set acknowledged_at = excluded.acknowledged_at`)
  }
}

export async function loadSchedule(tx: Db, id: string): Promise<Schedule | null> {
  const [row] = await tx.select().from(schedules).where(eq(schedules.id, id))
  if (!row) return null
  const { id: _, shiftBeganAt, ...columns } = row
  return { ...columns, shiftBeganAt: shiftBeganAt?.toISOString() ?? null }
}

export async function saveSchedule(tx: Db, id: string, schedule: Schedule): Promise<void> {
  const { shiftBeganAt, ...columns } = schedule
  const row = { ...columns, id, shiftBeganAt: shiftBeganAt === null ? null : new Date(shiftBeganAt) }
  await tx.insert(schedules).values(row).onConflictDoUpdate({ target: schedules.id, set: row })
}

/** The page by which PagerDuty knows an incident of its own; the newest, when it was paged about twice. */
export async function pagesByKey(db: Db, key: string): Promise<Page[]> {
  const found = await db
    .select()
    .from(pages)
    .where(and(eq(pages.key, key), isNull(pages.closedAt)))
    .orderBy(desc(pages.sentAt))
  return found.map(pageOf)
}

/** Those of these keys that are pages of ours, closed ones too: what PagerDuty tells of them is no news from outside. */
export async function ourPageKeys(db: Db, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await db
    .select({ key: pages.key })
    .from(pages)
    .where(inArray(pages.key, [...keys]))
  return new Set(found.map(({ key }) => key))
}

/** The pages that are under way for one subject, those that went to PagerDuty first. */
export async function pagesAbout(db: Db, { feature, id }: About): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    sql`select id from oncall_pages where about ->> 'feature' = ${feature} and about ->> 'id' = ${id} and closed_at is null
      order by calls @> '[{"way":"pagerduty"}]'::jsonb desc, sent_at desc`,
  )
  return found.map((row) => row.id)
}

/** Pages of a team that somebody may still have to answer. */
export async function openPages(db: Db, team: string): Promise<Page[]> {
  const found = await db
    .select()
    .from(pages)
    .where(and(eq(pages.team, team), inArray(pages.status, ['calling', 'acknowledged', 'exhausted'])))
    .orderBy(desc(pages.sentAt))
    .limit(20)
  return found.map(pageOf)
}

/** Pages that were sent since a moment, tests left out, the newest first. */
export async function sentSince(
  db: Db,
  since: Date,
): Promise<{ team: string | null; sentAt: string; acknowledgedBy: string | null }[]> {
  const found = await db
    .select()
    .from(pages)
    .where(and(gte(pages.sentAt, since), eq(pages.isTest, false)))
    .orderBy(desc(pages.sentAt))
  return found.map(pageOf).map(({ team, sentAt, acknowledgedBy }) => ({ team, sentAt, acknowledgedBy }))
}

export interface CallRow {
  page: string
  person: string
  calledAt: string
  acknowledgedAt: string | null
  isTest: boolean
}

/** One row a page and person since a moment, however many ways they were called by. */
export async function callsSince(db: Db, since: Date): Promise<CallRow[]> {
  const found = await rows<{
    page: string
    person: string
    called_at: string | Date
    acknowledged_at: string | Date | null
    is_test: boolean
  }>(
    db,
    sql`select page, round, person, min(called_at) as called_at, min(acknowledged_at) as acknowledged_at, is_test
      from oncall_calls where called_at >= ${since.toISOString()} group by page, round, person, is_test
      order by called_at desc`,
  )
  return found.map((row) => ({
    page: row.page,
    person: row.person,
    calledAt: new Date(row.called_at).toISOString(),
    acknowledgedAt: row.acknowledged_at === null ? null : new Date(row.acknowledged_at).toISOString(),
    isTest: row.is_test,
  }))
}

type Row = typeof pages.$inferSelect

function pageOf(row: Row): Page {
  return {
    ...row,
    sentAt: row.sentAt.toISOString(),
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
  }
}

function rowOf(id: string, page: Page): Row {
  const orNull = (instant: string | null) => (instant === null ? null : new Date(instant))
  return {
    ...page,
    id,
    sentAt: new Date(page.sentAt),
    acknowledgedAt: orNull(page.acknowledgedAt),
    closedAt: orNull(page.closedAt),
  }
}
