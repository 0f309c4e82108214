import { type Db, sqlState } from './db.ts'
import type { Actor, Decision, Given, Refusal } from './decision.ts'
import { isRefusal } from './decision.ts'
import type { Callback, Effect } from './effects.ts'
import { type Entry, lockAndRecall, writeJournal } from './journal.ts'
import { fileEffects, type Wanted } from './outbox-store.ts'
import type { Subscriptions } from './subscriptions.ts'

/** The questions that each stateful feature answers. Only load, save, newId and enrich do I/O. */
export interface Aggregate<State, Command, Event, Code extends string, Policy> {
  feature: string
  newId(tx: Db): Promise<string>
  load(tx: Db, id: string): Promise<State | null>
  save(tx: Db, id: string, after: State): Promise<void>
  /** What a command must know beyond its own subject, read in the same transaction. */
  enrich?(tx: Db, command: Command, now: Date, given: { id: string; policy: Policy }): Promise<Command>
  decide(state: State | null, command: Command, given: Given<Policy>): Decision<Event, Code>
  evolve(state: State | null, event: Event): State
  effects(after: State, event: Event, given: Given<Policy>): readonly Effect[]
  /**
   * What is drawn from the state alone, once for all that a decision changed: a message with a thousand lines need not be
   * drawn a thousand times for the last to be sent. Filed before the effects of each event, which may stand below it.
   */
  redraw?(after: State, events: readonly Event[], given: Given<Policy>): readonly Effect[]
}

/** An aggregate of which only the feature is known: what registries hold. */
// biome-ignore lint/suspicious/noExplicitAny: the parts of one aggregate fit each other; a registry need not know how.
export type AnyAggregate = Aggregate<any, any, any, string, any>

export type Outcome<State, Event, Code extends string> =
  | { id: string; done: readonly Event[]; state: State }
  | ({ id: string } & Refusal<Code>)

/** The rules of a feature, as its aggregate decides by them. */
export type PolicyReader = <Policy>(aggregate: {
  effects(after: never, event: never, given: Given<Policy>): unknown
  feature: string
}) => Policy

/** `perform` for whoever is given no more than that: who acts, and for which cause, is settled where it is handed out. */
export type Performer<More extends readonly unknown[] = []> = <
  State,
  Command extends { type: string },
  Event extends { type: string },
  Code extends string,
  Policy,
>(
  aggregate: Aggregate<State, Command, Event, Code, Policy>,
  id: string,
  command: Command,
  ...more: More
) => Promise<Outcome<State, Event, Code>>

export interface Spine {
  db: Db
  now(): Date
  policyOf(feature: string): unknown
  subscriptions: Subscriptions
  /** Something was put into the outbox or the timers: deliver it now rather than at the next look. */
  wake(wanted: readonly Wanted[]): void
}

export interface By {
  actor: Actor
  /** What made this happen, as `inbox/12`. Performing the same command for the same cause again changes nothing. */
  cause: string
}

/** The subject does not exist yet: it gets its id inside the transaction. */
export const newSubject = 'new'

/**
 * The one way in which anything changes.
 *
 * Slash command, button, webhook, timer and CLI all end here: lock the subject, decide, apply, write the journal and
 * the outbox, commit. There is no second path, which is why the timeline and the audit are complete without anybody
 * remembering to write them, and why nobody is ever told something that was not saved.
 */
export async function perform<
  State,
  Command extends { type: string },
  Event extends { type: string },
  Code extends string,
  Policy,
>(
  spine: Spine,
  aggregate: Aggregate<State, Command, Event, Code, Policy>,
  subject: string,
  command: Command,
  by: By,
): Promise<Outcome<State, Event, Code>> {
  const cause = `${by.cause}/${aggregate.feature}/${subject}/${command.type}`
  const attempt = () => spine.db.transaction((tx) => performIn(tx, spine, aggregate, subject, command, by.actor, cause))
  const { outcome, wanted } = await attempt().catch((error: unknown) => {
    // Two replicas worked on one delivery at once and the other was first: the second look finds what it did.
    if (sqlState(error) !== uniqueViolation) throw error
    return attempt()
  })
  spine.wake(wanted)
  return outcome
}

