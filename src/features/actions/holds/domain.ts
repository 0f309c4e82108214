/**
 * A hold: somebody (or an action that has just worked) wants a target left alone, for a reason, until a moment.
 *
 *   (nothing) ──place──▶ held ──release, or its moment comes──▶ released
 */
import type { Decision, Given } from '../../../core/decision.ts'
import type { Instant } from '../../../core/effects.ts'
import { unreachable } from '../../../lib/unreachable.ts'

export interface Hold {
  id: string
  /** `checkout/production`; * stands for any service or environment. */
  scope: string
  owner: string | null
  action: string | null
  reason: string
  placedAt: Instant
  until: Instant
  released: { by: string | null; reason: string; at: Instant } | null
}

export type HoldCommand =
  | {
      type: 'hold.place'
      scope: string
      owner?: string | null
      action?: string
      reason: string
      milliseconds: number
      isPrivate?: boolean
    }
  | { type: 'hold.release'; reason: string }
  | { type: 'hold.end' }

export type HoldEvent =
  | { type: 'hold.placed'; hold: Hold; isPrivate: boolean }
  | { type: 'hold.released'; by: string | null; reason: string; at: Instant }

export type HoldRefused =
  | 'no-such-hold'
  | 'held-already'
  | 'hold-reason-missing'
  | 'hold-too-long'
  | 'released-already'
  | 'release-reason-missing'

export interface HoldPolicy {
  longest: number
}

export function decideHold(
  hold: Hold | null,
  command: HoldCommand,
  given: Given<HoldPolicy>,
): Decision<HoldEvent, HoldRefused> {
  const { now, actor, policy, id } = given
  const by = actor.kind === 'person' ? actor.id : null
  const at = now.toISOString()
  if (command.type === 'hold.place') {
    const { scope, action = null, milliseconds, isPrivate = false } = command
    const reason = command.reason.trim()
    if (hold) return { refused: 'held-already' }
    if (reason.length < 3) return { refused: 'hold-reason-missing' }
    if (milliseconds > policy.longest) return { refused: 'hold-too-long', details: { longest: policy.longest } }
    const until = new Date(now.getTime() + milliseconds).toISOString()
    const owner = by ?? command.owner ?? null
    return [
      {
        type: 'hold.placed',
        isPrivate,
        hold: { id, scope, owner, action, reason, placedAt: at, until, released: null },
      },
    ]
  }
  if (!hold) return { refused: 'no-such-hold' }

  switch (command.type) {
    case 'hold.release':
      if (hold.released) return { refused: 'released-already' }
      // One's own hold may be let go without a word; somebody else's is broken with one.
      if (hold.owner !== by && command.reason.trim().length < 3) return { refused: 'release-reason-missing' }
      return [{ type: 'hold.released', by, reason: command.reason.trim(), at }]
    case 'hold.end':
      if (hold.released || Date.parse(hold.until) > now.getTime()) return []
      return [{ type: 'hold.released', by: null, reason: '', at }]
    default:
      return unreachable(command)
  }
}

export function evolveHold(hold: Hold | null, event: HoldEvent): Hold {
  if (event.type === 'hold.placed') return event.hold
  if (!hold) throw new Error(`${event.type} before hold.placed`)
  const { by, reason, at } = event
  return { ...hold, released: { by, reason, at } }
}
