/** How pages and schedules are kept, and what is asked of them. */
import { and, desc, eq, gte, inArray, isNull, or, sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, rows } from '../../core/db.ts'
import type { PageSeverity } from '../../core/effects.ts'
import type { About, Call, Page, Status, Step, Via } from './domain.ts'
import type { Called } from './load.ts'
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
  thereId: text('there_id'),
  thereUrl: text('there_url'),
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
  // In sequence: a page has a handful of calls. PagerDuty's own has no person.
  for (const { person, way, at, deliveredAt } of page.calls) await saveCall(tx, page, { person, way, at, deliveredAt })
  // Whom PagerDuty woke, it tells us by who answers: it is their page as much as any other.
  const there = page.calls.find(({ way }) => way === 'pagerduty')
  if (there && page.acknowledgedVia === 'pagerduty' && page.acknowledgedBy !== null)
    await saveCall(tx, page, { ...there, person: page.acknowledgedBy })
}

async function saveCall(
  tx: Db,
  { id, round, isTest, acknowledgedBy, acknowledgedAt }: Page,
  { person, way, at, deliveredAt }: Pick<Call, 'person' | 'way' | 'at'> & { deliveredAt?: string | undefined },
): Promise<void> {
  const answeredAt = acknowledgedBy === person ? acknowledgedAt : null
  await tx.execute(sql`insert into oncall_calls
      (page, round, person, way, called_at, is_test, acknowledged_at, delivered_at)
    values (${id}, ${round}, ${person}, ${way}, ${at}, ${isTest}, ${answeredAt}, ${deliveredAt ?? null})
    on conflict (page, round, person, way) do update
      set acknowledged_at = excluded.acknowledged_at, delivered_at = excluded.delivered_at`)
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

// Enough for a bad night; whoever is looked for here was paged a moment ago.
const notFoundMax = 50

/**
 * Pages by what PagerDuty calls them, by the key of ours or by the id of the incident there; and the newest that went
 * there and of which it is not known yet what they became. One look for both: between two, a page may be found there,
 * and would be in neither.
 */
export async function pagesThere(
  db: Db,
  { key, id }: { key: string | null; id: string | null },
): Promise<{ named: Page[]; notFound: Page[] }> {
  const newestNotFound = db
    .select({ id: pages.id })
    .from(pages)
    .where(and(isNull(pages.thereId), sql`${pages.calls} @> '[{"way":"pagerduty"}]'::jsonb`))
    .orderBy(desc(pages.sentAt))
    .limit(notFoundMax)
  const found = await db
    .select()
    .from(pages)
    .where(or(eq(pages.key, key ?? ''), eq(pages.thereId, id ?? ''), inArray(pages.id, newestNotFound)))
    .orderBy(desc(pages.sentAt))
  const isNamed = (row: Row) => row.key === key || (row.thereId !== null && row.thereId === id)
  return {
    named: found.filter(isNamed).map(pageOf),
    notFound: found.filter((row) => !isNamed(row)).map(pageOf),
  }
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

/** One row a page and person since a moment, however many ways they were called by. Tests are no load. */
export async function callsSince(db: Db, since: Date): Promise<Called[]> {
  const found = await rows<{ person: string; subject: string; called_at: string | Date }>(
    db,
    sql`select calls.person, min(calls.called_at) as called_at,
        coalesce((page.about ->> 'feature') || '/' || (page.about ->> 'id'), calls.page || ' ' || calls.round) as subject
      from oncall_calls calls left join oncall_pages page on page.id = calls.page
      where calls.called_at >= ${since.toISOString()} and calls.person <> '' and not calls.is_test
      group by calls.page, calls.round, calls.person, page.about order by called_at desc`,
  )
  return found.map(({ person, subject, called_at: at }) => ({ person, subject, calledAt: new Date(at).toISOString() }))
}

export interface TestCall {
  page: string
  round: number
  /** Empty for PagerDuty, as long as nobody has answered there. */
  person: string
  way: string
  calledAt: string
  deliveredAt: string | null
  acknowledgedAt: string | null
}

/** Every call of the test pages since a moment, the newest page first, each page in the order of its calls. */
export async function testCallsSince(db: Db, since: Date): Promise<TestCall[]> {
  const found = await rows<Record<'page' | 'person' | 'way', string> & { round: number } & Record<string, unknown>>(
    db,
    sql`select page, round, person, way, called_at, delivered_at, acknowledged_at from oncall_calls
      where called_at >= ${since.toISOString()} and is_test
      order by max(called_at) over (partition by page, round) desc, called_at, person`,
  )
  const moment = (given: unknown) => (given == null ? null : new Date(given as string | Date).toISOString())
  return found.map(({ page, round, person, way, called_at, delivered_at, acknowledged_at }) => ({
    page,
    round,
    person,
    way,
    calledAt: moment(called_at) ?? '',
    deliveredAt: moment(delivered_at),
    acknowledgedAt: moment(acknowledged_at),
  }))
}

type Row = typeof pages.$inferSelect

function pageOf({ thereId, thereUrl, ...row }: Row): Page {
  return {
    ...row,
    there: thereId === null ? null : { id: thereId, url: thereUrl },
    sentAt: row.sentAt.toISOString(),
    acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
  }
}

function rowOf(id: string, page: Page): Row {
  const orNull = (instant: string | null) => (instant === null ? null : new Date(instant))
  const { there, ...columns } = page
  return {
    ...columns,
    id,
    thereId: there?.id ?? null,
    thereUrl: there?.url ?? null,
    sentAt: new Date(page.sentAt),
    acknowledgedAt: orNull(page.acknowledgedAt),
    closedAt: orNull(page.closedAt),
  }
}
