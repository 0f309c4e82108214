/** Somebody leaves the workspace: what they had promised has no owner, and everybody can see it. */
import { type Holdings, lookForDepartures, onDeparture } from '../../core/departures.ts'
import type { CalendarWork } from '../../core/feature.ts'
import { aggregate } from './aggregate.ts'
import type { Board, Command, Event } from './domain.ts'
import type { Rules } from './rules.ts'
import { heldBy, holders } from './store.ts'

const held: Holdings<Board, Command, Event, Rules> = {
  aggregate,
  holders,
  heldBy,
  partWith: (person) => ({ type: 'tasks.partWith', person }),
}

export const departure = onDeparture(held)

export function scheduled(work: CalendarWork) {
  return [lookForDepartures(held, work)]
}
