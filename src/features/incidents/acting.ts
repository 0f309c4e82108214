/** What every command, button and form about one incident goes through: may this person know of it, and what they read. */
import type { Answer, Call } from '../../core/call.ts'
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
