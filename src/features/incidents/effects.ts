/** What the world hears about an incident. Read this file to know who is told what, and when. */
import type { Given } from '../../core/decision.ts'
import type { Effect, SlackEffect } from '../../core/effects.ts'
import { bold, Markup, mention } from '../../lib/mrkdwn.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { plural } from '../../lib/words.ts'
import type { Event, Incident, Severity } from './domain.ts'
import type { Rules } from './rules.ts'
import { announcement, card, channelName, key, topic } from './views.ts'

export function effects(incident: Incident, event: Event, given: Given<Rules>): readonly Effect[] {
  const { policy } = given
  switch (event.type) {
    case 'incident.declared':
      return [
        announce(incident, policy),
        // In this order: whatever is said later finds the card above it.
        openChannel(incident, policy),
        showCard(incident, policy),
        ...askForLeadLater(incident, policy),
        ...page(incident, policy),
        ...mailAbout(incident, policy),
      ]
    case 'incident.channelOpened':
      return [showCard(incident, policy), announce(incident, policy)]
    case 'incident.channelRefused':
      return [announce(incident, policy)]
    case 'incident.leadGiven':
      return [
        ...refresh(incident, policy),
        say(incident, 'incidents/lead-given', policy, {
          lead: new Markup(mention(event.to)),
          tookIt: event.by === event.to,
          by: who(event.by),
        }),
        { kind: 'timer.cancel', key: leadTimer(incident) },
        ...acknowledgePage(incident, policy),
      ]
    case 'incident.severityChanged':
      return [
        ...refresh(incident, policy),
        say(incident, 'incidents/severity-changed', policy, {
          from: event.from,
          to: event.to,
          by: who(event.by),
          reason: event.reason,
        }),
        ...pageAfterRaise(incident, event.from, policy),
      ]
    case 'incident.leadAsked':
      return [
        say(incident, 'incidents/lead-asked', policy, {
          incident: key(incident),
          isLast: event.time >= event.of,
          minutes: plural(minutesBetween(incident.declaredAt, event.at), 'minute', 'minutes'),
        }),
        ...askForLeadLater(incident, policy),
      ]
    case 'incident.cardFactsSet':
      return incident.channelTrouble === null
        ? [showCard(incident, policy), announce(incident, policy)]
        : [announce(incident, policy)]
    case 'incident.resolved':
      return [
        ...refresh(incident, policy),
        say(incident, 'incidents/resolved', policy, { by: who(event.by), summary: event.summary }),
        { kind: 'timer.cancel', key: leadTimer(incident) },
        ...resolvePage(incident, policy),
      ]
    default:
      return unreachable(event)
  }
}

/** Everything that shows the incident's state. Without a channel, the announcement is all there is. */
function refresh(incident: Incident, rules: Rules): Effect[] {
  if (incident.channelTrouble !== null) return [announce(incident, rules)]
  return [showCard(incident, rules), announce(incident, rules), openChannel(incident, rules)]
}

function showCard(incident: Incident, rules: Rules): SlackEffect {
  const to = channelThing(incident)
  return { kind: 'slack.show', name: `incidents/${incident.id}/card`, to, pin: true, message: card(incident, rules) }
}

function announce(incident: Incident, rules: Rules): SlackEffect {
  const name = `incidents/${incident.id}/announcement` as const
  return { kind: 'slack.show', name, to: rules.announceIn, message: announcement(incident, rules) }
}

function openChannel(incident: Incident, rules: Rules): Effect {
  const members = [incident.declaredBy, incident.lead, ...rules.invitedFor(incident.severity)]
  return {
    kind: 'slack.channel',
    name: channelThing(incident),
    desired: {
      name: channelName(incident, rules),
      isPrivate: false,
      topic: topic(incident),
      members: [...new Set(members.filter((member) => member !== null))],
    },
    whenDone: { feature: 'incidents', id: incident.id, command: { type: 'incident.useChannel' } },
    whenGivenUp: { feature: 'incidents', id: incident.id, command: { type: 'incident.doWithoutChannel' } },
  }
}

/** Said in the incident's channel; while it has none, where it was announced. */
function say(incident: Incident, template: string, rules: Rules, data: Record<string, unknown>): SlackEffect {
  const words = rules.templates.render(template, 'slack', data)
  if (incident.channelTrouble === null)
    return { kind: 'slack.say', to: channelThing(incident), message: { text: words } }
  return { kind: 'slack.say', to: rules.announceIn, message: { text: `${bold(key(incident))} ${words}` } }
}

function askForLeadLater(incident: Incident, rules: Rules): Effect[] {
  const after = rules.askForLeadAfter[incident.leadAskedCount]
  if (after === undefined || incident.lead !== null) return []
  const at = new Date(Date.parse(incident.declaredAt) + after).toISOString()
  const fire = { feature: 'incidents', id: incident.id, command: { type: 'incident.askForLead' } }
  return [{ kind: 'timer.set', key: leadTimer(incident), at, fire }]
}

function page(incident: Incident, rules: Rules): Effect[] {
  const service = rules.pagedFor(incident.severity)
  if (service === null) return []
  const summary = `${incident.severity} ${key(incident)} ${incident.title}`
  return [{ kind: 'pager.trigger', key: pageKey(incident), service, summary, severity: 'critical' }]
}

/** Whoever was not paged at the lower severity is paged now; nobody is paged twice. */
function pageAfterRaise(incident: Incident, from: Severity, rules: Rules): Effect[] {
  const isNews = rules.pagedFor(incident.severity) !== rules.pagedFor(from)
  return isNews ? page(incident, rules) : []
}

function acknowledgePage(incident: Incident, rules: Rules): Effect[] {
  const service = rules.pagedFor(incident.severity)
  return service === null ? [] : [{ kind: 'pager.acknowledge', key: pageKey(incident), service }]
}

function resolvePage(incident: Incident, rules: Rules): Effect[] {
  const service = rules.pagedFor(incident.severity)
  return service === null ? [] : [{ kind: 'pager.resolve', key: pageKey(incident), service }]
}

function mailAbout(incident: Incident, rules: Rules): Effect[] {
  const to = rules.mailedFor(incident.severity)
  if (to.length === 0) return []
  const data = { incident: key(incident), severity: incident.severity, title: incident.title, at: incident.declaredAt }
  const subject = rules.templates.render('incidents/declared', 'subject', data)
  return [{ kind: 'mail.send', to, subject, text: rules.templates.render('incidents/declared', 'text', data) }]
}

function who(person: string | null): Markup {
  return new Markup(person === null ? 'Tocsin' : mention(person))
}

function minutesBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 60_000)
}

function channelThing(incident: Incident) {
  return `incidents/${incident.id}/channel` as const
}

function pageKey(incident: Incident): string {
  return `incidents/${incident.id}`
}

function leadTimer(incident: Incident): string {
  return `incidents/${incident.id}/ask-for-lead`
}
