/**
 * Our own people who want to hear what clients are told: which of it, and when not. In their quiet hours nothing comes;
 * at their end they are told how it stands then, once.
 *
 *   (nobody) ──follow──▶ following ⇄ filters changed ──▶ left
 */
import type { Decision, Given } from '../../../core/decision.ts'
import type { Instant } from '../../../core/effects.ts'
import { canonical } from '../../../lib/fingerprint.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import { instantOf, wallTime, zoneOf } from '../../../lib/wallclock.ts'
import type { Post, Story } from '../domain.ts'

export interface Follower {
  person: string
  isFollowing: boolean
  /** Empty lets everything through. */
  severities: readonly string[]
  components: readonly string[]
  quiet: Quiet | null
  since: Instant
}

/** Minutes since midnight where they live; over midnight when the end is the smaller one. */
export interface Quiet {
  from: number
  to: number
  timeZone: string
}

export type Wishes = Pick<Follower, 'severities' | 'components' | 'quiet'>

export type Command = ({ type: 'follower.follow' } & Wishes) | { type: 'follower.leave' }

export type Event =
  | ({ type: 'follower.followed'; person: string; at: Instant } & Wishes)
  | { type: 'follower.left'; at: Instant }

export type Refused = 'no-such-severity' | 'no-such-component' | 'not-following'

export interface Policy {
  severities: readonly string[]
  componentKeys: readonly string[]
}

export function decide(
  follower: Follower | null,
  command: Command,
  { id, now, policy }: Given<Policy>,
): Decision<Event, Refused> {
  switch (command.type) {
    case 'follower.follow': {
      const { severities, components, quiet } = command
      const severity = severities.find((name) => !policy.severities.includes(name))
      if (severity !== undefined)
        return { refused: 'no-such-severity', details: { name: severity, accepted: policy.severities.join(', ') } }
      const component = components.find((name) => !policy.componentKeys.includes(name))
      if (component !== undefined)
        return { refused: 'no-such-component', details: { name: component, accepted: policy.componentKeys.join(', ') } }
      const wishes = { severities, components, quiet }
      if (follower?.isFollowing && canonical(wishesOf(follower)) === canonical(wishes)) return []
      return [{ type: 'follower.followed', person: id, ...wishes, at: now.toISOString() }]
    }
    case 'follower.leave':
      return follower?.isFollowing ? [{ type: 'follower.left', at: now.toISOString() }] : { refused: 'not-following' }
    default:
      return unreachable(command)
  }
}

function wishesOf({ severities, components, quiet }: Follower): Wishes {
  return { severities, components, quiet }
}

export function evolve(follower: Follower | null, event: Event): Follower {
  if (event.type === 'follower.followed') {
    const { person, severities, components, quiet, at } = event
    return { person, severities, components, quiet, isFollowing: true, since: follower?.since ?? at }
  }
  if (!follower) throw new Error(`${event.type} before follower.followed`)
  return { ...follower, isFollowing: false }
}

/** A filter that names nothing lets everything through; a message about nothing in particular is for everybody. */
export function wants(follower: Follower, story: Pick<Story, 'about'>, { facts }: Pick<Post, 'facts'>): boolean {
  const severity = story.about?.severity ?? null
  const bySeverity = follower.severities.length === 0 || severity === null || follower.severities.includes(severity)
  const byComponent =
    follower.components.length === 0 ||
    facts.components.length === 0 ||
    facts.components.some((component) => follower.components.includes(component))
  return follower.isFollowing && bySeverity && byComponent
}

const dayMinutes = 24 * 60

/** Null when they may be told now. */
export function endOfQuiet({ quiet }: Pick<Follower, 'quiet'>, now: Date): Date | null {
  if (quiet === null || quiet.from === quiet.to) return null
  const zone = zoneOf(quiet.timeZone)
  const { day, minutes } = wallTime(zone, now.getTime())
  const sinceBegin = (minutes - quiet.from + dayMinutes) % dayMinutes
  const length = (quiet.to - quiet.from + dayMinutes) % dayMinutes
  if (sinceBegin >= length) return null
  return new Date(instantOf(zone, minutes >= quiet.to ? day + 1 : day, quiet.to))
}
