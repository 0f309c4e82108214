/** The board of an incident's tasks, as `perform` knows it. Its id is the incident's. */
import type { Aggregate } from '../../core/perform.ts'
import { type Board, type Command, decide, type Event, evolve, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { load, save } from './store.ts'

export const aggregate: Aggregate<Board, Command, Event, Refused, Rules> = {
  feature: 'tasks',
  newId: () => Promise.reject(new Error('a board of tasks has the id of its incident')),
  load,
  save,
  decide,
  evolve,
  effects,
}
