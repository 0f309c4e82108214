/** What the world hears about a group of alerts. Read this file to know who is told what, and when. */
import type { Given } from '../../core/decision.ts'
import type { Effect, Instant } from '../../core/effects.ts'
import { newSubject } from '../../core/perform.ts'
import { Markup, mention } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { putOnCard, titleMax } from '../incidents/index.ts'
import { acknowledgePage, pageTeam, resolvePage } from '../oncall/index.ts'
import { type AlertGroup, type Event, firingOf, type Involved, membersOf, seenOf, testSource } from './domain.ts'
import { acts } from './pipeline.ts'
import type { Rules } from './rules.ts'
import { alertMessage, clearMessage, memberLine } from './views.ts'
import { commonLabels, ownLabels, titleOf } from './words.ts'

/** Its message, its line on the incident's card, and what is said below it: once for however many alerts came together. */
export function redraw(group: AlertGroup, events: readonly Event[], { policy }: Given<Rules>): readonly Effect[] {
  if (!events.some(({ type }) => type !== 'alert.dropped' && type !== 'alert.clearAsked')) return []
  const fired = events.flatMap((event) => (event.type === 'alert.fired' ? [event] : []))
  return [...show(group, policy), ...onCard(group), ...sayInThread(group, fired, policy)]
}

export function effects(group: AlertGroup, event: Event, { policy, now }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'alert.fired':
      return [
        ...lookAgainLater(group, now),
        ...(group.incident === null ? [] : [{ kind: 'timer.cancel', key: clearTimer(group) } as const]),
      ]
    case 'alert.ended':
      return [
        ...event.release.map((waiting) => reconsider(waiting)),
        ...(group.status === 'resolved' ? allEnded(group, event.alert.at, policy) : []),
      ]
    case 'alert.weighed':
      return lookAgainLater(group, now)
    case 'alert.acted':
      return [
        ...(event.page === null || group.source === testSource ? [] : [page(group, event.page)]),
        ...(event.incident === null ? [] : involve(group, event.incident, { at: event.at, rules: policy })),
      ]
    case 'alert.acknowledged':
      return acknowledge(group, event.by)
    case 'alert.incidentLinked':
      return event.left === null ? [] : [putOnCard(event.left, cardKey(group), null)]
    case 'alert.incidentUnlinked':
      return [{ kind: 'timer.cancel', key: clearTimer(group) }, putOnCard(event.incident, cardKey(group), null)]
    case 'alert.clearAsked':
      return clearAsked(event, policy)
    case 'alert.refreshed':
    case 'alert.dropped':
    case 'alert.incidentNoted':
    case 'alert.judged':
      return []
    default:
      return unreachable(event)
  }
}

function show(group: AlertGroup, rules: Rules): Effect[] {
  const route = rules.routeOf(group.route)
  if (route.post === null || !group.outbreak.isShown) return []
  // What wakes somebody is read first.
  const priority = acts(route) ? 'state' : 'chatter'
  const isPast = group.status === 'resolved' && group.outbreak.storm !== null && !acts(route)
  return [
    {
      kind: 'slack.show',
      name: messageName(group),
      to: route.post,
      message: alertMessage(group, rules),
      priority,
      // In a storm messages wait long for their turn, and what is over by then helps nobody; the storm counts it.
      ...(isPast ? { onlyIfThere: true } : {}),
    },
  ]
}

export function messageName(group: AlertGroup): `alerts/${string}/message-${number}` {
  return `alerts/${group.id}/message-${group.outbreak.number}`
}

const joinedShown = 10

/** Alerts that join are said below the message, where the route wants it; the first one is the message. */
function sayInThread(group: AlertGroup, fired: readonly Fired[], rules: Rules): Effect[] {
  const { thread, post } = rules.routeOf(group.route)
  if (!thread || post === null) return []
  const isFirst = group.outbreak.firedCount === fired.length
  const joined = fired.slice(isFirst ? 1 : 0).flatMap(({ alert, holds }) => {
    const member = group.members.get(alert.fingerprint)
    return member && holds.length === 0 ? [member] : []
  })
  if (joined.length === 0) return []
  const common = commonLabels(membersOf(group))
  const left = joined.length - joinedShown
  const lines = joined.slice(0, joinedShown).map((member) => memberLine(member, ownLabels(member, common)))
  const text = [...lines, ...(left > 0 ? [`… and ${left} more`] : [])].join('\n')
  return [{ kind: 'slack.say', to: post, inThreadOf: messageName(group), message: { text } }]
}

type Fired = Extract<Event, { type: 'alert.fired' }>

/**
 * Hours and maintenance end by the clock. What else keeps alerts quiet tells us when it ends; it is looked at once more
 * all the same, for it may have ended in the very moment in which it was found.
 */
function lookAgainLater(group: AlertGroup, now: Date): Effect[] {
  const holds = firingOf(group).flatMap((member) => member.holds)
  const ends = holds.flatMap(({ by, until }) =>
    until !== null && (by === 'maintenance' || by === 'hours') ? [Date.parse(until)] : [],
  )
  const isToldLater = holds.some(({ by }) => by === 'silence' || by === 'inhibit' || by === 'storm')
  const { feature, id, command } = reconsider(group)
  const fire = { feature, id, command }
  const timer = (what: string, at: number): Effect => ({
    kind: 'timer.set',
    key: `alerts/${group.id}/${what}`,
    at: new Date(at).toISOString(),
    fire,
  })
  return [
    ...(ends.length === 0 ? [] : [timer('reconsider', Math.min(...ends))]),
    ...(isToldLater ? [timer('recheck', now.getTime() + recheckMilliseconds)] : []),
  ]
}

const recheckMilliseconds = 60_000

