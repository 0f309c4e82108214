/** A noted entry, as `perform` knows it. */
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Entry, type Event, evolve, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { load, newId, save } from './store.ts'

export const aggregate: Aggregate<Entry, Command, Event, Refused, Rules> = {
  feature: 'timeline',
  newId,
  load,
  save,
  decide,
  evolve,
  effects,
}
