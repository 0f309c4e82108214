import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type About, isOver } from '../incidents/index.ts'

/**
 * What everybody was told about an incident last, and when they hear of it again.
 *
 *   (not due) ──its moment comes──▶ due ──asked, asked again──▶ escalated
 *        ▲                           │            │                 │
 *        └─────────────post──────────┴────────────┴─────────────────┘   over: nothing is due any more
 */
export interface Plan {
  incident: string
  about: About
  count: number
  known: string
  doing: string
  needed: string
  postedBy: string | null
  postedAt: Instant | null
  /** The promise: until then everybody hears again. */
  nextAt: Instant | null
  /** How often somebody was asked for the one that is late. */
  askedCount: number
}

/** What people are told: the same three questions each time, so that nobody has to think of them at night. */
export interface Words {
  known: string
  doing: string
  needed: string
}

/** Milliseconds from now; `cadence` is what the severity asks for. */
export type Next = number | 'cadence' | 'none'

export type Command =
  | { type: 'updates.follow'; about: About }
  | { type: 'update.post'; words: Words; next: Next }
  | { type: 'update.askFor' }

export type Event =
  | {
      type: 'updates.followed'
      incident: string
      about: About
      from: About | null
      nextAt: Instant | null
      /** Reopened or over: whoever was asked is not asked on. */
      isFresh: boolean
    }
  | {
      type: 'update.posted'
      incident: string
      number: number
      words: Words
      nextAt: Instant | null
      by: string | null
      at: Instant
    }
  | {
      type: 'update.overdue'
      incident: string
      dueAt: Instant
      time: number
      of: number
      asked: Asked
      /** Null when nobody in particular is asked. */
      person: string | null
      at: Instant
    }

/** Who is asked for a late update; the last is for whoever escalates. */
export type Asked = 'communications' | 'lead' | 'everybody' | 'escalation'

export type Refused = 'no-such-incident' | 'nothing-said' | 'too-long' | 'next-too-far'

export interface Policy {
  /** Milliseconds after it was due at which it is asked for; the last of them escalates. */
  askAfter: readonly number[]
  /** Milliseconds between updates at this severity and in this state; null promises none. */
  every(about: About): number | null
}

export const partMax = 2_000
const nextMax = 7 * 86_400_000

export function decide(plan: Plan | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'updates.follow') return follow(plan, command.about, given)
  if (!plan) return { refused: 'no-such-incident' }

  switch (command.type) {
    case 'update.post':
      return post(plan, command, given)
    case 'update.askFor':
      return askFor(plan, given)
    default:
      return unreachable(command)
  }
}

function follow(plan: Plan | null, about: About, { id, now, policy }: Given<Policy>): Event[] {
  if (plan && canonical(plan.about) === canonical(about)) return []
  const from = plan?.about ?? null
  const nextAt = nextAfter(plan, about, { now, policy })
  const isFresh = isOver(about) || (from !== null && isOver(from))
  return [{ type: 'updates.followed', incident: id, about, from, nextAt, isFresh }]
}

/** A graver severity brings the next update nearer; a lighter one breaks no promise. */
function nextAfter(
  plan: Plan | null,
  about: About,
  { now, policy }: Pick<Given<Policy>, 'now' | 'policy'>,
): Instant | null {
  if (isOver(about)) return null
  const promised = plan?.nextAt ?? null
  const hasOtherCadence = !plan || isOver(plan.about) || policy.every(plan.about) !== policy.every(about)
  const every = policy.every(about)
  if (!hasOtherCadence || every === null) return promised
  const byCadence = later(now, every)
  return promised !== null && promised < byCadence ? promised : byCadence
}

function post(
  plan: Plan,
  { words, next }: Extract<Command, { type: 'update.post' }>,
  { actor, now, policy }: Given<Policy>,
): Decision<Event, Refused> {
  const parts = [words.known, words.doing, words.needed]
  if (parts.every((part) => part.trim() === '')) return { refused: 'nothing-said' }
  if (parts.some((part) => part.length > partMax)) return { refused: 'too-long', details: { max: partMax } }
  if (typeof next === 'number' && next > nextMax) return { refused: 'next-too-far' }
  const wait = next === 'cadence' ? policy.every(plan.about) : next === 'none' ? null : next
  const nextAt = wait === null || isOver(plan.about) ? null : later(now, wait)
  const by = actor.kind === 'person' ? actor.id : null
  const { incident, count } = plan
  return [{ type: 'update.posted', incident, number: count + 1, words, nextAt, by, at: now.toISOString() }]
}

function askFor(plan: Plan, { now, policy }: Given<Policy>): Event[] {
  // The timer may fire just after somebody posted, or when it is over. Saying nothing is then the right answer.
  if (plan.nextAt === null || isOver(plan.about)) return []
  const late = now.getTime() - Date.parse(plan.nextAt)
  // Of several moments that went by while nobody ran, the last one counts.
  const time = policy.askAfter.filter((after) => after <= late).length
  if (time <= plan.askedCount) return []
  const of = policy.askAfter.length
  const whom = whomToAsk(plan.about, time, of)
  const { incident, nextAt: dueAt } = plan
  return [{ type: 'update.overdue', incident, dueAt, time, of, ...whom, at: now.toISOString() }]
}

function whomToAsk({ communications, lead }: About, time: number, of: number): { asked: Asked; person: string | null } {
  if (time >= of && of > 1) return { asked: 'escalation', person: lead }
  if (time === 1 && communications !== null) return { asked: 'communications', person: communications }
  return lead === null ? { asked: 'everybody', person: null } : { asked: 'lead', person: lead }
}

function later(now: Date, wait: number): Instant {
  return new Date(now.getTime() + wait).toISOString()
}

export function isOverdue({ nextAt }: Pick<Plan, 'nextAt'>, now: Date): boolean {
  return nextAt !== null && Date.parse(nextAt) <= now.getTime()
}

export function evolve(plan: Plan | null, event: Event): Plan {
  if (event.type === 'updates.followed') {
    const { incident, about, nextAt, isFresh } = event
    const before = plan ?? unheard(incident, about)
    const isMoved = before.nextAt !== nextAt
    return { ...before, about, nextAt, askedCount: isFresh || isMoved ? 0 : before.askedCount }
  }
  if (!plan) throw new Error(`${event.type} before updates.followed`)

  switch (event.type) {
    case 'update.posted': {
      const { words, number, by, at, nextAt } = event
      return { ...plan, ...words, count: number, postedBy: by, postedAt: at, nextAt, askedCount: 0 }
    }
    case 'update.overdue':
      return { ...plan, askedCount: event.time }
    default:
      return unreachable(event)
  }
}

function unheard(incident: string, about: About): Plan {
  return {
    incident,
    about,
    count: 0,
    known: '',
    doing: '',
    needed: '',
    postedBy: null,
    postedAt: null,
    nextAt: null,
    askedCount: 0,
  }
}
