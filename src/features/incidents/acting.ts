/** What every command, button and form about one incident goes through: may this person know of it, and what they read. */
import { type Answer, type Call, refuse } from '../../core/call.ts'
import { mention } from '../../lib/mrkdwn.ts'
import { isAskedThere, readIncident } from './about.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import type { Command, Incident } from './domain.ts'
import { key } from './views.ts'

/** Nobody outside is told even that a private one exists. */
export async function withIncident(
  call: Call,
  subject: string,
  go: (incident: Incident) => Promise<Answer>,
): Promise<Answer> {
  const incident = await readIncident(call, subject)
  return incident === null ? sentence({ refused: 'no-such-incident' }) : go(incident)
}

/** Nobody is given what they cannot do: whoever has left cannot be woken, and a bot decides nothing. */
export async function whenAble(call: Call, person: string | null, go: () => Promise<Answer>): Promise<Answer> {
  if (person === null || person === call.person.id) return go()
  const kind = (await call.people.find(person))?.kind ?? 'deactivated'
  if (kind === 'bot') return refuse(`${mention(person)} is a bot. Name a person.`)
  if (kind === 'deactivated') return refuse(`${mention(person)} is not in this workspace any more. Name somebody else.`)
  return go()
}

/** What was done is seen on the card, so buttons and forms say nothing more. */
export const seenOnTheCard = (): null => null

/** `done` is for whoever is not in the channel, where everybody sees what was done. */
export function change(
  call: Call,
  subject: string,
  command: Command,
  done: (incident: Incident) => string | null = (incident) => `${key(incident)} is ${incident.status} now.`,
): Promise<Answer> {
  return withIncident(call, subject, async () => {
    const outcome = await call.perform(aggregate, subject, command)
    const isSeen = await isAskedThere(call, outcome.id)
    return answer(outcome, (incident) => (isSeen ? null : done(incident)))
  })
}
