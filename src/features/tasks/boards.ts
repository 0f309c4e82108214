/** The board of an incident, for whoever may read that incident: made when it is first asked for. */
import { type Answer, type Call, refuse } from '../../core/call.ts'
import { mention } from '../../lib/mrkdwn.ts'
import { aboutOf, maySee, readIncident, whenAble } from '../incidents/index.ts'
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

/** Given to somebody who can do it, and may know of it: what is to be done says what a private incident is about. */
export async function giveTo(
  call: Call,
  { incident: id, owner }: { incident: string; owner: string | null },
  go: () => Promise<Answer>,
): Promise<Answer> {
  const incident = await readIncident(call, id)
  if (incident && owner !== null && !maySee(incident, owner))
    return refuse(
      `${mention(owner)} is not in this private incident. \`/inc invite @who\` asks them in; then give it to them.`,
    )
  return whenAble(call, owner, go)
}
