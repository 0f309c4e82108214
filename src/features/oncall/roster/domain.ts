import type { Decision, Given } from '../../../core/decision.ts'
import type { Instant } from '../../../core/effects.ts'
import { unreachable } from '../../../lib/unreachable.ts'

/**
 * Who is on call in PagerDuty, as it was seen last: read again and again, and kept, so that names and numbers are there
 * when PagerDuty itself is not.
 *
 *   look ──▶ asked ──▶ seen (somebody else) | confirmed (as before) | failed ──▶ asked again, sooner
 */
export interface Roster {
  askedAt: Instant | null
  seenAt: Instant | null
  /** Since when it has not answered; null while it does. */
  failingSince: Instant | null
  failure: string | null
  entries: readonly Entry[]
  /** Those of tocsin.yml whom PagerDuty knows. */
  users: readonly UserThere[]
  usersSeenAt: Instant | null
}

export interface UserThere {
  id: string
  email: string
}

export interface Entry {
  policy: string | null
  policyName: string | null
  schedule: string | null
  scheduleName: string | null
  /** 1 is called first. */
  level: number
  user: { id: string; name: string; email: string | null; phone: string | null }
  until: Instant | null
}

/** What the adapter says of a look. */
export type Looked =
  | { outcome: 'seen'; entries: readonly Entry[]; users?: readonly UserThere[] | null }
  | { outcome: 'failed'; code: string }

export type RosterCommand =
  | { type: 'roster.look' }
  /** After the first start: whoever is on call there is to be known before it is needed. */
  | { type: 'roster.begin' }
  | { type: 'roster.see'; observed: Looked }
  | { type: 'roster.giveUp'; code: string }

export type RosterEvent =
  | { type: 'roster.asked'; at: Instant }
  | { type: 'roster.seen'; entries: readonly Entry[]; at: Instant }
  | { type: 'roster.confirmed'; at: Instant }
  | { type: 'roster.usersSeen'; users: readonly UserThere[]; at: Instant }
  | { type: 'roster.failed'; code: string; at: Instant }

export type RosterRefused = 'nothing-to-ask'

export interface RosterPolicy {
  /** What tocsin.yml names of PagerDuty. */
  watched: { policies: readonly string[]; schedules: readonly string[] }
  /** Of those in tocsin.yml, in small letters. */
  emails: readonly string[]
}

// Whoever asks twice in this time is answered from what is known: PagerDuty counts how often it is asked.
const sameLookMilliseconds = 30_000

export function decideRoster(
  stored: Roster | null,
  command: RosterCommand,
  { now, policy }: Given<RosterPolicy>,
): Decision<RosterEvent, RosterRefused> {
  const at = now.toISOString()
  const roster = stored ?? empty
  switch (command.type) {
    case 'roster.begin':
    case 'roster.look': {
      const { policies, schedules } = policy.watched
      if (policies.length + schedules.length === 0) return { refused: 'nothing-to-ask' }
      // Once it was asked, a timer looks again.
      if (command.type === 'roster.begin' && roster.askedAt !== null) return []
      const isFresh = roster.askedAt !== null && now.getTime() - Date.parse(roster.askedAt) < sameLookMilliseconds
      // Never nothing for the first: the roster exists from then on.
      return isFresh ? [] : [{ type: 'roster.asked', at }]
    }
    case 'roster.see': {
      const { observed } = command
      if (observed.outcome === 'failed') return [{ type: 'roster.failed', code: observed.code, at }]
      const isSame = roster.seenAt !== null && JSON.stringify(observed.entries) === JSON.stringify(roster.entries)
      return [
        ...(observed.users ? [{ type: 'roster.usersSeen' as const, users: observed.users, at }] : []),
        isSame ? { type: 'roster.confirmed', at } : { type: 'roster.seen', entries: observed.entries, at },
      ]
    }
    case 'roster.giveUp':
      return [{ type: 'roster.failed', code: command.code, at }]
    default:
      return unreachable(command)
  }
}

export function evolveRoster(stored: Roster | null, event: RosterEvent): Roster {
  const roster = stored ?? empty
  switch (event.type) {
    case 'roster.asked':
      return { ...roster, askedAt: event.at }
    case 'roster.seen':
      return { ...roster, entries: event.entries, seenAt: event.at, failingSince: null, failure: null }
    case 'roster.confirmed':
      return { ...roster, seenAt: event.at, failingSince: null, failure: null }
    case 'roster.usersSeen':
      return { ...roster, users: event.users, usersSeenAt: event.at }
    case 'roster.failed':
      return { ...roster, failingSince: roster.failingSince ?? event.at, failure: event.code }
    default:
      return unreachable(event)
  }
}

const empty: Roster = {
  askedAt: null,
  seenAt: null,
  failingSince: null,
  failure: null,
  entries: [],
  users: [],
  usersSeenAt: null,
}
