import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'

/**
 *   (nothing) ──declare──▶ investigating ──resolve──▶ resolved
 *
 * Severity and lead may change in every state but the last.
 */
export type Status = 'investigating' | 'resolved'

/** A name from `severities` in tocsin.yml; the gravest stands first there. */
export type Severity = string

export interface Incident {
  /** The number people say: 42 in INC-42. */
  id: string
  title: string
  severity: Severity
  status: Status
  lead: string | null
  /** The person who declared it; null when an alert did. */
  declaredBy: string | null
  origin: Origin | null
  channel: Channel | null
  /** Slack's code for why there is no channel. */
  channelTrouble: string | null
  /** How often the channel was asked to take the lead. */
  leadAskedCount: number
  /** What features to the right have shown on the card, by feature. Only they know what is in it. */
  cardFacts: Readonly<Record<string, unknown>>
  resolution: string
  declaredAt: Instant
  leadTakenAt: Instant | null
  resolvedAt: Instant | null
}

/** What made this incident, when it was not a person: a feature to the right, its subject, and a name for people. */
export interface Origin {
  feature: string
  id: string
  label: string
}

export interface Channel {
  id: string
  name: string
}

export type Command =
  | { type: 'incident.declare'; title: string; severity: Severity | null; origin?: Origin }
  | { type: 'incident.useChannel'; observed: { channelId: string; name: string } }
  | { type: 'incident.doWithoutChannel'; code: string }
  | { type: 'incident.giveLead'; to: string }
  | { type: 'incident.changeSeverity'; to: Severity; reason: string }
  | { type: 'incident.askForLead' }
  | { type: 'incident.setCardFacts'; feature: string; facts: unknown }
  | { type: 'incident.resolve'; summary: string }

export type Event =
  | {
      type: 'incident.declared'
      id: string
      title: string
      severity: Severity
      by: string | null
      origin: Origin | null
      at: Instant
    }
  | { type: 'incident.channelOpened'; channel: Channel }
  | { type: 'incident.channelRefused'; code: string }
  | { type: 'incident.leadGiven'; to: string; from: string | null; by: string | null; at: Instant }
  | { type: 'incident.severityChanged'; from: Severity; to: Severity; reason: string; by: string | null }
  | { type: 'incident.leadAsked'; time: number; of: number; at: Instant; lateSeconds: number }
  | { type: 'incident.cardFactsSet'; feature: string; facts: unknown }
  | { type: 'incident.resolved'; summary: string; by: string | null; at: Instant }

export type Refused =
  | 'no-such-incident'
  | 'already-declared'
  | 'title-missing'
  | 'already-resolved'
  | 'already-lead'
  | 'no-such-severity'
  | 'same-severity'
  | 'downgrade-needs-reason'

export interface Policy {
  /** Names, the gravest first. */
  severities: readonly Severity[]
  defaultSeverity: Severity
  /** Milliseconds after the declaration at which a lead is asked for, while there is none. */
  askForLeadAfter: readonly number[]
}

export function decide(incident: Incident | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'incident.declare') return incident ? { refused: 'already-declared' } : declare(command, given)
  if (!incident) return { refused: 'no-such-incident' }

  switch (command.type) {
    case 'incident.useChannel': {
      const { channelId: id, name } = command.observed
      return incident.channel?.id === id ? [] : [{ type: 'incident.channelOpened', channel: { id, name } }]
    }
    case 'incident.doWithoutChannel':
      return [{ type: 'incident.channelRefused', code: command.code }]
    case 'incident.giveLead':
      return giveLead(incident, command, given)
    case 'incident.changeSeverity':
      return changeSeverity(incident, command, given)
    case 'incident.askForLead':
      return askForLead(incident, given)
    case 'incident.setCardFacts':
      return isSame(incident.cardFacts[command.feature], command.facts)
        ? []
        : [{ type: 'incident.cardFactsSet', feature: command.feature, facts: command.facts }]
    case 'incident.resolve':
      if (incident.status === 'resolved') return { refused: 'already-resolved' }
      return [{ type: 'incident.resolved', summary: command.summary, by: personOf(given), at: given.now.toISOString() }]
    default:
      return unreachable(command)
  }
}

