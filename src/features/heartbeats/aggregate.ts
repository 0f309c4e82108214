/** A heartbeat as `perform` knows it, by its name. */
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Event, evolve, type Heartbeat, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { lastBeat, load, save } from './store.ts'

export const aggregate: Aggregate<Heartbeat, Command, Event, Refused, Rules> = {
  feature: 'heartbeats',
  newId: () => Promise.reject(new Error('a heartbeat has the name that tocsin.yml gives it')),
  load,
  save,
  async enrich(tx, command) {
    if (command.type !== 'heartbeat.look') return command
    return { ...command, lastAt: (await lastBeat(tx, command.name))?.toISOString() ?? null }
  },
  decide,
  evolve,
  effects,
}
