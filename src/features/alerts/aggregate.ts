/** The group of alerts as `perform` knows it. */
import type { Db } from '../../core/db.ts'
import type { Aggregate } from '../../core/perform.ts'
import { findRunning } from '../incidents/index.ts'
import { type AlertGroup, type Command, decide, type Event, type Refused } from './domain.ts'
import { effects, redraw } from './effects.ts'
import { evolve } from './evolve.ts'
import { lookAround } from './looking-around.ts'
import type { Rules } from './rules.ts'
import { load, save } from './store.ts'

export const aggregate: Aggregate<AlertGroup, Command, Event, Refused, Rules> = {
  feature: 'alerts',
  newId: () => Promise.reject(new Error('a group of alerts is named by what brought it together, never numbered')),
  load,
  save,
  enrich,
  decide,
  evolve,
  effects,
  redraw,
}

async function enrich(tx: Db, command: Command, now: Date): Promise<Command> {
  switch (command.type) {
    case 'alert.observe':
    case 'alert.reconsider':
      return { ...command, surroundings: await lookAround(tx, { now, service: command.attachTo, incident: null }) }
    case 'alert.askAboutClear':
      return { ...command, surroundings: await lookAround(tx, { now, service: null, incident: command.incident }) }
    case 'alert.linkIncident': {
      // Whoever hands it on may not know how the other one stands.
      const { incident } = command
      const { status, severity } = (await findRunning(tx, { id: incident.id })) ?? incident
      return { ...command, incident: { id: incident.id, status, severity } }
    }
    default:
      return command
  }
}
