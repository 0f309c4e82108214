/** The incident as `perform` knows it. */
import type { Db } from '../../core/db.ts'
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Event, type Incident, type Refused } from './domain.ts'
import { effects } from './effects.ts'
import { evolve } from './evolve.ts'
import type { Rules } from './rules.ts'
import { findJustOpened, findTwin, load, lockMerges, newId, save, similarBefore } from './store.ts'

export const aggregate: Aggregate<Incident, Command, Event, Refused, Rules> = {
  feature: 'incidents',
  newId,
  load,
  save,
  enrich: (tx, command, now, { policy }) => enrich(tx, command, now, policy),
  decide,
  evolve,
  effects,
}

/** The other incidents that a command may be about: its twin, what was like it before, the one that it is merged into. */
async function enrich(tx: Db, command: Command, now: Date, policy: Rules): Promise<Command> {
  switch (command.type) {
    case 'incident.declare': {
      const { title, service = null, kind = 'real', despiteTwin, origin } = command
      const twin = isTyped(command) && !despiteTwin ? await findTwin(tx, title, now) : null
      const similar = kind === 'real' ? await similarBefore(tx, { title, service }) : []
      // From one message several incidents may come; what an alert opened, it has.
      const isOfFeature = origin !== undefined && origin.feature !== 'slack'
      const justOpened = isOfFeature ? await findJustOpened(tx, origin, now) : null
      return { ...command, twin, similar, justOpened }
    }
    case 'incident.callIn': {
      const onDuty = command.team === null ? [] : await policy.onDuty(tx, command.team, now)
      return { ...command, people: [...command.people, ...onDuty] }
    }
    case 'incident.merge': {
      await lockMerges(tx)
      const target = await load(tx, command.into)
      return {
        ...command,
        target: target && { status: target.status, title: target.title, isPrivate: target.isPrivate },
      }
    }
    default:
      return command
  }
}

/** An alert opens its incident whatever people have said meanwhile; and nothing is told of a private one or a drill. */
function isTyped({ origin, kind = 'real', isPrivate }: Extract<Command, { type: 'incident.declare' }>): boolean {
  return (origin === undefined || origin.feature === 'slack') && kind === 'real' && !isPrivate
}
