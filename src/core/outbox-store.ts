/** How effects are kept until they are delivered. Written inside `perform`'s transaction, read by the delivery worker. */
import { type SQL, sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'
import type { Effect, ThingName, TimerEffect } from './effects.ts'
import {
  type DeliverableEffect,
  editStreamOf,
  look,
  type OutboxPort,
  portOf,
  priorityOf,
  streamOf,
  type There,
  thingOf,
} from './outbox-lines.ts'
import { applyTimers } from './timers-store.ts'

export type Wanted = OutboxPort | 'timers' | 'workers'
/** Files what a change asks for, in the order given. Returns who has work now, for a wake-up after the commit. */
export async function fileEffects(tx: Db, subject: string, effects: readonly Effect[], now: Date): Promise<Wanted[]> {
  const deliverable: DeliverableEffect[] = []
  const timers: TimerEffect[] = []
  for (const effect of effects) {
    if (effect.kind === 'timer.set' || effect.kind === 'timer.cancel') timers.push(effect)
    else if (effect.kind !== 'run') deliverable.push(effect)
  }
  await applyTimers(tx, timers, now)
  const wanted = new Set<Wanted>(deliverable.map(portOf))
  if (timers.length > 0) wanted.add('timers')
  if (effects.some((effect) => effect.kind === 'run')) wanted.add('workers')
  if (deliverable.length === 0) return [...wanted]

  const there = await writeThings(tx, deliverable, now)
  const at = now.toISOString()
  const values = rowsFor(deliverable).map((effect) => {
    const thing = thingOf(effect)
    // What a thing shall look like stands in `things`; the row only says: bring it up to date.
    const stored = thing === null ? effect : { kind: effect.kind, name: thing }
    const stream = thing === null ? null : editStreamOf(effect, there.get(thing))
    return sql`(${portOf(effect)}, ${stream ?? streamOf(effect, subject)}, ${priorityOf(effect)}, ${JSON.stringify(stored)}::jsonb,
      ${thing}, ${at}, ${at})`
  })
  await tx.execute(sql`insert into outbox (port, stream, priority, effect, thing, decided_at, not_before)
    values ${sql.join(values, sql`, `)}
    on conflict (thing) where thing is not null and closed_at is null and leased_by is null
      do update set effect = excluded.effect where excluded.effect ->> 'kind' = ${look}`)
  return [...wanted]
}

/** Of all that is wanted of one thing, one row: the first, or the look, which does the others' work as well. */
function rowsFor(effects: readonly DeliverableEffect[]): DeliverableEffect[] {
  const looked = new Set(effects.flatMap((effect) => (effect.kind === look ? [effect.name] : [])))
  const seen = new Set<string>()
  return effects.flatMap((effect) => {
    const thing = thingOf(effect)
    if (thing === null) return [effect]
    if (seen.has(thing)) return []
    seen.add(thing)
    return [looked.has(thing) ? { kind: look, name: thing } : effect]
  })
}

/** Returns those that are outside already, by name. */
async function writeThings(
  tx: Db,
  effects: readonly DeliverableEffect[],
  now: Date,
): Promise<ReadonlyMap<string, There>> {
  const newest = new Map<string, DeliverableEffect>()
  for (const effect of effects) {
    const thing = thingOf(effect)
    if (thing !== null && effect.kind !== look) newest.set(thing, effect)
  }
  if (newest.size === 0) return new Map()
  const values = [...newest].map(
    ([name, effect]) => sql`(${name}, ${portOf(effect)}, ${JSON.stringify(effect)}::jsonb, ${now.toISOString()})`,
  )
  const written = await rows<{ name: string; is_there: boolean; is_archived: boolean }>(
    tx,
    sql`insert into things (name, port, desired, updated_at) values ${sql.join(values, sql`, `)}
      on conflict (name) do update set desired = excluded.desired, updated_at = excluded.updated_at
      returning name, observed is not null as is_there,
        coalesce((observed ->> 'isArchived')::boolean, false) as is_archived`,
  )
  return new Map(written.flatMap((row) => (row.is_there ? [[row.name, { isArchived: row.is_archived }] as const] : [])))
}

export interface Claimed {
  id: number
  port: OutboxPort
  stream: string
  effect: DeliverableEffect
  thing: ThingName | null
  isLook: boolean
  observed: unknown
  decidedAt: Date
  attempt: number
  failures: number
  wasInDoubt: boolean
}

/** Ports with work that nobody has taken though its time has come: another process filed it, or died over it. */
export async function portsWithWork(db: Db, now: Date): Promise<OutboxPort[]> {
  const found = await rows<{ port: OutboxPort }>(
    db,
    sql`select distinct port from outbox where closed_at is null and not_before <= ${now.toISOString()}
      and (leased_by is null or leased_until < now())`,
  )
  return found.map(({ port }) => port)
}

export interface Taking {
  port: OutboxPort
  worker: string
  limit: number
  now: Date
  /** False where the adapter says itself when the outside may have it. */
  isInDoubtAtOnce: boolean
}

export interface Take {
  taken: Claimed[]
  /**
   * When the next that waits for its time may be tried; null when none does, and when there was more to take than could
   * be: looking through thousands that wait for a place would cost more than the work. Whoever stands behind another is
   * not meant.
   */
  nextDue: Date | null
}

/**
 * Takes the oldest open effect of each stream, the most urgent first, one at a time of each thing. The lease, not the
 * transaction, guards the delivery, so no connection is held while Slack answers. Doubt is written down before the outside
 * is called, or by whoever calls it at the moment in which it begins.
 */
export async function take(db: Db, { port, worker, limit, now, isInDoubtAtOnce }: Taking): Promise<Take> {
  const at = now.toISOString()
  const found = await rows<TakenRow | NothingTaken>(
    db,
    sql`with heads as (
      select id, in_doubt as was_in_doubt from outbox head
      where port = ${port} and closed_at is null and not_before <= ${at}
        and (leased_by is null or leased_until < now())
        and not exists (select 1 from outbox earlier
                        where earlier.stream = head.stream and earlier.id < head.id and earlier.closed_at is null)
        and (head.thing is null or not exists (
              select 1 from outbox other
              where other.thing = head.thing and other.id <> head.id and other.closed_at is null
                and other.leased_by is not null and other.leased_until >= now()))
      order by priority, id limit ${limit} for update skip locked),
    taken as (
      update outbox set leased_by = ${worker}, leased_until = now() + ${leaseInterval}, attempts = attempts + 1,
        in_doubt = in_doubt or ${isInDoubtAtOnce}
      from heads where outbox.id = heads.id
      returning outbox.id::int, port, stream, effect, thing, decided_at, attempts, failures, was_in_doubt, priority),
    later as (
      select min(not_before) as next_due from outbox
      where (select count(*) from taken) < ${limit}
        and port = ${port} and closed_at is null and leased_by is null and not_before > ${at})
    select later.next_due, taken.*, things.desired, things.observed
    from later left join taken on true left join things on things.name = taken.thing
    order by priority, id`,
  )
  const nextDue = found[0]?.next_due
  return { taken: found.filter((row) => row.id !== null).map(claimedFrom), nextDue: nextDue ? new Date(nextDue) : null }
}

function claimedFrom(row: TakenRow): Claimed {
  return {
    id: row.id,
    port: row.port,
    stream: row.stream,
    effect: row.desired ?? row.effect,
    isLook: row.effect.kind === look,
    thing: row.thing,
    observed: row.observed,
    decidedAt: new Date(row.decided_at),
    attempt: row.attempts,
    failures: row.failures,
    wasInDoubt: row.was_in_doubt,
  }
}

interface NothingTaken {
  next_due: string | Date | null
  id: null
}

interface TakenRow {
  next_due: string | Date | null
  id: number
  port: OutboxPort
  stream: string
  effect: DeliverableEffect
  thing: ThingName | null
  desired: DeliverableEffect | null
  observed: unknown
  decided_at: string | Date
  attempts: number
  failures: number
  was_in_doubt: boolean
}

// A worker that died is noticed after this long; the heartbeat comes three times within it.
const leaseInterval: SQL = sql`interval '9 seconds'`
export const heartbeatMilliseconds = 3_000

export async function extendLeases(db: Db, worker: string): Promise<void> {
  await db.execute(sql`update outbox set leased_until = now() + ${leaseInterval}
    where leased_by = ${worker} and closed_at is null`)
}

export interface Closing {
  id: number
  worker: string
  outcome: 'delivered' | 'dead'
  error?: string
  /** What we now know of its thing, if it says anything of one. */
  observed?: { thing: ThingName; now: unknown } | null
  /** Whose effects may have waited for this one. */
  neighbours: readonly OutboxPort[]
}

export interface Closed {
  /** False when this worker had lost the lease: then it decided neither the row's fate nor what is known of the thing. */
  isOurs: boolean
  /** Those of the neighbours where something waits to be taken. */
  next: readonly OutboxPort[]
}

export async function close(tx: Db, closing: Closing, now: Date): Promise<Closed> {
  const { id, worker, outcome, error, observed, neighbours } = closing
  const closed = sql`update outbox set closed_at = ${now.toISOString()}, outcome = ${outcome}, last_error = ${error ?? null},
    in_doubt = false, leased_by = null, leased_until = null
    where id = ${id} and leased_by = ${worker} and closed_at is null
    returning array(
      select name from unnest(${sql.param([...neighbours])}::text[]) as name
      where exists (
        select from outbox next
        where next.port = name and next.closed_at is null and next.leased_by is null
          and next.not_before <= ${now.toISOString()})) as next`
  const kept = observed
    ? sql`with closed as (${closed}),
        kept as (update things set observed = ${JSON.stringify(observed.now)}::jsonb
          where name = ${observed.thing} and exists (select from closed))
        select next from closed`
    : closed
  const [row] = await rows<{ next: OutboxPort[] }>(tx, kept)
  return { isOurs: row !== undefined, next: row?.next ?? neighbours }
}

export interface Release {
  id: number
  stream: string
  worker: string
  thing: string | null
  notBefore: Date
  isInDoubt: boolean
  countsAsFailure: boolean
  error: string
}

/** Puts an effect back for a later attempt. */
export async function release(db: Db, put: Release, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    if (put.thing !== null && (await handOverToNewer(tx, put, now))) return
    await tx.execute(sql`update outbox set stream = ${put.stream}, leased_by = null, leased_until = null,
      not_before = ${put.notBefore.toISOString()},
      in_doubt = ${put.isInDoubt}, failures = failures + ${put.countsAsFailure ? 1 : 0}, last_error = ${put.error}
      where id = ${put.id} and leased_by = ${put.worker} and closed_at is null`)
  })
}

/** While this one was under way, a newer state of the same thing was filed: that one now does the work of both. */
async function handOverToNewer(tx: Db, put: Release, now: Date): Promise<boolean> {
  const newer = await rows<{ id: number }>(
    tx,
    sql`update outbox set in_doubt = in_doubt or ${put.isInDoubt}, not_before = greatest(not_before, ${put.notBefore.toISOString()}),
      effect = coalesce((select effect from outbox mine where mine.id = ${put.id} and mine.effect ->> 'kind' = ${look}), effect)
      where thing = ${put.thing} and closed_at is null and leased_by is null and id <> ${put.id} returning id`,
  )
  if (newer.length === 0) return false
  await tx.execute(sql`update outbox set closed_at = ${now.toISOString()}, outcome = 'superseded', in_doubt = false,
    leased_by = null, leased_until = null where id = ${put.id} and leased_by = ${put.worker}`)
  return true
}
