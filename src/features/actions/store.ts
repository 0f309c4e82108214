/** How actions are kept: one row each, and one for each approval. The database refuses what must not be (migrations/0009). */
import { and, asc, desc, eq, gt, gte, inArray, isNull, lt, sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, smallint, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, rows } from '../../core/db.ts'
import { type Action, type Approval, type AskedLately, locking, type State } from './domain.ts'
import type { Tier } from './entry.ts'
import type { Plan } from './executors/executor.ts'
import { targetOf } from './request.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const of = <Field extends keyof Action>(name: string) => jsonb(name).$type<NonNullable<Action[Field]>>()

export const actions = pgTable('actions', {
  id: integer('id').primaryKey(),
  name: text('name').notNull(),
  verb: text('verb').notNull(),
  title: text('title').notNull(),
  target: text('target').notNull(),
  service: text('service').notNull(),
  environment: text('environment').notNull(),
  tier: smallint('tier').$type<Tier>().notNull(),
  executor: text('executor').notNull(),
  params: of<'params'>('params').notNull(),
  entrySha: text('entry_sha').notNull(),
  requestedBy: text('requested_by'),
  origin: of<'origin'>('origin'),
  incident: text('incident'),
  isPrivate: boolean('is_private').notNull(),
  home: text('home').notNull(),
  reason: text('reason').notNull(),
  standing: of<'standing'>('standing').notNull(),
  pings: of<'pings'>('pings').notNull(),
  undoes: text('undoes'),
  needs: of<'needs'>('needs').notNull(),
  confirms: text('confirms').$type<Action['confirms']>().notNull(),
  runsItself: boolean('runs_itself').notNull(),
  timeoutSeconds: integer('timeout_seconds').notNull(),
  state: text('state').$type<State>().notNull(),
  plan: jsonb('plan').$type<Plan>(),
  planNumber: integer('plan_number').notNull(),
  planHash: text('plan_hash'),
  planExpiresAt: moment('plan_expires_at'),
  denied: of<'denied'>('denied'),
  breakGlass: of<'breakGlass'>('break_glass'),
  review: of<'review'>('review'),
  blocked: of<'blocked'>('blocked'),
  guards: of<'guards'>('guards'),
  runAskedBy: text('run_asked_by'),
  dispatchKey: text('dispatch_key'),
  handle: jsonb('handle').$type<Action['handle']>(),
  stop: of<'stop'>('stop'),
  detail: text('detail').notNull(),
  tail: text('tail').notNull(),
  output: of<'output'>('output'),
  probes: of<'probes'>('probes').notNull(),
  reconcile: of<'reconcile'>('reconcile'),
  settlements: of<'settlements'>('settlements').notNull(),
  deputiesAsked: boolean('deputies_asked').notNull(),
  clientsHear: boolean('clients_hear').notNull(),
  requestedAt: moment('requested_at').notNull(),
  plannedAt: moment('planned_at'),
  approvedAt: moment('approved_at'),
  dispatchedAt: moment('dispatched_at'),
  startedAt: moment('started_at'),
  endedAt: moment('ended_at'),
})

const approvals = pgTable('action_approvals', {
  action: integer('action').notNull(),
  planNumber: integer('plan_number').notNull(),
  planHash: text('plan_hash').notNull(),
  person: text('person').notNull(),
  groups: jsonb('groups').$type<readonly string[]>().notNull(),
  at: moment('at').notNull(),
})

export async function newId(tx: Db): Promise<string> {
  const [row] = await rows<{ id: string }>(tx, sql`select nextval('action_numbers')::text as id`)
  if (!row) throw new Error('the sequence action_numbers gave nothing')
  return row.id
}

export async function load(tx: Db, id: string): Promise<Action | null> {
  if (!/^\d{1,9}$/.test(id)) return null
  const [row] = await tx
    .select()
    .from(actions)
    .where(eq(actions.id, Number(id)))
  if (!row) return null
  const given = await tx
    .select()
    .from(approvals)
    .where(and(eq(approvals.action, row.id), eq(approvals.planNumber, row.planNumber)))
    .orderBy(asc(approvals.at), asc(approvals.person))
  return fromRow(row, given)
}

/** Approvals first: the database counts them when the state changes. */
export async function save(tx: Db, id: string, action: Action): Promise<void> {
  const row = toRow(Number(id), action)
  if (action.approvals.length > 0) await saveApprovals(tx, row.id, action.approvals)
  // Not an upsert: the trigger for new rows would be asked about every change.
  const changed = await tx.update(actions).set(row).where(eq(actions.id, row.id)).returning({ id: actions.id })
  if (changed.length === 0) await tx.insert(actions).values(row)
}

async function saveApprovals(tx: Db, action: number, given: readonly Approval[]): Promise<void> {
  const kept = await tx
    .select({ person: approvals.person, planNumber: approvals.planNumber })
    .from(approvals)
    .where(eq(approvals.action, action))
  const fresh = given.filter(
    (one) => !kept.some((row) => row.person === one.person && row.planNumber === one.planNumber),
  )
  if (fresh.length === 0) return
  await tx.insert(approvals).values(fresh.map((approval) => ({ ...approval, action, at: new Date(approval.at) })))
}

/** Who asked for what; what only reads is not counted. */
export async function askedSince(db: Db, since: Date): Promise<AskedLately[]> {
  return db
    .select({ by: actions.requestedBy, target: actions.target })
    .from(actions)
    .where(and(gte(actions.requestedAt, since), gt(actions.tier, 0)))
}

