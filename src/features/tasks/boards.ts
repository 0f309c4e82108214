/** The board of an incident, for whoever may read that incident: made when it is first asked for. */
import type { Call } from '../../core/call.ts'
import { aboutOf, readIncident } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import type { Board } from './domain.ts'
import { load } from './store.ts'

/** Null when there is no such incident, or none that the asker may know of. */
export async function boardFor(call: Call, id: string): Promise<Board | null> {
  const incident = await readIncident(call, id)
  if (!incident) return null
  const board = await load(call.db, incident.id)
  if (board) return board
  // Declared before this release began to keep boards.
  const outcome = await call.perform(aggregate, incident.id, { type: 'tasks.follow', about: aboutOf(incident) })
  return 'refused' in outcome ? null : outcome.state
}
