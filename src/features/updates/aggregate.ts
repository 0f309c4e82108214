/** The updates of an incident, as `perform` knows them. The id is the incident's. */
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Event, evolve, type Plan, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { load, save } from './store.ts'

export const aggregate: Aggregate<Plan, Command, Event, Refused, Rules> = {
  feature: 'updates',
  newId: () => Promise.reject(new Error('the updates of an incident have its id')),
  load,
  save,
  decide,
  evolve,
  effects,
}
