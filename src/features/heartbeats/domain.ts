import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'

/**
 *   (nothing) ──beat──▶ beating ──silence──▶ missing
 *                          ▲  ▲                 │
 *                          │  └──────beat───────┘
 *                        retired: no longer in tocsin.yml; a beat of one that is there again begins anew
 */
export interface Heartbeat {
  name: string
  status: 'beating' | 'missing' | 'retired'
  missingSince: Instant | null
  /** When it was last heard, while it is missing. */
  silentSince: Instant | null
  /** We were away ourselves when it was due, so it was given some more time; once, until it beats again. */
  hasWaited: boolean
}

export type Command =
  | { type: 'heartbeat.beat'; at: Instant }
  /** The timer: is it late? `lastAt` is looked up in the same transaction. */
  | { type: 'heartbeat.look'; name: string; lastAt?: Instant | null }

export type Event =
  | { type: 'heartbeat.began'; name: string; at: Instant }
  | { type: 'heartbeat.heard' }
  | { type: 'heartbeat.waited'; until: Instant }
  | { type: 'heartbeat.missed'; lastAt: Instant; at: Instant }
  | { type: 'heartbeat.cameBack'; at: Instant; missingSince: Instant; silentSince: Instant | null }
  | { type: 'heartbeat.retired'; at: Instant; missingSince: Instant | null; silentSince: Instant | null }

export type Refused = 'no-such-heartbeat'

export interface Policy {
  /** How long after a beat the next one is late, and how long between two; null for one that tocsin.yml does not name. */
  spansOf(name: string): Spans | null
}

export interface Spans {
  every: number
  grace: number
}

export function decide(heartbeat: Heartbeat | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  const spans = given.policy.spansOf(given.id)
  switch (command.type) {
    case 'heartbeat.beat':
      return spans ? beat(heartbeat, command.at, given) : { refused: 'no-such-heartbeat' }
    case 'heartbeat.look':
      if (!heartbeat) return { refused: 'no-such-heartbeat' }
      return look(heartbeat, command.lastAt ?? null, spans, given)
    default:
      return unreachable(command)
  }
}

function beat(heartbeat: Heartbeat | null, at: Instant, { id }: Given<Policy>): Event[] {
  if (!heartbeat || heartbeat.status === 'retired') return [{ type: 'heartbeat.began', name: id, at }]
  if (heartbeat.missingSince !== null)
    return [
      { type: 'heartbeat.cameBack', at, missingSince: heartbeat.missingSince, silentSince: heartbeat.silentSince },
    ]
  return heartbeat.hasWaited ? [{ type: 'heartbeat.heard' }] : []
}

// A timer that is later than this fired late because nobody ran: then nobody heard beats either.
const lateSecondsMax = 60

function look(heartbeat: Heartbeat, lastAt: Instant | null, spans: Spans | null, given: Given<Policy>): Event[] {
  const { now, actor } = given
  if (heartbeat.status === 'retired') return []
  const { missingSince, silentSince } = heartbeat
  if (!spans) return [{ type: 'heartbeat.retired', at: now.toISOString(), missingSince, silentSince }]
  if (heartbeat.status === 'missing' || lastAt === null) return []
  const dueAt = Date.parse(lastAt) + spans.every + spans.grace
  // It beat meanwhile, or is given more time than when the timer was set.
  if (dueAt > now.getTime()) return [{ type: 'heartbeat.waited', until: new Date(dueAt).toISOString() }]
  const wasAway = actor.kind === 'timer' && actor.lateSeconds > lateSecondsMax
  if (wasAway && !heartbeat.hasWaited)
    return [{ type: 'heartbeat.waited', until: new Date(now.getTime() + spans.every).toISOString() }]
  return [{ type: 'heartbeat.missed', lastAt, at: now.toISOString() }]
}

const well = { status: 'beating', missingSince: null, silentSince: null, hasWaited: false } as const

export function evolve(heartbeat: Heartbeat | null, event: Event): Heartbeat {
  if (event.type === 'heartbeat.began') return { name: event.name, ...well }
  if (!heartbeat) throw new Error(`${event.type} before heartbeat.began`)
  switch (event.type) {
    case 'heartbeat.heard':
      return { ...heartbeat, hasWaited: false }
    case 'heartbeat.waited':
      return { ...heartbeat, hasWaited: true }
    case 'heartbeat.missed':
      return { ...heartbeat, status: 'missing', missingSince: event.at, silentSince: event.lastAt }
    case 'heartbeat.cameBack':
      return { ...heartbeat, ...well }
    case 'heartbeat.retired':
      return { ...heartbeat, ...well, status: 'retired' }
    default:
      return unreachable(event)
  }
}
