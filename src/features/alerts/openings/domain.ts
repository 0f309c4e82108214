import type { Decision, Given } from '../../../core/decision.ts'
import type { Instant } from '../../../core/effects.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import type { LinkedIncident } from '../alert.ts'

/**
 * An opening: between an alert that wants an incident and the incident that is declared. Whoever wants one for the same
 * service meanwhile, or in the same storm, waits here and joins it: alerts that arrive together open one incident.
 *
 *   (nothing) ──want──▶ opening ──settle──▶ settled ──want──▶ opening, or joins what still runs
 */
export interface Opening {
  id: string
  status: 'opening' | 'settled'
  severity: string
  asTriage: boolean
  /** The group whose alert it is declared for. */
  opener: string
  waiting: readonly string[]
  incident: string | null
  beganAt: Instant
}

export interface Want {
  group: string
  severity: string
  asTriage: boolean
  /** As it would be declared. */
  declaration: { type: 'incident.declare'; [field: string]: unknown }
}

export type Command =
  | ({ type: 'opening.want'; key: string; service: string | null; running?: LinkedIncident | null } & Want)
  | { type: 'opening.settle'; group: string; incident: LinkedIncident }

export type Event =
  | ({ type: 'opening.began'; id: string; at: Instant } & Want)
  | { type: 'opening.waited'; group: string }
  | { type: 'opening.joined'; id: string; group: string; incident: LinkedIncident; at: Instant }
  | { type: 'opening.settled'; incident: LinkedIncident; waiting: readonly string[] }

export type Refused = 'nothing-opens'

export interface Policy {
  isAsGrave(severity: string, than: string): boolean
}

export function decide(opening: Opening | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  switch (command.type) {
    case 'opening.want':
      return want(opening, command, given)
    case 'opening.settle':
      if (opening === null) return { refused: 'nothing-opens' }
      if (opening.status !== 'opening' || opening.opener !== command.group) return []
      return [{ type: 'opening.settled', incident: command.incident, waiting: opening.waiting }]
    default:
      return unreachable(command)
  }
}

// A declaration takes a moment. One that never came must not keep the next alert waiting.
const patienceMilliseconds = 60_000

function want(
  opening: Opening | null,
  { key: _key, service: _service, type: _type, running = null, ...wanted }: Extract<Command, { type: 'opening.want' }>,
  { id, now, policy }: Given<Policy>,
): readonly Event[] {
  const { group, severity, asTriage } = wanted
  const at = now.toISOString()
  // Nobody may sleep because something smaller is being looked at, or is not even accepted.
  const isEnough = (other: { severity: string; asTriage: boolean }) =>
    policy.isAsGrave(other.severity, severity) && (asTriage || !other.asTriage)
  if (running !== null && isEnough({ severity: running.severity, asTriage: running.status === 'triage' }))
    return [{ type: 'opening.joined', id, group, incident: running, at }]
  const isUnderWay = opening?.status === 'opening' && now.getTime() - Date.parse(opening.beganAt) < patienceMilliseconds
  if (isUnderWay && isEnough(opening)) {
    const isIn = opening.opener === group || opening.waiting.includes(group)
    return isIn ? [] : [{ type: 'opening.waited', group }]
  }
  return [{ type: 'opening.began', id, at, ...wanted }]
}

export function evolve(opening: Opening | null, event: Event): Opening {
  if (event.type === 'opening.began') {
    const { id, severity, asTriage, group, at } = event
    const waiting = opening?.waiting ?? []
    return { id, status: 'opening', severity, asTriage, opener: group, waiting, incident: null, beganAt: at }
  }
  if (event.type === 'opening.joined') {
    const { id, incident, group, at } = event
    if (opening) return { ...opening, incident: incident.id }
    const asTriage = incident.status === 'triage'
    return {
      id,
      status: 'settled',
      severity: incident.severity,
      asTriage,
      opener: group,
      waiting: [],
      incident: incident.id,
      beganAt: at,
    }
  }
  if (!opening) throw new Error(`${event.type} before opening.began`)
  switch (event.type) {
    case 'opening.waited':
      return { ...opening, waiting: [...opening.waiting, event.group] }
    case 'opening.settled':
      return { ...opening, status: 'settled', waiting: [], incident: event.incident.id }
    default:
      return unreachable(event)
  }
}
