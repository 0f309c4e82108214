/** The action as `perform` knows it. */
import type { Db } from '../../core/db.ts'
import type { Aggregate } from '../../core/perform.ts'
import { decide } from './decide.ts'
import type { Action, Command, Event, Refused } from './domain.ts'
import { effects } from './effects.ts'
import { evolve } from './evolve.ts'
import type { Rules } from './rules.ts'
import { askedSince, load, newId, save } from './store.ts'

export const aggregate: Aggregate<Action, Command, Event, Refused, Rules> = {
  feature: 'actions',
  newId,
  load,
  save,
  async enrich(tx: Db, command: Command, now: Date) {
    if (command.type !== 'action.request') return command
    return { ...command, lately: await askedSince(tx, new Date(now.getTime() - 60 * 60_000)) }
  },
  decide,
  evolve,
  effects,
}
