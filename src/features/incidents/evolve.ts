/** What each event makes of an incident. Folding the journal with it gives what is stored. */
import { unreachable } from '../../lib/unreachable.ts'
import { type Event, type Incident, isOver } from './incident.ts'
import { fieldOf, timesAfter } from './times.ts'

export function evolve(incident: Incident | null, event: Event): Incident {
  if (event.type === 'incident.declared') return declared(event)
  if (!incident) throw new Error(`${event.type} before incident.declared`)

  switch (event.type) {
    case 'incident.channelOpened':
      return { ...incident, channel: event.channel, channelTrouble: null }
    case 'incident.channelRefused':
      return { ...incident, channelTrouble: event.code }
    case 'incident.channelChanged':
      return channelChanged(incident, event)
    case 'incident.leadGiven':
      return withMembers({ ...incident, lead: event.to, handover: null, times: acknowledged(incident, event.at) }, [
        event.to,
      ])
    case 'incident.roleGiven':
      return roleGiven(incident, event)
    case 'incident.handoverOffered':
      return withMembers({ ...incident, handover: { from: event.from, to: event.to, note: event.note } }, [event.to])
    case 'incident.handoverUnanswered':
      return incident
    case 'incident.personLeft':
      return personLeft(incident, event)
    case 'incident.invited':
      return withMembers(incident, event.people)
    case 'incident.severityChanged':
      return { ...incident, severity: event.to }
    case 'incident.statusChanged':
      return statusChanged(incident, event)
    case 'incident.resolved':
      return { ...incident, resolution: event.summary, closeAskedCount: 0, handover: null }
    case 'incident.dataLossStated':
      return { ...incident, dataLoss: event.what }
    case 'incident.reopened':
      return { ...incident, resolution: '', isArchived: false }
    case 'incident.merged':
      return { ...incident, mergedInto: event.into, handover: null }
    case 'incident.unmerged':
      return { ...incident, mergedInto: null }
    case 'incident.absorbed':
      return { ...incident, absorbed: [...incident.absorbed, event.from] }
    case 'incident.released':
      return { ...incident, absorbed: incident.absorbed.filter((id) => id !== event.from) }
    case 'incident.acknowledged':
      return { ...incident, times: acknowledged(incident, event.at) }
    case 'incident.retitled':
      return { ...incident, title: event.to }
    case 'incident.summarized':
      return { ...incident, summary: event.text }
    case 'incident.impactSet':
      return { ...incident, impact: event.text }
    case 'incident.timeCorrected': {
      const assumed = incident.times.assumed.filter((time) => time !== event.which)
      return { ...incident, times: { ...incident.times, [fieldOf(event.which)]: event.to, assumed } }
    }
    case 'incident.leadAsked':
      return { ...incident, leadAskedCount: event.time }
    case 'incident.closeAsked':
      return { ...incident, closeAskedCount: event.time }
    case 'incident.archived':
      return { ...incident, isArchived: true }
    case 'incident.cardFactsSet':
      return { ...incident, cardFacts: { ...incident.cardFacts, [event.feature]: event.facts } }
    case 'incident.closed':
    case 'incident.canceled':
      return incident
    default:
      return unreachable(event)
  }
}

function declared(event: Extract<Event, { type: 'incident.declared' }>): Incident {
  const { id, title, severity, status, kind, isPrivate, service, origin, startedAt, by, at } = event
  return {
    id,
    title,
    severity,
    status,
    kind,
    isPrivate,
    service,
    summary: '',
    impact: '',
    lead: null,
    roles: {},
    members: by === null ? [] : [by],
    handover: null,
    declaredBy: by,
    origin,
    channel: null,
    channelTrouble: null,
    isArchived: false,
    leadAskedCount: 0,
    leadWantedAt: at,
    closeAskedCount: 0,
    cardFacts: {},
    resolution: '',
    dataLoss: null,
    times: {
      startedAt: startedAt ?? at,
      detectedAt: at,
      declaredAt: at,
      acknowledgedAt: null,
      mitigatedAt: null,
      resolvedAt: null,
      closedAt: null,
      mergedAt: null,
      before: null,
      // Nobody said when it began: at the latest when it was declared.
      assumed: startedAt === null ? ['started', 'detected'] : ['detected'],
    },
    mergedInto: null,
    absorbed: [],
  }
}

function statusChanged(incident: Incident, event: Extract<Event, { type: 'incident.statusChanged' }>): Incident {
  const { from, to, at } = event
  const changed = { ...incident, status: to, times: timesAfter(incident.times, event) }
  const begins = !isOver({ status: to }) && (from === 'triage' || isOver({ status: from }))
  return begins ? { ...changed, leadWantedAt: at, leadAskedCount: 0 } : changed
}

function roleGiven(incident: Incident, { role, to }: Extract<Event, { type: 'incident.roleGiven' }>): Incident {
  if (to !== null) return withMembers({ ...incident, roles: { ...incident.roles, [role]: to } }, [to])
  return { ...incident, roles: Object.fromEntries(Object.entries(incident.roles).filter(([name]) => name !== role)) }
}

/** From now on a lead is wanted again, as at the beginning. */
function personLeft(
  incident: Incident,
  { person, ledIt, roles, at }: Extract<Event, { type: 'incident.personLeft' }>,
): Incident {
  const held = Object.entries(incident.roles).filter(([role]) => !roles.includes(role))
  // What somebody offered who is gone may be taken all the same.
  const handover = incident.handover?.to === person ? null : incident.handover
  const free = { ...incident, roles: Object.fromEntries(held), handover }
  return ledIt ? { ...free, lead: null, leadWantedAt: at, leadAskedCount: 0 } : free
}

function channelChanged(
  incident: Incident,
  { changed }: Extract<Event, { type: 'incident.channelChanged' }>,
): Incident {
  const { name, isArchived, isGone } = changed
  const channel = incident.channel && name !== undefined ? { ...incident.channel, name } : incident.channel
  return {
    ...incident,
    channel,
    isArchived: isArchived ?? incident.isArchived,
    channelTrouble: isGone === undefined ? incident.channelTrouble : isGone ? 'channel_not_found' : null,
  }
}

function acknowledged(incident: Incident, at: string): Incident['times'] {
  return { ...incident.times, acknowledgedAt: incident.times.acknowledgedAt ?? at }
}

function withMembers(incident: Incident, people: readonly string[]): Incident {
  return { ...incident, members: [...new Set([...incident.members, ...people])] }
}
