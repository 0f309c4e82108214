import type { Decision, Given } from '../../../core/decision.ts'
import type { Opening } from '../domain.ts'
import { type Library, matching, type Occasion } from '../library.ts'
import { openingOf } from '../opening.ts'
import type { Values } from '../variables.ts'

/**
 * An occasion: one incident, and the runbooks that were opened or offered for it. It is what keeps a second alert of
 * the same kind, or a delivery that came twice, from opening the same runbook again.
 */
export interface OccasionState {
  incident: string
  opened: readonly string[]
  offered: readonly string[]
}

export type Command = {
  type: 'runbooks.match'
  incident: string
  values: Values
  /** How the incident is, read in the same transaction: an alert does not know it. */
  isPrivate?: boolean
  isDrill?: boolean
} & Occasion

export type Event =
  | { type: 'runbooks.opened'; incident: string; opening: Opening }
  | { type: 'runbooks.offered'; incident: string; names: readonly string[] }

export type Refused = 'nothing-fits'

export interface Policy {
  library: Library
  opensBySelf: boolean
}

export function decide(
  occasion: OccasionState | null,
  command: Command,
  { id, now, policy }: Given<Policy>,
): Decision<Event, Refused> {
  const known = [...(occasion?.opened ?? []), ...(occasion?.offered ?? [])]
  const { runbooks, isSure } = matching(policy.library, command)
  const fresh = runbooks.filter((runbook) => !known.includes(runbook.name))
  const [first] = fresh
  if (!first) return occasion === null ? { refused: 'nothing-fits' } : []
  if (isSure && policy.opensBySelf) {
    const { values, isPrivate = false, isDrill = false } = command
    const circumstances = { incident: id, isPrivate, isDrill, place: `incidents/${id}/channel`, values, now }
    return [{ type: 'runbooks.opened', incident: id, opening: openingOf(first, circumstances) }]
  }
  return [{ type: 'runbooks.offered', incident: id, names: fresh.map((runbook) => runbook.name) }]
}

export function evolve(occasion: OccasionState | null, event: Event): OccasionState {
  const before = occasion ?? { incident: event.incident, opened: [], offered: [] }
  return event.type === 'runbooks.opened'
    ? { ...before, opened: [...before.opened, event.opening.name] }
    : { ...before, offered: [...before.offered, ...event.names] }
}
