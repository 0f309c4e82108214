/** The escalation of an incident as `perform` knows it; it has the incident's number. */
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Escalation, type Event, evolve, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { load, save } from './store.ts'

export const aggregate: Aggregate<Escalation, Command, Event, Refused, Rules> = {
  feature: 'escalations',
  newId() {
    throw new Error('an escalation has the number of its incident')
  },
  load,
  save,
  decide,
  evolve,
  effects,
}
