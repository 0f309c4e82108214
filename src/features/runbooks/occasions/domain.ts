import type { Decision, Given } from '../../../core/decision.ts'
import { unreachable } from '../../../lib/unreachable.ts'
import type { Opening, Command as RunCommand } from '../domain.ts'
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

export type Command = Match | TellRuns

type Match = {
  type: 'runbooks.match'
  incident: string
  values: Values
  /** How the incident is, read in the same transaction: an alert does not know it. */
  isPrivate?: boolean
  isDrill?: boolean
} & Occasion

/** Something happened to the incident, and all its runs are to hear of it. Each knows by itself whether it is concerned. */
export interface TellRuns {
  type: 'runbooks.tellRuns'
  incident: string
  what: RunCommand
  /** Read in the same transaction: those that somebody may still go on with. */
  runs?: readonly string[]
}

export type Event =
  | { type: 'runbooks.opened'; incident: string; opening: Opening }
  | { type: 'runbooks.offered'; incident: string; names: readonly string[] }
  | { type: 'runbooks.runsTold'; incident: string; runs: readonly string[]; what: RunCommand }

export type Refused = 'nothing-fits' | 'nothing-runs'

export interface Policy {
  library: Library
  opensBySelf: boolean
}

export function decide(
  occasion: OccasionState | null,
  command: Command,
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (command.type === 'runbooks.match') return match(occasion, command, given)
  const { incident, runs = [], what } = command
  // Of most incidents, nobody works by a runbook: there is no occasion, and nothing to keep.
  if (runs.length === 0) return occasion === null ? { refused: 'nothing-runs' } : []
  return [{ type: 'runbooks.runsTold', incident, runs, what }]
}

function match(
  occasion: OccasionState | null,
  command: Match,
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
  switch (event.type) {
    case 'runbooks.opened':
      return { ...before, opened: [...before.opened, event.opening.name] }
    case 'runbooks.offered':
      return { ...before, offered: [...before.offered, ...event.names] }
    case 'runbooks.runsTold':
      return before
    default:
      return unreachable(event)
  }
}
