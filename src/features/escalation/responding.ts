/** Getting more people to an incident: «Page someone» on its card, and asking those whom PagerDuty knows to join there. */
import { z } from 'zod'
import { type Answer, type Call, refuse, silence, tell } from '../../core/call.ts'
import { command, restOfLine } from '../../core/commands.ts'
import type { Block } from '../../core/effects.ts'
import { button, onClick } from '../../core/interactions.ts'
import { type Incident, isOver, key, readIncident } from '../incidents/index.ts'
import { inviteByPagerDuty, openPageForm } from '../oncall/index.ts'

const pageButton = button('escalation.pageSomeone', z.object({ incident: z.string() }))

export function cardButton(incident: Incident): Block[] {
  return isOver(incident) ? [] : [pageButton.draw('Page someone', { incident: incident.id })]
}

export const clicks = [
  // Whoever sees that somebody is needed may call them.
  onClick(pageButton, { who: 'anyone', run: (call, { incident }) => pageFor(call, incident) }),
]

export const commands = [
  command({
    path: 'inc responders',
    summary: 'Ask a person or a team, through PagerDuty, to join this incident there. They are called by its rules.',
    args: z.object({ whom: z.string(), message: restOfLine }),
    needsSubject: true,
    who: 'responders',
    examples: ['/inc responders @ben the queue needs you', '/inc responders platform we need more hands'],
    run: (call, { subject, args }) => invite(call, subject, args),
  }),
]

async function pageFor(call: Call, id: string): Promise<Answer> {
  const incident = await readIncident(call, id)
  if (!incident) return silence
  // What a private one is about is for whoever pages to say.
  const message = incident.isPrivate ? `${key(incident)}: ` : `${incident.severity} ${key(incident)} ${incident.title}`
  const link = incident.channel ? `https://slack.com/app_redirect?channel=${incident.channel.id}` : null
  return openPageForm(call, { message, link })
}

async function invite(call: Call, id: string, { whom, message }: { whom: string; message: string }): Promise<Answer> {
  const incident = await readIncident(call, id)
  if (!incident) return refuse('There is no incident of that number.')
  const text = message.trim() || `${key(incident)} needs you`
  const asked = await inviteByPagerDuty(call, { about: { feature: 'incidents', id }, whom, text })
  return typeof asked === 'string' ? tell(`${asked} is asked to join in PagerDuty.`) : asked
}
