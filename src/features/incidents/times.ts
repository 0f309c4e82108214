/** When what happened. Each is set once, by what happened first; a person may correct it, and the journal keeps both. */
import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import {
  type Event,
  type Incident,
  isOver,
  type Policy,
  type Refused,
  type Status,
  signed,
  type Time,
  type Times,
  timeNames,
} from './incident.ts'

type Field = 'startedAt' | 'detectedAt' | 'declaredAt' | 'acknowledgedAt' | 'mitigatedAt' | 'resolvedAt'

export function fieldOf(time: Time): Field {
  return `${time}At`
}

export function correctTime(
  incident: Incident,
  { which, to, reason }: { which: Time; to: Instant; reason: string },
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (Date.parse(to) > given.now.getTime()) return { refused: 'time-in-future' }
  const from = incident.times[fieldOf(which)]
  if (from === to) return []
  const wrong = outOfOrder({ ...incident.times, [fieldOf(which)]: to })
  if (wrong) return { refused: 'times-out-of-order', details: { earlier: wrong[0], later: wrong[1] } }
  return [{ type: 'incident.timeCorrected', which, from, to, reason, ...signed(given) }]
}

/** The first pair that would stand the wrong way round. When it began and when it was seen may be any time before the rest. */
function outOfOrder(times: Times): [Time, Time] | null {
  const known = timeNames.filter((name) => name !== 'declared' && times[fieldOf(name)] !== null)
  for (const [index, name] of known.entries()) {
    const next = known[index + 1]
    if (!next) return null
    const [a, b] = [times[fieldOf(name)], times[fieldOf(next)]]
    if (a !== null && b !== null && Date.parse(a) > Date.parse(b)) return [name, next]
  }
  return null
}

/** What a change of status means for the times. First entries are never overwritten. */
export function timesAfter(times: Times, { from, to, at }: { from: Status; to: Status; at: Instant }): Times {
  switch (to) {
    case 'identified':
    case 'investigating':
      // Whoever accepts it out of triage has seen it; who reopens it takes back that it was over.
      return {
        ...withoutDoubtfulEnd(times, from),
        acknowledgedAt: from === 'triage' ? (times.acknowledgedAt ?? at) : times.acknowledgedAt,
        resolvedAt: null,
        closedAt: null,
        mergedAt: null,
        before: null,
      }
    case 'monitoring':
      return {
        ...times,
        acknowledgedAt: from === 'triage' ? (times.acknowledgedAt ?? at) : times.acknowledgedAt,
        mitigatedAt: times.mitigatedAt ?? at,
        resolvedAt: null,
        closedAt: null,
      }
    case 'resolved': {
      // Nobody said when clients were helped, or who took it on: at the latest it was now, and that is marked.
      const assumed: Time[] = [
        ...(times.acknowledgedAt === null ? ['acknowledged' as const] : []),
        ...(times.mitigatedAt === null ? ['mitigated' as const] : []),
      ]
      return {
        ...times,
        acknowledgedAt: times.acknowledgedAt ?? at,
        mitigatedAt: times.mitigatedAt ?? at,
        resolvedAt: at,
        assumed: [...new Set([...times.assumed, ...assumed])],
      }
    }
    case 'closed':
      return { ...times, closedAt: at }
    case 'merged':
      return { ...times, mergedAt: at, before: from }
    default:
      return times
  }
}

/** Clients were taken to be helped because it was resolved. It is reopened, so that was wrong; what somebody saw stays. */
function withoutDoubtfulEnd(times: Times, from: Status): Times {
  if (!isOver({ status: from }) || !times.assumed.includes('mitigated')) return times
  return { ...times, mitigatedAt: null, assumed: times.assumed.filter((time) => time !== 'mitigated') }
}
