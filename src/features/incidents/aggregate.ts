/** The incident as `perform` knows it. */
import type { Db } from '../../core/db.ts'
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Event, type Incident, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import { evolve } from './evolve.ts'
import type { Rules } from './rules.ts'
import { findTwin, load, newId, save } from './store.ts'

export const aggregate: Aggregate<Incident, Command, Event, Refused, Rules> = {
  feature: 'incidents',
  newId,
  load,
  save,
  enrich,
  decide,
  evolve,
  effects,
}

/** The one other incident that a command may be about: its twin, or the one that it is merged into. */
async function enrich(tx: Db, command: Command, now: Date): Promise<Command> {
  if (command.type === 'incident.declare' && isTyped(command)) {
    return { ...command, twin: command.despiteTwin ? null : await findTwin(tx, command.title, now) }
  }
  if (command.type !== 'incident.merge') return command
  const target = await load(tx, command.into)
  return { ...command, target: target && { status: target.status, title: target.title, isPrivate: target.isPrivate } }
}

/** An alert opens its incident whatever people have said meanwhile; and nothing is told of a private one or a drill. */
function isTyped({ origin, kind = 'real', isPrivate }: Extract<Command, { type: 'incident.declare' }>): boolean {
  return (origin === undefined || origin.feature === 'slack') && kind === 'real' && !isPrivate
}