function declare(
  command: Extract<Command, { type: 'incident.declare' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const { policy, now } = given
  if (command.title === '') return { refused: 'title-missing' }
  const severity = command.severity ?? policy.defaultSeverity
  if (!policy.severities.includes(severity)) return noSuchSeverity(severity, policy)
  return [
    {
      type: 'incident.declared',
      id: given.id,
      title: command.title,
      severity,
      by: personOf(given),
      origin: command.origin ?? null,
      at: now.toISOString(),
    },
  ]
}

function giveLead(incident: Incident, { to }: { to: string }, given: Given<Policy>): Decision<Event, Refused> {
  if (incident.status === 'resolved') return { refused: 'already-resolved' }
  if (incident.lead === to) return { refused: 'already-lead', details: { lead: to } }
  return [{ type: 'incident.leadGiven', to, from: incident.lead, by: personOf(given), at: given.now.toISOString() }]
}

function changeSeverity(
  incident: Incident,
  { to, reason }: { to: Severity; reason: string },
  given: Given<Policy>,
): Decision<Event, Refused> {
  const { severities } = given.policy
  if (incident.status === 'resolved') return { refused: 'already-resolved' }
  if (!severities.includes(to)) return noSuchSeverity(to, given.policy)
  if (to === incident.severity) return { refused: 'same-severity', details: { severity: to } }
  const isDowngrade = severities.indexOf(to) > severities.indexOf(incident.severity)
  if (isDowngrade && reason === '') return { refused: 'downgrade-needs-reason', details: { severity: to } }
  return [{ type: 'incident.severityChanged', from: incident.severity, to, reason, by: personOf(given) }]
}

function askForLead(incident: Incident, { actor, now, policy }: Given<Policy>): Event[] {
  // The timer may fire just after somebody took the lead. Saying nothing is then the right answer.
  if (incident.lead !== null || incident.status === 'resolved') return []
  // Of several moments that went by while nobody ran, the last one counts: asking once is enough.
  const sinceDeclared = now.getTime() - Date.parse(incident.declaredAt)
  const gone = policy.askForLeadAfter.filter((after) => after <= sinceDeclared).length
  const time = Math.max(gone, incident.leadAskedCount + 1)
  const lateSeconds = actor.kind === 'timer' ? actor.lateSeconds : 0
  return [{ type: 'incident.leadAsked', time, of: policy.askForLeadAfter.length, at: now.toISOString(), lateSeconds }]
}

function noSuchSeverity(severity: string, policy: Policy) {
  return { refused: 'no-such-severity', details: { severity, accepted: policy.severities.join(', ') } } as const
}

/** Facts are plain JSON, and their order says nothing. */
function isSame(before: unknown, after: unknown): boolean {
  return canonical(before) === canonical(after)
}

function personOf({ actor }: Given<Policy>): string | null {
  return actor.kind === 'person' ? actor.id : null
}

export function evolve(incident: Incident | null, event: Event): Incident {
  if (event.type === 'incident.declared') return declared(event)
  if (!incident) throw new Error(`${event.type} before incident.declared`)

  switch (event.type) {
    case 'incident.channelOpened':
      return { ...incident, channel: event.channel, channelTrouble: null }
    case 'incident.channelRefused':
      return { ...incident, channelTrouble: event.code }
    case 'incident.leadGiven':
      return { ...incident, lead: event.to, leadTakenAt: incident.leadTakenAt ?? event.at }
    case 'incident.severityChanged':
      return { ...incident, severity: event.to }
    case 'incident.leadAsked':
      return { ...incident, leadAskedCount: event.time }
    case 'incident.cardFactsSet':
      return { ...incident, cardFacts: { ...incident.cardFacts, [event.feature]: event.facts } }
    case 'incident.resolved':
      return { ...incident, status: 'resolved', resolution: event.summary, resolvedAt: event.at }
    default:
      return unreachable(event)
  }
}

function declared({ id, title, severity, by, origin, at }: Extract<Event, { type: 'incident.declared' }>): Incident {
  return {
    id,
    title,
    severity,
    status: 'investigating',
    lead: null,
    declaredBy: by,
    origin,
    channel: null,
    channelTrouble: null,
    leadAskedCount: 0,
    cardFacts: {},
    resolution: '',
    declaredAt: at,
    leadTakenAt: null,
    resolvedAt: null,
  }
}
