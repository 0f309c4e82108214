/** What the world hears of a heartbeat: an alert like any other when it stays away, and that alert's end. */
import type { Given } from '../../core/decision.ts'
import type { Effect, Instant } from '../../core/effects.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'
import type { Event, Heartbeat } from './domain.ts'
import type { Rules } from './rules.ts'

export function effects({ name }: Heartbeat, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'heartbeat.began':
    case 'heartbeat.heard':
      return []
    case 'heartbeat.waited':
      return [lookAt(name, event.until)]
    case 'heartbeat.missed':
      return tell(name, policy, { since: event.at, lastAt: event.lastAt, endsAt: null })
    case 'heartbeat.cameBack':
      return tell(name, policy, { since: event.missingSince, lastAt: event.silentSince, endsAt: event.at })
    case 'heartbeat.retired':
      if (event.missingSince === null) return []
      return tell(name, policy, { since: event.missingSince, lastAt: event.silentSince, endsAt: event.at })
    default:
      return unreachable(event)
  }
}

/** As routes see it: `source="heartbeat"`. */
export const source = 'heartbeat'

export function lookAt(name: string, at: Instant): Effect {
  const fire = { feature: 'heartbeats', id: name, command: { type: 'heartbeat.look', name } }
  return { kind: 'timer.set', key: `heartbeats/${name}`, at, fire }
}

interface Silence {
  since: Instant
  lastAt: Instant | null
  endsAt: Instant | null
}

function tell(name: string, { observe, wordsOf }: Rules, { since, lastAt, endsAt }: Silence): readonly Effect[] {
  const { title, labels, annotations } = wordsOf(name, lastAt)
  return observe(source, {
    fingerprint: fingerprint({ heartbeat: name }),
    status: endsAt === null ? 'firing' : 'resolved',
    startsAt: since,
    endsAt,
    title,
    labels: { alertname: 'HeartbeatMissing', heartbeat: name, ...labels },
    annotations,
    severityLabel: labels.severity ?? null,
    links: [],
    groupHint: null,
    extra: {},
  })
}
