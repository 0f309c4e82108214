/** The silence as `perform` knows it. */
import type { Db } from '../../../core/db.ts'
import type { Aggregate } from '../../../core/perform.ts'
import type { Rules } from '../rules.ts'
import { waitingFor } from '../store.ts'
import { type Command, decide, type Event, evolve, type Refused, type Silence } from './domain.ts'
import { effects } from './effects.ts'
import { affectedBy, load, newId, save } from './store.ts'

export const silenceAggregate: Aggregate<Silence, Command, Event, Refused, Rules> = {
  feature: 'silences',
  newId,
  load,
  save,
  enrich,
  decide,
  evolve,
  effects,
}

/** Whom it is for, and whom it was for, is looked at again. */
async function enrich(tx: Db, command: Command): Promise<Command> {
  switch (command.type) {
    case 'silence.create':
      return { ...command, affected: await affectedBy(tx, command) }
    case 'silence.end':
    case 'silence.expire':
      return { ...command, affected: await waitingFor(tx, { by: 'silence', what: command.silence }) }
    case 'silence.seeThere': {
      const waiting = await waitingFor(tx, { by: 'silence', what: command.silence })
      const matching = command.there === null ? [] : await affectedBy(tx, command.there)
      const affected = [...new Map([...waiting, ...matching].map((one) => [one.id, one])).values()]
      return { ...command, affected }
    }
    default:
      return command
  }
}