export function reconsider({ id, service }: { id: string; service: string | null }) {
  const command = { type: 'alert.reconsider', attachTo: service }
  return { kind: 'perform' as const, feature: 'alerts', id, command }
}

function page(group: AlertGroup, team: string): Effect {
  const summary = shorten(`${titleOf(group)}${group.service === null ? '' : ` (${group.service})`}`, 500)
  return pageTeam(team, { about: aboutOf(group), summary, severity: pageSeverity(group) })
}

function pageSeverity(group: AlertGroup) {
  const severities = seenOf(group).map(({ labels }) => labels.severity)
  return severities.includes('critical') ? 'critical' : 'error'
}

function aboutOf(group: AlertGroup) {
  return { feature: 'alerts', id: group.id }
}

function acknowledge(group: AlertGroup, by: string | null): Effect[] {
  const { paged } = group.outbreak
  return [
    ...(paged === null ? [] : [acknowledgePage(aboutOf(group), paged, by, 'slack')]),
    ...(group.incident === null
      ? []
      : [
          {
            kind: 'perform',
            feature: 'incidents',
            id: group.incident.id,
            command: { type: 'incident.acknowledge' },
          } as const,
        ]),
  ]
}

function involve(group: AlertGroup, involved: Involved, { at, rules }: { at: Instant; rules: Rules }): Effect[] {
  switch (involved.how) {
    case 'declare':
      return [declareIncident(group, involved, declaration(group, { ...involved, at, rules }))]
    case 'attach': {
      if (!involved.isSaid) return []
      const text = rules.templates.render('alerts/joined', 'slack', {
        alert: titleOf(group),
        summary: summaryOf(group),
      })
      return [{ kind: 'slack.say', to: `incidents/${involved.incident.id}/channel`, message: { text } }]
    }
    default:
      return unreachable(involved)
  }
}

export interface Declaring {
  severity: string | null
  asTriage: boolean
  together?: string | null
  at: Instant
  rules: Rules
}

/** Directly, or by way of an opening, where others may want the same one. */
function declareIncident(
  group: AlertGroup,
  { together, severity, asTriage }: Extract<Involved, { how: 'declare' }>,
  declared: ReturnType<typeof declaration>,
): Effect {
  if (together === null)
    return { kind: 'perform', feature: 'incidents', id: newSubject, isUrgent: true, command: declared }
  const service = together.startsWith('service ') ? group.service : null
  const wanted = { group: group.id, severity, asTriage, declaration: declared }
  const command = { type: 'opening.want', key: together, service, ...wanted }
  return { kind: 'perform', feature: 'alertOpenings', id: together, isUrgent: true, command }
}

export function declaration(group: AlertGroup, { severity, asTriage, together, at, rules }: Declaring) {
  const title = shorten(titleOf(group), titleMax)
  const { startedAt } = group.outbreak
  return {
    type: 'incident.declare' as const,
    title,
    severity,
    service: rules.services.includes(group.service ?? '') ? group.service : null,
    origin: { feature: 'alerts', id: group.id, label: `alert ${title}`, ...(together ? { together } : {}) },
    ...(group.source === testSource ? { kind: 'test' as const } : {}),
    // A sender whose clock is ahead must not keep an incident from being opened.
    ...(Date.parse(startedAt) <= Date.parse(at) ? { startedAt } : {}),
    ...(asTriage ? { status: 'triage' as const } : {}),
  }
}

function summaryOf(group: AlertGroup): string {
  const [first] = seenOf(group)
  return shorten(first?.annotations.summary ?? first?.annotations.description ?? '', 300)
}

function allEnded(group: AlertGroup, at: Instant, rules: Rules): Effect[] {
  const { outbreak, incident } = group
  const pages = outbreak.paged === null ? [] : [resolvePage(aboutOf(group), outbreak.paged)]
  if (incident === null) return pages
  const due = new Date(Date.parse(at) + rules.askWhenClearFor).toISOString()
  const fire = { feature: 'alerts', id: group.id, command: { type: 'alert.askAboutClear', incident: incident.id } }
  return [...pages, { kind: 'timer.set', key: clearTimer(group), at: due, fire }]
}

function clearAsked(
  { incident, clearSince, closes }: Extract<Event, { type: 'alert.clearAsked' }>,
  rules: Rules,
): Effect[] {
  const { id, status } = incident
  if (closes) {
    const words = rules.templates.render('alerts/closed-when-clear', 'text', {})
    const command =
      status === 'triage' ? { type: 'incident.cancel', reason: words } : { type: 'incident.resolve', summary: words }
    return [{ kind: 'perform', feature: 'incidents', id, command }]
  }
  // Several groups of one incident may end together. They give the message one name, so that it is asked once.
  const name = `alerts/incident-${id}/clear-${Math.floor(Date.parse(clearSince) / 1_000)}` as const
  return [
    { kind: 'slack.show', name, to: `incidents/${id}/channel`, message: clearMessage(incident, clearSince, rules) },
  ]
}

/** The card lists each group that the incident has; only what the list shows is told, not every count. */
function onCard(group: AlertGroup): Effect[] {
  if (group.incident === null) return []
  const { status, outbreak } = group
  const facts = {
    title: shorten(titleOf(group), 150),
    status,
    startedAt: outbreak.startedAt,
    endedAt: outbreak.endedAt,
  }
  return [putOnCard(group.incident.id, cardKey(group), facts)]
}

export const cardKeyPrefix = 'alerts/'

function cardKey({ id }: AlertGroup): string {
  return `${cardKeyPrefix}${id}`
}

function clearTimer({ id }: AlertGroup): string {
  return `alerts/${id}/clear`
}

export function mentioned(person: string | null): Markup | null {
  return person === null ? null : new Markup(mention(person))
}
