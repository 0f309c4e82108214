/** The alert group as `perform` knows it. */
import type { Aggregate } from '../../core/perform.ts'
import { type AlertGroup, type Command, decide, type Event, evolve, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { load, save } from './store.ts'

export const aggregate: Aggregate<AlertGroup, Command, Event, Refused, Rules> = {
  feature: 'alerts',
  newId: () => Promise.reject(new Error('an alert group is named by what fired, never numbered')),
  load,
  save,
  decide,
  evolve,
  effects,
}