/** Those of these actions that were over by then. */
export async function overBefore(db: Db, ids: readonly number[], before: Date): Promise<number[]> {
  const found = await db
    .select({ id: actions.id })
    .from(actions)
    .where(and(inArray(actions.id, [...ids]), lt(actions.endedAt, before)))
  return found.map(({ id }) => id)
}

/** What still wants something of somebody, the newest first. */
export async function listOpen(db: Db, limit = 50): Promise<Action[]> {
  return many(db.select().from(actions).where(isNull(actions.endedAt)).orderBy(desc(actions.id)).limit(limit))
}

export async function listNewest(db: Db, limit: number): Promise<Action[]> {
  return many(db.select().from(actions).orderBy(desc(actions.id)).limit(limit))
}

/** What is at work for an incident: it should not be called over before that is. */
export async function listLockingFor(db: Db, incident: string): Promise<Action[]> {
  const mine = and(eq(actions.incident, incident), inArray(actions.state, [...locking]))
  return many(db.select().from(actions).where(mine).orderBy(asc(actions.id)))
}

/** The one that holds the lock of a target. */
export async function lockHolder(db: Db, target: string): Promise<Action | null> {
  const mine = and(eq(actions.target, target), inArray(actions.state, [...locking]))
  const [found] = await many(db.select().from(actions).where(mine).limit(1))
  return found ?? null
}

/** One that asks for the same already and has not begun. */
export async function sameRequest(db: Db, name: string, target: string): Promise<Action | null> {
  const waiting: State[] = ['planning', 'waiting', 'approved']
  const mine = and(eq(actions.name, name), eq(actions.target, target), inArray(actions.state, waiting))
  const [found] = await many(db.select().from(actions).where(mine).orderBy(desc(actions.id)).limit(1))
  return found ?? null
}

/** What was done last with a target. */
export async function lastDoneWith(db: Db, target: string): Promise<Action | null> {
  const done: State[] = ['succeeded', 'verify_failed', 'settled_done']
  const mine = and(eq(actions.target, target), inArray(actions.state, done))
  const [found] = await many(db.select().from(actions).where(mine).orderBy(desc(actions.endedAt)).limit(1))
  return found ?? null
}

/** Broken glass of this person that nobody looked at in time. */
export async function countOverdueReviews(db: Db, person: string, now: Date): Promise<number> {
  const [row] = await rows<{ n: number }>(
    db,
    sql`select count(*)::int as n from actions where review ->> 'of' = ${person} and review ->> 'by' is null
      and (review ->> 'dueAt')::timestamptz < ${now.toISOString()}::timestamptz`,
  )
  return row?.n ?? 0
}

/** Those that somebody should look at after the event. */
export async function listToReview(db: Db): Promise<Action[]> {
  const open = sql`review is not null and review ->> 'by' is null`
  return many(db.select().from(actions).where(open).orderBy(asc(actions.id)).limit(20))
}

/** What waits for somebody's approval, where everybody may know of it. */
export async function listWaiting(db: Db): Promise<Action[]> {
  const open = and(eq(actions.state, 'waiting'), eq(actions.isPrivate, false))
  return many(db.select().from(actions).where(open).orderBy(asc(actions.id)).limit(10))
}

/** For /metrics: nothing of what is private. */
export async function countOutcomes(db: Db): Promise<{ labels: { action: string; outcome: string }; value: number }[]> {
  const found = await rows<{ name: string; state: string; n: number }>(
    db,
    sql`select name, state, count(*)::int as n from actions
      where not is_private and (ended_at is not null or state = 'unknown') group by name, state`,
  )
  return found.map(({ name, state, n }) => ({ labels: { action: name, outcome: state }, value: n }))
}

async function many(query: Promise<Row[]>): Promise<Action[]> {
  return (await query).map((row) => fromRow(row, []))
}

type Row = typeof actions.$inferSelect
type ApprovalRow = typeof approvals.$inferSelect

function fromRow(row: Row, given: readonly ApprovalRow[]): Action {
  const { target, service: _, environment: __, ...columns } = row
  return {
    ...columns,
    id: String(row.id),
    target: targetOf(target),
    handle: row.handle ?? null,
    approvals: given.map(({ action: ___, at, ...approval }) => ({ ...approval, at: at.toISOString() })),
    planExpiresAt: row.planExpiresAt?.toISOString() ?? null,
    requestedAt: row.requestedAt.toISOString(),
    plannedAt: row.plannedAt?.toISOString() ?? null,
    approvedAt: row.approvedAt?.toISOString() ?? null,
    dispatchedAt: row.dispatchedAt?.toISOString() ?? null,
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}

function toRow(id: number, { target, approvals: _, ...action }: Action): Row {
  const at = (instant: string | null) => (instant === null ? null : new Date(instant))
  return {
    ...action,
    id,
    target: target.key,
    service: target.service,
    environment: target.environment,
    requestedAt: new Date(action.requestedAt),
    planExpiresAt: at(action.planExpiresAt),
    plannedAt: at(action.plannedAt),
    approvedAt: at(action.approvedAt),
    dispatchedAt: at(action.dispatchedAt),
    startedAt: at(action.startedAt),
    endedAt: at(action.endedAt),
  }
}
