import type { Decision, Given } from '../../../core/decision.ts'
import type { Instant } from '../../../core/effects.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import type { Waiting } from '../alert.ts'

/**
 * A storm: so many groups break out at once that a message for each would hide what matters. Nothing is dropped; messages
 * that wake nobody wait, and one message counts them. It announces itself and its end.
 *
 *   calm ──too many within a while──▶ raging ──fewer for a while──▶ calm
 */
export interface Weather {
  id: string
  /** Of the storm that rages, or of the last one. */
  number: number
  status: 'calm' | 'raging'
  beganAt: Instant
  /** When there were last too many. */
  lastAt: Instant
  endedAt: Instant | null
  groupCount: number
  alertCount: number
}

/** There is one weather for all: Slack's patience and people's are not greater because the sources are many. */
export const everywhere = 'all'

export type Command =
  /** `recent` groups broke out just before these. */
  | { type: 'storm.observe'; groups: number; alerts: number; recent: number }
  /** `passed` groups were over before anybody saw them. */
  | { type: 'storm.calm'; released?: readonly Waiting[]; passed?: number }

export type Event =
  | { type: 'storm.began'; id: string; number: number; groups: number; alerts: number; at: Instant }
  | { type: 'storm.grew'; groups: number; alerts: number; lastAt: Instant }
  | { type: 'storm.ended'; at: Instant; released: readonly Waiting[]; passed?: number }

export type Refused = 'no-storm'

export interface Policy {
  storm: { groups: number; within: number; calmAfter: number }
}

export function decide(weather: Weather | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  const { id, now, policy } = given
  const at = now.toISOString()
  switch (command.type) {
    case 'storm.observe': {
      const { groups, alerts, recent } = command
      const isTooMany = groups + recent >= policy.storm.groups
      if (weather?.status === 'raging')
        return [{ type: 'storm.grew', groups, alerts, lastAt: isTooMany ? at : weather.lastAt }]
      if (!isTooMany) return weather === null ? { refused: 'no-storm' } : []
      return [{ type: 'storm.began', id, number: (weather?.number ?? 0) + 1, groups: groups + recent, alerts, at }]
    }
    case 'storm.calm': {
      if (weather?.status !== 'raging') return weather === null ? { refused: 'no-storm' } : []
      const isCalm = now.getTime() - Date.parse(weather.lastAt) >= policy.storm.calmAfter
      const { released = [], passed = 0 } = command
      return isCalm ? [{ type: 'storm.ended', at, released, passed }] : []
    }
    default:
      return unreachable(command)
  }
}

export function evolve(weather: Weather | null, event: Event): Weather {
  if (event.type === 'storm.began') {
    const { id, number, groups, alerts, at } = event
    const times = { beganAt: at, lastAt: at, endedAt: null }
    return { id, number, status: 'raging', ...times, groupCount: groups, alertCount: alerts }
  }
  if (!weather) throw new Error(`${event.type} before storm.began`)
  switch (event.type) {
    case 'storm.grew': {
      const { groups, alerts, lastAt } = event
      return {
        ...weather,
        lastAt,
        groupCount: weather.groupCount + groups,
        alertCount: weather.alertCount + alerts,
      }
    }
    case 'storm.ended':
      return { ...weather, status: 'calm', endedAt: event.at }
    default:
      return unreachable(event)
  }
}
