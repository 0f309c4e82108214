/** Somebody leaves the workspace: where they led, had a role or were asked to take over, that is free again. */
import { type Holdings, lookForDepartures, onDeparture } from '../../core/departures.ts'
import type { CalendarWork } from '../../core/feature.ts'
import { aggregate } from './aggregate.ts'
import type { Command, Event, Incident } from './domain.ts'
import type { Rules } from './rules.ts'
import { heldBy, holders } from './store.ts'

const held: Holdings<Incident, Command, Event, Rules> = {
  aggregate,
  holders,
  heldBy,
  partWith: (person) => ({ type: 'incident.partWith', person }),
}

export const departure = onDeparture(held)

export function scheduled(work: CalendarWork) {
  return [lookForDepartures(held, work)]
}
