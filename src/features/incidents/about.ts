/**
 * What features to the right keep of an incident to decide and to speak by, without looking it up again: a few words of
 * it, followed through its events. And how they find one, for whoever asks.
 */
import { z } from 'zod'
import type { Call } from '../../core/call.ts'
import type { Effect, Message } from '../../core/effects.ts'
import type { Subscription } from '../../core/subscriptions.ts'
import { bold } from '../../lib/mrkdwn.ts'
import { type Incident, maySee } from './domain.ts'
import { idInChannel, load } from './store.ts'
import { key } from './views.ts'

export const aboutSchema = z.object({
  title: z.string(),
  severity: z.string(),
  status: z.string(),
  lead: z.string().nullable(),
  communications: z.string().nullable(),
  isPrivate: z.boolean(),
  /** Neither a test nor a drill. */
  isReal: z.boolean(),
  hasChannel: z.boolean(),
  channelId: z.string().nullable(),
  declaredAt: z.string(),
})
export type About = z.infer<typeof aboutSchema>

export function aboutOf(incident: Incident): About {
  const { title, severity, status, lead, isPrivate, roles, kind, times } = incident
  return {
    title,
    severity,
    status,
    lead,
    communications: roles.communications ?? null,
    isPrivate,
    isReal: kind === 'real',
    hasChannel: incident.channelTrouble === null,
    channelId: incident.channel?.id ?? null,
    declaredAt: times.declaredAt,
  }
}

/** Whose channel it is, by the name that it has as a thing; null for other features' channels. */
export function incidentOfChannel(thing: string): string | null {
  return /^incidents\/(\d+)\/channel$/.exec(thing)?.[1] ?? null
}

/** The incident, for whoever may read it where they ask; null when there is none that they may know of. */
export async function readIncident(
  { db, person, channelId }: Pick<Call, 'db' | 'person' | 'channelId'>,
  id: string,
): Promise<Incident | null> {
  const incident = await load(db, id)
  if (incident === null) return null
  // A form and App Home were given only to people who may read it; in its channel everybody may.
  const isAmongThem = channelId === null || (await isAskedThere({ db, channelId }, id))
  return isAmongThem || maySee(incident, person.id) ? incident : null
}

/** Asked in its own channel, where everybody sees what was done: also in the moment before it has heard of its channel. */
export async function isAskedThere({ db, channelId }: Pick<Call, 'db' | 'channelId'>, id: string): Promise<boolean> {
  return channelId !== null && (await idInChannel(db, channelId)) === id
}

/** The events after which `aboutOf` may be another. */
const changing = [
  'incident.declared',
  'incident.channelOpened',
  'incident.channelRefused',
  'incident.channelChanged',
  'incident.leadGiven',
  'incident.roleGiven',
  'incident.personLeft',
  'incident.severityChanged',
  'incident.statusChanged',
  'incident.retitled',
  'incident.resolved',
  'incident.reopened',
  'incident.unmerged',
]

/** One subscription for each event that changes what others keep of an incident. */
export function onAboutChanged(
  hear: (id: string, about: About, incident: Incident) => readonly Effect[],
): Subscription[] {
  return changing.map((event) => ({
    event,
    hear: ({ id, state }) => hear(id, aboutOf(state as Incident), state as Incident),
  }))
}

/**
 * Where everybody who works on it reads: its channel; without one, where incidents are announced, with its key in
 * front. Null for a private one without a channel: there is no place for it then.
 */
export function placeFor(
  id: string,
  about: About,
  announceIn: string,
): { to: string; sign(words: string): string } | null {
  if (about.hasChannel) return { to: `incidents/${id}/channel`, sign: (words) => words }
  if (about.isPrivate) return null
  return { to: announceIn, sign: (words) => `${bold(key({ id }))} ${words}` }
}

/** Said to everybody who works on it. */
export function sayAbout(
  id: string,
  about: About,
  { announceIn, message }: { announceIn: string; message: Message },
): Effect[] {
  const place = placeFor(id, about, announceIn)
  if (place === null) return []
  return [{ kind: 'slack.say', to: place.to, message: { ...message, text: place.sign(message.text) } }]
}

/** What a feature to the right wants to have shown on the card, from now on. */
export function putOnCard(id: string, feature: string, facts: unknown): Effect {
  return { kind: 'perform', feature: 'incidents', id, command: { type: 'incident.setCardFacts', feature, facts } }
}
