/** Where an incident shows itself and speaks: its channel, its card, its announcement. */
import type { Effect, Message, SlackEffect } from '../../core/effects.ts'
import { bold, Markup, mention } from '../../lib/mrkdwn.ts'
import type { Incident } from './domain.ts'
import type { Rules } from './rules.ts'
import { announcement, card, channelName, key, topic } from './views.ts'

/** Everything that shows the incident's state. Without a channel, the announcement is all there is. */
export function refresh(incident: Incident, rules: Rules): Effect[] {
  if (incident.channelTrouble !== null) return announce(incident, rules)
  return [showCard(incident, rules), ...announce(incident, rules), openChannel(incident, rules)]
}

export function showCard(incident: Incident, rules: Rules): SlackEffect {
  const to = channelThing(incident)
  return { kind: 'slack.show', name: `incidents/${incident.id}/card`, to, pin: true, message: card(incident, rules) }
}

/** To everybody; a private one to nobody, a test or a drill neither. */
export function announce(incident: Incident, rules: Rules): SlackEffect[] {
  if (incident.isPrivate || incident.kind !== 'real') return []
  const name = `incidents/${incident.id}/announcement` as const
  return [{ kind: 'slack.show', name, to: rules.announceIn, message: announcement(incident, rules) }]
}

export function openChannel(incident: Incident, rules: Rules): Effect {
  const own = [incident.declaredBy, incident.lead, ...Object.values(incident.roles), ...incident.members]
  const isQuiet = incident.isPrivate || incident.kind !== 'real'
  const asked = isQuiet ? { people: [], groups: [] } : rules.invitedFor(incident)
  return {
    kind: 'slack.channel',
    name: channelThing(incident),
    desired: {
      name: channelName(incident, rules),
      isPrivate: incident.isPrivate,
      topic: topic(incident),
      purpose: incident.title,
      members: [...new Set([...own, ...asked.people].filter((member) => member !== null))],
      groups: asked.groups,
      bookmarks: rules.bookmarks,
      isArchived: incident.isArchived,
    },
    whenDone: { feature: 'incidents', id: incident.id, command: { type: 'incident.useChannel' } },
    whenGivenUp: { feature: 'incidents', id: incident.id, command: { type: 'incident.doWithoutChannel' } },
    whenChanged: { feature: 'incidents', id: incident.id, command: { type: 'incident.noteChannelChange' } },
  }
}

/** Said in the incident's channel; while it has none, where it was announced. Of a private one nothing is said outside. */
export function say(
  incident: Incident,
  what: string | Message,
  rules: Rules,
  data: Record<string, unknown> = {},
): SlackEffect[] {
  const message = typeof what === 'string' ? { text: rules.templates.render(what, 'slack', data) } : what
  if (incident.channelTrouble === null) return [{ kind: 'slack.say', to: channelThing(incident), message }]
  if (incident.isPrivate || incident.kind !== 'real') return []
  return [
    {
      kind: 'slack.say',
      to: rules.announceIn,
      message: { ...message, text: `${bold(key(incident))} ${message.text}` },
    },
  ]
}

/** To one person alone, in the incident's channel. */
export function tellPerson(incident: Incident, person: string | null, words: string): Effect[] {
  if (person === null || words === '') return []
  const place = incident.channel === null ? {} : { channelId: incident.channel.id }
  return [{ kind: 'slack.tell', person, ...place, message: { text: words } }]
}

export function who(person: string | null): Markup {
  return new Markup(person === null ? 'Tocsin' : mention(person))
}

export function channelThing(incident: Pick<Incident, 'id'>) {
  return `incidents/${incident.id}/channel` as const
}
