import type { Actor, Decision, Given } from '../../../core/decision.ts'
import type { Instant } from '../../../core/effects.ts'
import { type Matcher, matches } from '../../../lib/matchers.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import type { Waiting } from '../alert.ts'

/**
 * A silence: somebody knows about these alerts, and wants to hear nothing of them for a while.
 *
 *   (nothing) ──create──▶ active ──its time is over, or somebody ends it──▶ ended
 */
export interface Silence {
  /** S-7. */
  id: string
  match: readonly Matcher[]
  reason: string
  createdBy: string | null
  createdAt: Instant
  until: Instant
  status: 'active' | 'ended'
  /** Null when its time was over. */
  endedBy: string | null
  endedAt: Instant | null
  /** What Alertmanager calls its copy; null while it has none, or when there is no Alertmanager to tell. */
  remoteId: string | null
  /** Why it has none. */
  remoteTrouble: string | null
}

export type Command =
  | {
      type: 'silence.create'
      match: readonly Matcher[]
      forMilliseconds: number
      reason: string
      /** Groups that fire and that it is for. */
      affected?: readonly Waiting[]
    }
  /** `silence` is its own id, by which those that it keeps quiet are found. */
  | { type: 'silence.end'; silence: string; affected?: readonly Waiting[] }
  | { type: 'silence.expire'; silence: string; affected?: readonly Waiting[] }
  | { type: 'silence.noteCopy'; observed: { remoteId: string | null } }
  | { type: 'silence.noteTrouble'; code: string }

export type Event =
  | {
      type: 'silence.created'
      id: string
      match: readonly Matcher[]
      reason: string
      until: Instant
      by: string | null
      at: Instant
      affected: readonly Waiting[]
    }
  | { type: 'silence.ended'; by: string | null; at: Instant; affected: readonly Waiting[] }
  | { type: 'silence.copied'; remoteId: string }
  | { type: 'silence.copyFailed'; code: string }

export type Refused =
  | 'no-such-silence'
  | 'matches-everything'
  | 'reason-missing'
  | 'too-long'
  | 'too-short'
  | 'already-over'

const longest = 30 * 86_400_000
const shortest = 60_000

export function decide(silence: Silence | null, command: Command, given: Given<unknown>): Decision<Event, Refused> {
  if (command.type === 'silence.create') return create(command, given)
  if (!silence) return { refused: 'no-such-silence' }

  const { now, actor } = given
  switch (command.type) {
    case 'silence.end':
      if (silence.status === 'ended') return { refused: 'already-over' }
      return [{ type: 'silence.ended', by: personOf(actor), at: now.toISOString(), affected: command.affected ?? [] }]
    case 'silence.expire':
      // Somebody may have ended it just before.
      if (silence.status === 'ended') return []
      return [{ type: 'silence.ended', by: null, at: now.toISOString(), affected: command.affected ?? [] }]
    case 'silence.noteCopy': {
      const { remoteId } = command.observed
      return remoteId === null || remoteId === silence.remoteId ? [] : [{ type: 'silence.copied', remoteId }]
    }
    case 'silence.noteTrouble':
      return [{ type: 'silence.copyFailed', code: command.code }]
    default:
      return unreachable(command)
  }
}

function create(
  { match, forMilliseconds, reason, affected = [] }: Extract<Command, { type: 'silence.create' }>,
  { id, now, actor }: Given<unknown>,
): Decision<Event, Refused> {
  // What fits an alert without any labels fits every alert.
  if (match.length === 0 || matches(match, {})) return { refused: 'matches-everything' }
  if (reason === '') return { refused: 'reason-missing' }
  if (forMilliseconds > longest) return { refused: 'too-long' }
  if (forMilliseconds < shortest) return { refused: 'too-short' }
  const until = new Date(now.getTime() + forMilliseconds).toISOString()
  const at = now.toISOString()
  return [{ type: 'silence.created', id, match, reason, until, by: personOf(actor), at, affected }]
}

export function evolve(silence: Silence | null, event: Event): Silence {
  if (event.type === 'silence.created') {
    const { id, match, reason, until, by, at } = event
    const open = { status: 'active', endedBy: null, endedAt: null, remoteId: null, remoteTrouble: null } as const
    return { id, match, reason, until, createdBy: by, createdAt: at, ...open }
  }
  if (!silence) throw new Error(`${event.type} before silence.created`)
  switch (event.type) {
    case 'silence.ended':
      return { ...silence, status: 'ended', endedBy: event.by, endedAt: event.at }
    case 'silence.copied':
      return { ...silence, remoteId: event.remoteId, remoteTrouble: null }
    case 'silence.copyFailed':
      return { ...silence, remoteTrouble: event.code }
    default:
      return unreachable(event)
  }
}

function personOf(actor: Actor): string | null {
  return actor.kind === 'person' ? actor.id : null
}
