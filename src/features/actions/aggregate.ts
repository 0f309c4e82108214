/** The action as `perform` knows it. */
import type { Aggregate } from '../../core/perform.ts'
import { decide } from './decide.ts'
import type { Action, Command, Event, Refused } from './domain.ts'
import { effects } from './effects.ts'
import { evolve } from './evolve.ts'
import type { Rules } from './rules.ts'
import { load, newId, save } from './store.ts'

export const aggregate: Aggregate<Action, Command, Event, Refused, Rules> = {
  feature: 'actions',
  newId,
  load,
  save,
  decide,
  evolve,
  effects,
}
