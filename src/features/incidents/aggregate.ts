/** The incident as `perform` knows it. */
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Event, evolve, type Incident, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { load, newId, save } from './store.ts'

export const aggregate: Aggregate<Incident, Command, Event, Refused, Rules> = {
  feature: 'incidents',
  newId,
  load,
  save,
  decide,
  evolve,
  effects,
}
