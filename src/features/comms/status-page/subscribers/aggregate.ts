/** Those who want to be written to, as `perform` knows them. An id is made from the address, so one address is one. */
import type { Aggregate } from '../../../../core/perform.ts'
import { type Command, decide, type Event, evolve, type Refused, type Subscriber } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { countAskedSince, load, save } from './store.ts'

const hour = 3_600_000

export const aggregate: Aggregate<Subscriber, Command, Event, Refused, Rules> = {
  feature: 'subscribers',
  newId: () => Promise.reject(new Error('the id of a subscriber is made from the address')),
  load,
  save,
  async enrich(tx, command, now) {
    if (command.type !== 'subscriber.ask') return command
    return { ...command, askedLately: await countAskedSince(tx, new Date(now.getTime() - hour)) }
  },
  decide,
  evolve,
  effects,
}
