import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'

/** One alert as its source sent it, in the words of every source. */
export interface Alert {
  source: string
  /** What makes it the same alert the next time. */
  fingerprint: string
  status: 'firing' | 'resolved'
  title: string
  summary: string
  labels: Readonly<Record<string, string>>
  link: string | null
  /** The moment this observation speaks of: when it began to fire, or when it ended. */
  at: Instant
}

/**
 *   (nothing) ──fires──▶ firing ──ends──▶ resolved
 *                           ▲               │
 *                           └─────fires─────┘
 */
export interface AlertGroup {
  id: string
  source: string
  title: string
  summary: string
  labels: Readonly<Record<string, string>>
  link: string | null
  status: 'firing' | 'resolved'
  startedAt: Instant
  resolvedAt: Instant | null
  /** The newest moment heard of. An observation that is not newer changes nothing: it came twice, or late. */
  lastAt: Instant
  firedCount: number
  /** Which of its messages is the live one. */
  messageNumber: number
  incident: string | null
}

export type Command =
  | { type: 'alert.observe'; alerts: readonly Alert[] }
  | { type: 'alert.linkIncident'; incident: string }
  | { type: 'alert.unlinkIncident' }

export type Event =
  | { type: 'alert.fired'; id: string; alert: Alert; open: string | null; messageNumber: number }
  | { type: 'alert.ended'; at: Instant }
  | { type: 'alert.incidentLinked'; incident: string }
  | { type: 'alert.incidentUnlinked' }

export type Refused = 'no-such-alert' | 'nothing-new'

export interface Policy {
  /** The severity at which an alert opens an incident; null when it is only shown. */
  opensAt(alert: Alert): string | null
}

export function decide(group: AlertGroup | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'alert.observe') return observe(group, command.alerts, given)
  if (!group) return { refused: 'no-such-alert' }

  switch (command.type) {
    case 'alert.linkIncident':
      return group.incident === command.incident ? [] : [{ type: 'alert.incidentLinked', incident: command.incident }]
    case 'alert.unlinkIncident':
      return group.incident === null ? [] : [{ type: 'alert.incidentUnlinked' }]
    default:
      return unreachable(command)
  }
}

/** Alerts are ordered by their own time, so a pair of senders, a re-sent one and a late one all come out right. */
function observe(group: AlertGroup | null, alerts: readonly Alert[], given: Given<Policy>): Decision<Event, Refused> {
  const events: Event[] = []
  let seen = group
  for (const alert of alerts.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const event = observeOne(seen, alert, given)
    if (!event) continue
    seen = evolve(seen, event)
    events.push(event)
  }
  // Nothing is known of it and nothing is to be told: the end of an alert whose beginning never came here.
  return seen === null ? { refused: 'nothing-new' } : events
}

function observeOne(group: AlertGroup | null, alert: Alert, { id, policy }: Given<Policy>): Event | null {
  if (group && Date.parse(alert.at) <= Date.parse(group.lastAt)) return null
  if (alert.status === 'resolved') return group?.status === 'firing' ? { type: 'alert.ended', at: alert.at } : null
  if (group?.status === 'firing') return null
  // An incident that still runs for it takes it in; a second one would only split the responders.
  const open = group?.incident ? null : policy.opensAt(alert)
  return { type: 'alert.fired', id, alert, open, messageNumber: messageNumberFor(group, alert) }
}

// An alert that comes back sooner is flapping: its message is edited. Later, the old message is too far up to be seen.
const quietMinutes = 30

function messageNumberFor(group: AlertGroup | null, alert: Alert): number {
  if (group === null) return 1
  const quiet = Date.parse(alert.at) - Date.parse(group.lastAt)
  return quiet < quietMinutes * 60_000 ? group.messageNumber : group.messageNumber + 1
}

export function evolve(group: AlertGroup | null, event: Event): AlertGroup {
  if (event.type === 'alert.fired') return fired(group, event)
  if (!group) throw new Error(`${event.type} before alert.fired`)

  switch (event.type) {
    case 'alert.ended':
      return { ...group, status: 'resolved', resolvedAt: event.at, lastAt: event.at }
    case 'alert.incidentLinked':
      return { ...group, incident: event.incident }
    case 'alert.incidentUnlinked':
      return { ...group, incident: null }
    default:
      return unreachable(event)
  }
}

function fired(
  group: AlertGroup | null,
  { id, alert, messageNumber }: Extract<Event, { type: 'alert.fired' }>,
): AlertGroup {
  const { source, title, summary, labels, link, at } = alert
  return {
    id,
    source,
    title,
    summary,
    labels,
    link,
    status: 'firing',
    startedAt: at,
    resolvedAt: null,
    lastAt: at,
    firedCount: (group?.firedCount ?? 0) + 1,
    messageNumber,
    incident: group?.incident ?? null,
  }
}