const uniqueViolation = '23505'

interface Performed<State, Event, Code extends string> {
  outcome: Outcome<State, Event, Code>
  wanted: readonly Wanted[]
}

async function performIn<
  State,
  Command extends { type: string },
  Event extends { type: string },
  Code extends string,
  Policy,
>(
  tx: Db,
  spine: Spine,
  aggregate: Aggregate<State, Command, Event, Code, Policy>,
  subject: string,
  command: Command,
  actor: Actor,
  cause: string,
): Promise<Performed<State, Event, Code>> {
  const { feature } = aggregate
  const earlier = await lockAndRecall(tx, subject === newSubject ? null : `${feature}/${subject}`, cause)
  if (earlier) return { outcome: await repeat(tx, aggregate, earlier), wanted: [] }

  const id = subject === newSubject ? await aggregate.newId(tx) : subject
  const before: State | null = await aggregate.load(tx, id)
  const given: Given<Policy> = { id, now: spine.now(), actor, policy: spine.policyOf(feature) as Policy }
  const enriched = aggregate.enrich ? await aggregate.enrich(tx, command, given.now, given) : command
  const decision = aggregate.decide(before, enriched, given)
  if (isRefusal<Code>(decision)) {
    const refused = {
      type: `${command.type}.refused`,
      refused: decision.refused,
      ...optional('details', decision.details),
    }
    await writeJournal(tx, { feature, subject: id, at: given.now, actor, cause, events: [refused] })
    return { outcome: { id, ...decision }, wanted: [] }
  }

  let state: State | null = before
  const effects: Effect[] = []
  for (const event of decision) {
    const after: State = aggregate.evolve(state, event)
    state = after
    effects.push(...aggregate.effects(after, event, given), ...spine.subscriptions.hear(feature, id, after, event))
  }
  // Nothing was there and nothing came of it: a timer of something that was never opened, for instance.
  if (state === null) throw new Error(`${feature}/${id}: ${command.type} found nothing and made nothing`)

  await writeJournal(tx, { feature, subject: id, at: given.now, actor, cause, events: decision })
  if (decision.length > 0) await aggregate.save(tx, id, state)
  const drawn = decision.length > 0 ? (aggregate.redraw?.(state, decision, given) ?? []) : []
  const wanted = await fileEffects(tx, `${feature}/${id}`, [...drawn, ...effects], given.now)
  return { outcome: { id, done: decision, state }, wanted }
}

/** The same cause came twice (a crash, a take-over, two replicas): tell again what was decided then. */
async function repeat<State, Event, Code extends string>(
  tx: Db,
  aggregate: { load(tx: Db, id: string): Promise<State | null> },
  earlier: Entry[],
): Promise<Outcome<State, Event, Code>> {
  const [first] = earlier
  if (!first) throw new Error('repeat needs what was journalled')
  const id = first.subject
  if ('refused' in first.event) return { id, ...(first.event as unknown as Refusal<Code>) }
  const state = await aggregate.load(tx, id)
  if (state === null) throw new Error(`${first.feature}/${id} is journalled but not stored`)
  return { id, done: earlier.map((entry) => entry.event as Event), state }
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>)
}

/** A `perform` effect: the command that one feature sends to another, or that a timer brings. */
export async function performEffect(
  spine: Spine,
  aggregates: ReadonlyMap<string, AnyAggregate>,
  { feature, id, command }: Callback,
  by: By,
): Promise<void> {
  const aggregate = aggregates.get(feature)
  if (!aggregate) throw new Error(`nobody performs ${command.type}: there is no feature ${feature}`)
  await perform(spine, aggregate, id, command, by)
}
