/** How tasks are kept: a row each, and one for the board of an incident. */
import { and, asc, eq, ne, sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import type { Db } from '../../core/db.ts'
import type { About } from '../incidents/index.ts'
import type { Board, Kind, Source, Status, Task } from './domain.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const boards = pgTable('task_boards', {
  incident: text('incident_id').primaryKey(),
  about: jsonb('about').$type<About>().notNull(),
})

export const tasks = pgTable(
  'tasks',
  {
    incident: text('incident_id').notNull(),
    number: integer('number').notNull(),
    kind: text('kind').$type<Kind>().notNull(),
    text: text('text').notNull(),
    owner: text('owner'),
    createdBy: text('created_by'),
    createdAt: moment('created_at').notNull(),
    dueAt: moment('due_at'),
    status: text('status').$type<Status>().notNull(),
    closedBy: text('closed_by'),
    closedAt: moment('closed_at'),
    remindedCount: integer('reminded_count').notNull(),
    source: jsonb('source').$type<Source>(),
    isLeftForLater: boolean('left_for_later').notNull(),
  },
  (table) => [primaryKey({ columns: [table.incident, table.number] })],
)

export async function load(tx: Db, incident: string): Promise<Board | null> {
  const [board] = await tx.select().from(boards).where(eq(boards.incident, incident))
  if (!board) return null
  const found = await tx.select().from(tasks).where(eq(tasks.incident, incident)).orderBy(asc(tasks.number))
  return { ...board, tasks: found.map(fromRow) }
}

export async function save(tx: Db, incident: string, board: Board): Promise<void> {
  const { about } = board
  await tx.insert(boards).values({ incident, about }).onConflictDoUpdate({ target: boards.incident, set: { about } })
  if (board.tasks.length === 0) return
  // All in one statement, and only what is not so already is written: one change on a long board is one row.
  const news = {
    kind: sql`excluded.kind`,
    text: sql`excluded.text`,
    owner: sql`excluded.owner`,
    dueAt: sql`excluded.due_at`,
    status: sql`excluded.status`,
    closedBy: sql`excluded.closed_by`,
    closedAt: sql`excluded.closed_at`,
    remindedCount: sql`excluded.reminded_count`,
    isLeftForLater: sql`excluded.left_for_later`,
  }
  const isNews = sql`(${tasks.kind}, ${tasks.text}, ${tasks.owner}, ${tasks.dueAt}, ${tasks.status}, ${tasks.closedBy}, ${tasks.closedAt}, ${tasks.remindedCount}, ${tasks.isLeftForLater})
    is distinct from (excluded.kind, excluded.text, excluded.owner, excluded.due_at, excluded.status, excluded.closed_by, excluded.closed_at, excluded.reminded_count, excluded.left_for_later)`
  await tx
    .insert(tasks)
    .values(board.tasks.map((task) => toRow(incident, task)))
    .onConflictDoUpdate({ target: [tasks.incident, tasks.number], set: news, setWhere: isNews })
}

export interface OwnTask {
  incident: string
  about: About
  task: Task
}

/** What a person has promised and not done, the most pressing first. */
export async function openOf(db: Db, person: string, limit: number): Promise<OwnTask[]> {
  const found = await db
    .select({ task: tasks, about: boards.about })
    .from(tasks)
    .innerJoin(boards, eq(boards.incident, tasks.incident))
    .where(and(eq(tasks.owner, person), eq(tasks.status, 'open')))
    .orderBy(sql`${tasks.dueAt} nulls last`, asc(tasks.createdAt))
    .limit(limit)
  return found.map(({ task, about }) => ({ incident: task.incident, about, task: fromRow(task) }))
}

/** Everybody who has something open. */
export async function holders(db: Db): Promise<string[]> {
  const found = await db.selectDistinct({ owner: tasks.owner }).from(tasks).where(eq(tasks.status, 'open'))
  return found.flatMap(({ owner }) => owner ?? [])
}

/** The incidents on whose boards this person has something open. */
export async function heldBy(db: Db, person: string): Promise<string[]> {
  const isTheirs = and(eq(tasks.owner, person), eq(tasks.status, 'open'))
  const found = await db.selectDistinct({ incident: tasks.incident }).from(tasks).where(isTheirs)
  return found.map(({ incident }) => incident)
}

/** What is still to be done now, the oldest first. */
export async function openTasksFor(db: Db, incident: string, limit: number): Promise<Task[]> {
  const found = await db
    .select()
    .from(tasks)
    .where(and(eq(tasks.incident, incident), eq(tasks.status, 'open'), ne(tasks.kind, 'follow-up')))
    .orderBy(asc(tasks.number))
    .limit(limit)
  return found.map(fromRow)
}

function fromRow({ incident: _, ...row }: typeof tasks.$inferSelect): Task {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    dueAt: row.dueAt?.toISOString() ?? null,
    closedAt: row.closedAt?.toISOString() ?? null,
  }
}

function toRow(incident: string, task: Task): typeof tasks.$inferInsert {
  return {
    ...task,
    incident,
    createdAt: new Date(task.createdAt),
    dueAt: task.dueAt === null ? null : new Date(task.dueAt),
    closedAt: task.closedAt === null ? null : new Date(task.closedAt),
  }
}
