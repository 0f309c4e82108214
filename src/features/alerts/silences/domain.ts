/** A silence, and what may become of it: what is asked for here, and what people do with its copy in Alertmanager. */
import type { Actor, Decision, Given } from '../../../core/decision.ts'
import type { Instant } from '../../../core/effects.ts'
import { canonical } from '../../../lib/fingerprint.ts'
import { type Matcher, matches } from '../../../lib/matchers.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import type { Waiting } from '../alert.ts'

/**
 * A silence: somebody knows about these alerts, and wants to hear nothing of them for a while.
 *
 *   (nothing) ──create──▶ active ──its time is over, or somebody ends it, here or there──▶ ended
 *                            ▲                                                               │
 *                            └──── its end was moved there just before its time was over ────┘
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
  /** Null when its time was over, and when it was ended in Alertmanager, which does not say by whom. */
  endedBy: string | null
  endedAt: Instant | null
  /** Somebody ended its copy in Alertmanager. */
  endedThere: boolean
  /** When its end or its labels were last seen to be others there. */
  changedThereAt: Instant | null
  /** What Alertmanager calls its copy; null while it has none, or when there is no Alertmanager to tell. */
  remoteId: string | null
  /** Why it has none. */
  remoteTrouble: string | null
  /** How often it was made there: one that Alertmanager lost is made again. */
  copies: number
}

/** What is seen of its copy, in our words. */
export interface SeenThere {
  id: string
  match: readonly Matcher[]
  until: Instant
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
  /** `asked` is what the copy was called that was looked for; null means that Alertmanager does not know it. */
  | {
      type: 'silence.seeThere'
      silence: string
      asked: string
      there: SeenThere | null
      affected?: readonly Waiting[]
    }

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
  | { type: 'silence.copyLost' }
  | { type: 'silence.endedThere'; at: Instant; affected: readonly Waiting[] }
  | {
      type: 'silence.changedThere'
      remoteId: string
      match: readonly Matcher[]
      until: Instant
      at: Instant
      affected: readonly Waiting[]
    }

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
    case 'silence.seeThere':
      return seeThere(silence, command, given)
    default:
      return unreachable(command)
  }
}

/**
 * The newer word holds, wherever it is said: what was changed or ended there is followed. Only what somebody ended here
 * stays ended, for its copy is being ended too. A copy that nobody ended and that is gone was lost: it is made again.
 */
function seeThere(
  silence: Silence,
  { asked, there, affected = [] }: Extract<Command, { type: 'silence.seeThere' }>,
  { now }: Given<unknown>,
): readonly Event[] {
  if (silence.remoteId !== asked || (silence.status === 'ended' && !isOverByTime(silence))) return []
  const at = now.toISOString()
  if (there === null) return silence.status === 'active' ? lose(silence) : []
  if (!differs(silence, there)) return there.id === asked ? [] : [{ type: 'silence.copied', remoteId: there.id }]
  if (Date.parse(there.until) > now.getTime()) {
    const { id: remoteId, match, until } = there
    return [{ type: 'silence.changedThere', remoteId, match, until, at, affected }]
  }
  return silence.status === 'active' ? [{ type: 'silence.endedThere', at, affected }] : []
}

// Whatever forgets it so often does so again: two that do not know of each other behind one address, for instance.
export const copiesMax = 3

function lose({ copies }: Silence): readonly Event[] {
  const isHopeless = copies >= copiesMax
  return [
    { type: 'silence.copyLost' },
    ...(isHopeless ? [{ type: 'silence.copyFailed', code: lostThere } as const] : []),
  ]
}

export const lostThere = 'alertmanager_loses_it'

const second = 1_000

/** Whether another end or other labels are seen there than hold here. */
export function differs(
  { match, until }: Pick<Silence, 'match' | 'until'>,
  there: Pick<SeenThere, 'match' | 'until'>,
): boolean {
  const inOrder = (matchers: readonly Matcher[]) => canonical(matchers.map(canonical).toSorted())
  const isSameEnd = Math.abs(Date.parse(there.until) - Date.parse(until)) < second
  return !isSameEnd || inOrder(match) !== inOrder(there.match)
}

/** Nobody ended it. Alertmanager ends such a one by itself, and it may be given more time there until then. */
export function isOverByTime({ endedAt, until }: Pick<Silence, 'endedAt' | 'until'>): boolean {
  return endedAt !== null && Date.parse(endedAt) >= Date.parse(until)
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
    return { id, match, reason, until, createdBy: by, createdAt: at, ...untouched }
  }
  if (!silence) throw new Error(`${event.type} before silence.created`)
  switch (event.type) {
    case 'silence.ended':
      return { ...silence, status: 'ended', endedBy: event.by, endedAt: event.at }
    case 'silence.copied':
      return { ...silence, remoteId: event.remoteId, remoteTrouble: null }
    case 'silence.copyFailed':
      return { ...silence, remoteTrouble: event.code }
    case 'silence.copyLost':
      return { ...silence, remoteId: null, copies: silence.copies + 1 }
    case 'silence.endedThere':
      return { ...silence, status: 'ended', endedAt: event.at, endedThere: true }
    case 'silence.changedThere': {
      const { match, until, remoteId, at } = event
      return { ...silence, match, until, remoteId, status: 'active', endedAt: null, changedThereAt: at }
    }
    default:
      return unreachable(event)
  }
}

const untouched = {
  status: 'active',
  endedBy: null,
  endedAt: null,
  endedThere: false,
  changedThereAt: null,
  remoteId: null,
  remoteTrouble: null,
  copies: 1,
} as const

function personOf(actor: Actor): string | null {
  return actor.kind === 'person' ? actor.id : null
}
