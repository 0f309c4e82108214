/** The run as `perform` knows it. */
import type { Aggregate } from '../../core/perform.ts'
import { decide } from './decide.ts'
import type { Command, Event, Refused, Run } from './domain.ts'
import { effects } from './effects.ts'
import { evolve } from './evolve.ts'
import type { Rules } from './rules.ts'
import { load, newId, save } from './store.ts'

export const aggregate: Aggregate<Run, Command, Event, Refused, Rules> = {
  feature: 'runbook-runs',
  newId,
  load,
  save,
  decide,
  evolve,
  effects,
}
