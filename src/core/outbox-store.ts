/** How effects are kept until they are delivered. Written inside `perform`'s transaction, read by the delivery worker. */
import { type SQL, sql } from 'drizzle-orm'
import { unreachable } from '../lib/unreachable.ts'
import { type Db, rows } from './db.ts'
import type { Effect, PerformEffect, Priority, RunEffect, ThingName, TimerEffect } from './effects.ts'
import type { PortName } from './ports.ts'
import { applyTimers } from './timers-store.ts'

export type DeliverableEffect = Exclude<Effect, TimerEffect | RunEffect>
export type OutsideEffect = Exclude<DeliverableEffect, PerformEffect>
/** Each port to the outside, and our own commands to each other: those by which somebody may be woken apart. */
export type OutboxPort = PortName | 'perform' | 'urgent'
export type Wanted = OutboxPort | 'timers' | 'workers'
export const outboxPorts = [
  'pager',
  'urgent',
  'perform',
  'slack',
  'pagerduty',
  'mail',
  'webhook',
  'alertmanager',
  'sns',
  'probe',
] as const satisfies readonly OutboxPort[]

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

/** A thing that is outside already. */
interface There {
  /** Nothing can be said in it until it is opened again. */
  isArchived: boolean
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

// What waits as a look stays one: whatever else is wanted meanwhile is done by the same delivery, after looking.
const look = 'slack.look'

function thingOf(effect: DeliverableEffect): ThingName | null {
  return 'name' in effect ? effect.name : null
}

/** `slack.say` goes to the port `slack`, and so on: the part of an effect's kind before the point is its port. */
function portOf(effect: DeliverableEffect): OutboxPort {
  if (effect.kind === 'perform' && effect.isUrgent) return 'urgent'
  return effect.kind.split('.', 1)[0] as OutboxPort
}

/**
 * A message is posted in the order in which things were said, and a channel opened before anything is said in it. Changed
 * later they stay where they are: their edits, of which Slack takes one a second, or twenty topics a minute, stand in a
 * line of their own and hold up nothing that is new. Only a channel's end, and its opening again, keep their place.
 */
function editStreamOf(effect: DeliverableEffect, there: There | undefined): string | null {
  switch (effect.kind) {
    case 'slack.look':
      return `slack:${effect.name}`
    case 'slack.show':
      return there ? `slack:${effect.name}` : null
    case 'slack.channel':
      return there && !there.isArchived && !effect.desired.isArchived ? `slack:${effect.name}` : null
    default:
      return null
  }
}

/** What must stay in order shares a stream; what must not wait for each other does not. */
function streamOf(effect: DeliverableEffect, subject: string): string {
  switch (effect.kind) {
    case 'perform':
      return `perform:${effect.feature}/${effect.id}`
    case 'slack.tell':
    case 'slack.home':
      // An answer waits for nobody's card, but two answers to one person come in order.
      return `slack:tell/${effect.person}`
    case 'mail.send':
      // Two mails to one reader come in order; nobody waits for another's.
      return `mail:${subject}:${effect.to.join(',')}`
    default:
      return `${portOf(effect)}:${ownerOfPlace(effect) ?? subject}${publicPlace(effect)}`
  }
}

/**
 * Many write into a channel like #incidents, and Slack lets each channel have about a message a second. What waits for
 * its turn there must not hold up what is said in the subject's own channel.
 */
function publicPlace(effect: DeliverableEffect): string {
  return 'to' in effect && typeof effect.to === 'string' && effect.to.startsWith('#') ? ` ${effect.to}` : ''
}

/** Whatever is said in a channel of ours stands in line with the channel itself, whoever says it. */
function ownerOfPlace(effect: DeliverableEffect): string | null {
  if (!('to' in effect) || typeof effect.to !== 'string') return null
  return /^([^#@/]+\/[^/]+)\/[^/]+$/.exec(effect.to)?.[1] ?? null
}

const ranks: Record<Priority | 'page', number> = { page: 0, answer: 1, state: 2, chatter: 3 }

function priorityOf(effect: DeliverableEffect): number {
  switch (effect.kind) {
    case 'pager.trigger':
    case 'pager.acknowledge':
    case 'pager.resolve':
    case 'webhook.send':
    case 'perform':
      return ranks.page
    case 'slack.tell':
    case 'slack.home':
    case 'probe.ask':
    case 'pagerduty.invite':
      return ranks.answer
    case 'pagerduty.look':
    case 'pagerduty.find':
    case 'pagerduty.priority':
    case 'slack.channel':
    case 'slack.group':
    case 'slack.look':
      return ranks.state
    case 'slack.show':
      return ranks[effect.priority ?? 'state']
    case 'slack.say':
      return ranks[effect.priority ?? 'chatter']
    case 'alertmanager.silence':
    case 'alertmanager.look':
    case 'slack.react':
    case 'slack.file':
    case 'mail.send':
    case 'sns.confirm':
    case 'pagerduty.note':
      return ranks.chatter
    default:
      return unreachable(effect)
  }
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
}

/** True when this worker still held the lease: only then did it decide the row's fate, and what is known of the thing. */
export async function close(tx: Db, { id, worker, outcome, error, observed }: Closing, now: Date): Promise<boolean> {
  const closed = sql`update outbox set closed_at = ${now.toISOString()}, outcome = ${outcome}, last_error = ${error ?? null},
    in_doubt = false, leased_by = null, leased_until = null
    where id = ${id} and leased_by = ${worker} and closed_at is null returning id`
  const kept = observed
    ? sql`with closed as (${closed}),
        kept as (update things set observed = ${JSON.stringify(observed.now)}::jsonb
          where name = ${observed.thing} and exists (select from closed))
        select id from closed`
    : closed
  return (await rows(tx, kept)).length > 0
}

/** What was filed while its thing was on its way turns out to be an edit, and waits where edits wait. */
export function streamOfRetry({ effect, observed, stream }: Claimed): string {
  if (typeof observed !== 'object' || observed === null) return stream
  return editStreamOf(effect, { isArchived: 'isArchived' in observed && observed.isArchived === true }) ?? stream
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
