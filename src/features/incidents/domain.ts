/** What is allowed: each command with the events that come of it, or the refusal. */
import type { Decision, Given } from '../../core/decision.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'
import {
  type Command,
  type Event,
  type Incident,
  isOver,
  over,
  type Policy,
  type Refused,
  type Severity,
  type Status,
  signed,
} from './incident.ts'
import { askToClose, cancel, close, merge, moveTo, reopen, resolve, stateDataLoss, unmerge } from './lifecycle.ts'
import {
  acceptHandover,
  askForLead,
  callIn,
  giveLead,
  giveRole,
  invite,
  lookAfterHandover,
  offerHandover,
  partWith,
} from './people.ts'
import { correctTime } from './times.ts'

export * from './incident.ts'

export const titleMax = 200

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
    case 'incident.noteChannelChange':
      return [{ type: 'incident.channelChanged', changed: command.changed }]
    case 'incident.giveLead':
      return giveLead(incident, command, given)
    case 'incident.giveRole':
      return giveRole(incident, command, given)
    case 'incident.offerHandover':
      return offerHandover(incident, command, given)
    case 'incident.acceptHandover':
      return acceptHandover(incident, given)
    case 'incident.lookAfterHandover':
      return lookAfterHandover(incident, command.to, given)
    case 'incident.partWith':
      return partWith(incident, command.person, given)
    case 'incident.invite':
      return invite(incident, command.people, given)
    case 'incident.callIn':
      return callIn(incident, command.people, given)
    case 'incident.changeSeverity':
      return changeSeverity(incident, command, given)
    case 'incident.moveTo':
      return moveTo(incident, command, given)
    case 'incident.resolve':
      return resolve(incident, command, given)
    case 'incident.stateDataLoss':
      return stateDataLoss(incident, command.what, given)
    case 'incident.reopen':
      return reopen(incident, command.reason, given)
    case 'incident.close':
      return close(incident, given)
    case 'incident.cancel':
      return cancel(incident, command.reason, given)
    case 'incident.merge':
      return merge(incident, command, given)
    case 'incident.unmerge':
      return unmerge(incident, given)
    case 'incident.absorb':
      if (incident.absorbed.includes(command.from)) return []
      return [absorbed(command, given)]
    case 'incident.release':
      if (!incident.absorbed.includes(command.from)) return []
      return [{ type: 'incident.released', from: command.from, ...signed(given) }]
    case 'incident.acknowledge':
      return incident.times.acknowledgedAt === null ? [{ type: 'incident.acknowledged', ...signed(given) }] : []
    case 'incident.retitle':
      return retitle(incident, command.title, given)
    case 'incident.summarize':
      if (command.text === '') return { refused: 'text-missing' }
      return [{ type: 'incident.summarized', text: command.text, ...signed(given) }]
    case 'incident.setImpact':
      if (command.text === '') return { refused: 'text-missing' }
      return [{ type: 'incident.impactSet', text: command.text, ...signed(given) }]
    case 'incident.makePrivate':
      // What stood in a public channel was read; to call it private now would only soothe.
      return incident.isPrivate ? [] : { refused: 'made-public-stays-public' }
    case 'incident.correctTime':
      return correctTime(incident, command, given)
    case 'incident.askForLead':
      return askForLead(incident, given)
    case 'incident.askToClose':
      return askToClose(incident, given)
    case 'incident.archive':
      return incident.isArchived || !isOver(incident)
        ? []
        : [{ type: 'incident.archived', at: given.now.toISOString() }]
    case 'incident.setCardFacts':
      return isSame(incident.cardFacts[command.feature], command.facts)
        ? []
        : [{ type: 'incident.cardFactsSet', feature: command.feature, facts: command.facts }]
    default:
      return unreachable(command)
  }
}

function declare(
  command: Extract<Command, { type: 'incident.declare' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const { policy, id, now } = given
  const { title, origin = null, service = null, kind = 'real', isPrivate = false, startedAt = null } = command
  if (title === '') return { refused: 'title-missing' }
  if (title.length > titleMax) return { refused: 'title-too-long', details: { max: titleMax, length: title.length } }
  const severity = command.severity ?? policy.defaultSeverity
  if (!policy.severities.includes(severity)) return noSuchSeverity(severity, policy)
  if (service !== null && !policy.services.includes(service))
    return { refused: 'no-such-service', details: { service, accepted: policy.services.join(', ') } }
  if (startedAt !== null && Date.parse(startedAt) > now.getTime()) return { refused: 'time-in-future' }
  if (command.justOpened) return { refused: 'already-declared', details: { id: command.justOpened } }
  if (command.twin && !command.despiteTwin)
    return { refused: 'looks-like', details: { twin: command.twin.id, title: command.twin.title } }
  const status: Status = command.status ?? 'investigating'
  const facts = { id, title, severity, status, kind, isPrivate, service, origin, startedAt }
  const known = command.similar?.length ? { similar: command.similar } : {}
  return [{ type: 'incident.declared', ...facts, ...known, ...signed(given) }]
}

function changeSeverity(
  incident: Incident,
  { to, reason }: { to: Severity; reason: string },
  given: Given<Policy>,
): Decision<Event, Refused> {
  const { severities } = given.policy
  if (isOver(incident)) return over(incident)
  if (!severities.includes(to)) return noSuchSeverity(to, given.policy)
  if (to === incident.severity) {
    const accepted = severities.filter((one) => one !== to).join(', ')
    return { refused: 'same-severity', details: { severity: to, accepted } }
  }
  const isDowngrade = severities.indexOf(to) > severities.indexOf(incident.severity)
  if (isDowngrade && reason === '') return { refused: 'downgrade-needs-reason', details: { severity: to } }
  return [{ type: 'incident.severityChanged', from: incident.severity, to, reason, ...signed(given) }]
}

function absorbed(
  { from, title, severity }: Extract<Command, { type: 'incident.absorb' }>,
  given: Given<Policy>,
): Event {
  return { type: 'incident.absorbed', from, title, ...(severity === undefined ? {} : { severity }), ...signed(given) }
}

function retitle(incident: Incident, title: string, given: Given<Policy>): Decision<Event, Refused> {
  if (title === '') return { refused: 'title-missing' }
  if (title.length > titleMax) return { refused: 'title-too-long', details: { max: titleMax, length: title.length } }
  if (title === incident.title) return []
  return [{ type: 'incident.retitled', from: incident.title, to: title, ...signed(given) }]
}

function noSuchSeverity(severity: string, policy: Policy) {
  return { refused: 'no-such-severity', details: { severity, accepted: policy.severities.join(', ') } } as const
}

/** Facts are plain JSON, and their order says nothing. */
function isSame(before: unknown, after: unknown): boolean {
  return canonical(before) === canonical(after)
}
