/** Who does what in an incident: the lead, the roles, the hand-over, and who was asked in. */
import type { Decision, Given } from '../../core/decision.ts'
import { type Event, type Incident, isOver, over, type Policy, type Refused, signed } from './incident.ts'

export function giveLead(
  incident: Incident,
  { to, onlyIfFree = false }: { to: string; onlyIfFree?: boolean },
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (isOver(incident)) return over(incident)
  if (incident.lead === to) return { refused: 'already-lead', details: { lead: to } }
  if (incident.lead !== null && onlyIfFree) return { refused: 'lead-taken', details: { lead: incident.lead } }
  return [{ type: 'incident.leadGiven', to, from: incident.lead, ...signed(given) }]
}

export function giveRole(
  incident: Incident,
  { role, to }: { role: string; to: string | null },
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (isOver(incident)) return over(incident)
  const known = given.policy.roles.find((name) => name.toLowerCase() === role.toLowerCase())
  if (!known) return { refused: 'no-such-role', details: { role, accepted: given.policy.roles.join(', ') } }
  const from = incident.roles[known] ?? null
  if (from === to) return { refused: 'already-has-role', details: { role: known, who: to ?? '' } }
  return [{ type: 'incident.roleGiven', role: known, to, from, ...signed(given) }]
}

/** The lead stays where it is until the other one says yes: nobody leads without knowing it. */
export function offerHandover(
  incident: Incident,
  { to, note }: { to: string; note: string },
  given: Given<Policy>,
): Decision<Event, Refused> {
  if (isOver(incident)) return over(incident)
  if (incident.lead === to) return { refused: 'already-lead', details: { lead: to } }
  return [{ type: 'incident.handoverOffered', to, from: incident.lead, note, ...signed(given) }]
}

export function acceptHandover(incident: Incident, given: Given<Policy>): Decision<Event, Refused> {
  const { by, at } = signed(given)
  if (isOver(incident)) return over(incident)
  if (incident.handover === null) return { refused: 'nothing-offered', details: { lead: incident.lead ?? '' } }
  if (by === null || incident.handover.to !== by)
    return { refused: 'not-for-you', details: { who: incident.handover.to } }
  return [{ type: 'incident.leadGiven', to: by, from: incident.lead, by, at }]
}

/** Said once. The offer stands: whoever comes late and takes it is welcome. */
export function lookAfterHandover({ handover, ...incident }: Incident, to: string, { now }: Given<Policy>): Event[] {
  if (isOver(incident) || handover?.to !== to) return []
  return [{ type: 'incident.handoverUnanswered', to, at: now.toISOString() }]
}

/** What somebody held who is gone is free again; nothing is left with a name that nobody answers to. */
export function partWith(incident: Incident, person: string, { now }: Given<Policy>): Event[] {
  const ledIt = incident.lead === person
  const roles = rolesOf(incident, person)
  const holdsSomething = ledIt || roles.length > 0 || incident.handover?.to === person
  if (!holdsSomething || isOver(incident)) return []
  return [{ type: 'incident.personLeft', person, ledIt, roles, at: now.toISOString() }]
}

function rolesOf({ roles }: Incident, person: string): string[] {
  return Object.entries(roles)
    .filter(([, holder]) => holder === person)
    .map(([role]) => role)
}

export function invite(incident: Incident, people: readonly string[], given: Given<Policy>): Event[] {
  const fresh = [...new Set(people)].filter((person) => !incident.members.includes(person))
  return fresh.length === 0 ? [] : [{ type: 'incident.invited', people: fresh, ...signed(given) }]
}

/** A private one is for those whom its people ask in; who is called for it hears no more than that it is there. */
export function callIn(incident: Incident, people: readonly string[], given: Given<Policy>): Event[] {
  if (incident.isPrivate || incident.kind !== 'real' || isOver(incident)) return []
  return invite(incident, people, given)
}

export function askForLead(incident: Incident, { actor, now, policy }: Given<Policy>): Event[] {
  // The timer may fire just after somebody took the lead. Saying nothing is then the right answer.
  if (incident.lead !== null || isOver(incident)) return []
  // Of several moments that went by while nobody ran, the last one counts: asking once is enough.
  const sinceWanted = now.getTime() - Date.parse(incident.leadWantedAt)
  const gone = policy.askForLeadAfter.filter((after) => after <= sinceWanted).length
  const time = Math.max(gone, incident.leadAskedCount + 1)
  const lateSeconds = actor.kind === 'timer' ? actor.lateSeconds : 0
  return [{ type: 'incident.leadAsked', time, of: policy.askForLeadAfter.length, at: now.toISOString(), lateSeconds }]
}
