/** How something comes into a timeline: as a note, or as a message that is kept. */
import type { Answer, Call } from '../../core/call.ts'
import { newSubject } from '../../core/perform.ts'
import { aboutOf, isAskedThere, placeFor, readIncident } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { answer, noSuchIncident } from './answers.ts'
import { type Author, entryIdOf, type SaidMessage } from './domain.ts'

export async function writeNote(call: Call, id: string, text: string): Promise<Answer> {
  const incident = await readIncident(call, id)
  if (!incident) return noSuchIncident()
  const place = placeFor(incident.id, aboutOf(incident), call.policy(aggregate).announceIn)
  const outcome = await call.perform(aggregate, newSubject, {
    type: 'timeline.note',
    incident: incident.id,
    text,
    author: authorOf(call),
    sayIn: place?.to ?? null,
  })
  const isHere = call.channelId === null || (await isAskedThere(call, incident.id))
  return answer(outcome, isHere ? null : `Noted on INC-${incident.id}.`)
}

export async function keep(call: Call, id: string, message: SaidMessage): Promise<Answer> {
  const incident = await readIncident(call, id)
  if (!incident) return noSuchIncident()
  const outcome = await call.perform(aggregate, entryIdOf(incident.id, message.source), {
    type: 'timeline.keep',
    incident: incident.id,
    message,
    mark: null,
  })
  return answer(outcome, `In the timeline of INC-${incident.id}. \`/inc timeline\` shows it.`)
}

function authorOf({ person }: Call): Author {
  return { id: person.id, name: person.realName || person.handle || person.id }
}
