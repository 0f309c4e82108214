/** What is allowed: each command with the events that come of it, or the refusal. */
import type { Actor, Decision, Given } from '../../core/decision.ts'
import { canonical } from '../../lib/fingerprint.ts'
import { unreachable } from '../../lib/unreachable.ts'
import {
  type Alert,
  type AlertGroup,
  asAlert,
  type Command,
  type DropReason,
  type Event,
  firingOf,
  type Hold,
  type Involved,
  type Place,
  type Refused,
} from './alert.ts'
import { evolve } from './evolve.ts'
import { inhibits, labelsOf, type PipelinePolicy, pass } from './pipeline.ts'
import type { Route } from './routes.ts'
import { fairWeather, type Surroundings } from './surroundings.ts'

export * from './alert.ts'

export interface Policy extends PipelinePolicy {
  /** By its name; what is no longer in tocsin.yml is as if none had matched. */
  routeOf(name: string): Route
  /** Whether the first severity is at least as grave as the second. */
  isAsGrave(severity: string, than: string): boolean
  /** An incident that an alert opened may be closed by itself at this severity, once all is clear. */
  closesWhenClear(severity: string): boolean
}

export function decide(group: AlertGroup | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'alert.observe') return observe(group, command, given)
  if (!group) return { refused: 'no-such-alert' }

  switch (command.type) {
    case 'alert.reconsider':
      return reconsider(group, command.surroundings ?? fairWeather, given)
    case 'alert.acknowledge':
      return acknowledge(group, command.by, given)
    case 'alert.linkIncident':
      if (group.incident?.id === command.incident.id) return []
      return [
        {
          type: 'alert.incidentLinked',
          incident: command.incident,
          left: command.leaves ? (group.incident?.id ?? null) : null,
          by: personOf(given.actor),
        },
      ]
    case 'alert.noteIncident':
      if (group.incident?.id !== command.incident.id || canonical(group.incident) === canonical(command.incident))
        return []
      return [{ type: 'alert.incidentNoted', incident: command.incident }]
    case 'alert.unlinkIncident': {
      const { incident, isDeclined } = command
      return group.incident?.id === incident ? [{ type: 'alert.incidentUnlinked', incident, isDeclined }] : []
    }
    case 'alert.askAboutClear':
      return askAboutClear(group, command, given)
    case 'alert.judge':
      if (command.outbreak !== group.outbreak.number) return { refused: 'other-outbreak' }
      if (group.outbreak.verdict === command.verdict) return []
      return [{ type: 'alert.judged', outbreak: command.outbreak, verdict: command.verdict, by: personOf(given.actor) }]
    default:
      return unreachable(command)
  }
}

type Observe = Extract<Command, { type: 'alert.observe' }>

/** However many observations arrive together, they are one change, in the order of their own time. */
function observe(group: AlertGroup | null, command: Observe, given: Given<Policy>): readonly Event[] {
  const { place, alerts, surroundings = fairWeather } = command
  const events: Event[] = []
  const dropped: Partial<Record<DropReason, number>> = {}
  const newest = new Map<string, Event>()
  let seen = group
  for (const alert of alerts.toSorted(byTheirTime)) {
    const event = observeOne(seen, alert, { place, surroundings, given })
    if ('dropped' in event) {
      dropped[event.dropped] = (dropped[event.dropped] ?? 0) + 1
      continue
    }
    seen = evolve(seen, event)
    // Said again and again, the last word holds: a flapping sender must not fill the journal.
    const before = newest.get(alert.fingerprint)
    if (event.type === 'alert.refreshed' && before?.type === 'alert.refreshed') events.splice(events.indexOf(before), 1)
    newest.set(alert.fingerprint, event)
    events.push(event)
  }
  if (Object.keys(dropped).length > 0) events.push({ type: 'alert.dropped', counts: dropped })
  if (seen === null) return events
  return [...events, ...reconsider(seen, surroundings, given)]
}

interface Around {
  place: Place
  surroundings: Surroundings
  given: Given<Policy>
}

function observeOne(
  group: AlertGroup | null,
  observed: Alert,
  { place, surroundings, given }: Around,
): Event | { dropped: DropReason } {
  const { policy, now, id } = given
  const known = group?.members.get(observed.fingerprint) ?? null
  const route = policy.routeOf(place.route)
  const isNews = observed.status === 'firing' && known?.status !== 'firing'
  const around = { group, route, place, surroundings, policy, now }
  const { alert, dropped, holds } = pass({ alert: observed, known, isNews, ...around })
  if (dropped !== null) return { dropped }
  if (alert.status === known?.status) return { type: 'alert.refreshed', id, place, alert }
  const inStorm = surroundings.storm === null ? {} : { storm: surroundings.storm }
  if (alert.status === 'resolved') {
    // Whoever it kept quiet has to be looked at again.
    const release = known?.inhibits ? surroundings.inhibited.filter((waiting) => waiting.id !== id) : []
    return { type: 'alert.ended', id, place, alert, release, ...inStorm }
  }
  const outbreak = outbreakFor(group, alert)
  const mayInhibit = inhibits(policy, labelsOf(alert))
  return { type: 'alert.fired', id, place, alert, holds, inhibits: mayInhibit, outbreak, ...inStorm }
}

export function byTheirTime(a: Alert, b: Alert): number {
  return Date.parse(a.at) - Date.parse(b.at) || rank(a) - rank(b)
}

function rank({ status }: Alert): number {
  return status === 'firing' ? 0 : 1
}

// An alert that comes back sooner is flapping: its message is edited. Later, the old message is too far up to be seen.
const quietMilliseconds = 30 * 60_000

function outbreakFor(group: AlertGroup | null, alert: Alert): number {
  if (group === null || group.outbreak.number === 0) return 1
  const { number, endedAt } = group.outbreak
  const isSame = endedAt === null || Date.parse(alert.at) - Date.parse(endedAt) < quietMilliseconds
  return isSame ? number : number + 1
}

/** What keeps the alerts of a group quiet now, and then, whether it is time to act. */
function reconsider(group: AlertGroup, surroundings: Surroundings, given: Given<Policy>): readonly Event[] {
  const { policy, now } = given
  const place = { route: group.route, key: group.key }
  const route = policy.routeOf(group.route)
  const changed: Record<string, readonly Hold[]> = {}
  for (const member of firingOf(group)) {
    const alert = asAlert(group.source, member)
    const around = { group, route, place, surroundings, policy, now }
    const { holds } = pass({ alert, known: null, isNews: false, ...around })
    const isFree = holds.length === 0 && member.holds.length === 0
    if (!isFree && canonical(holds) !== canonical(member.holds)) changed[member.fingerprint] = holds
  }
  const weighed: Event[] = Object.keys(changed).length === 0 ? [] : [{ type: 'alert.weighed', holds: changed }]
  const after = weighed.reduce<AlertGroup>(evolve, group)
  return [...weighed, ...act(after, route, surroundings, given)]
}

/** Once an outbreak, as soon as one of its alerts is free of everything that keeps it quiet. */
function act(group: AlertGroup, route: Route, surroundings: Surroundings, given: Given<Policy>): readonly Event[] {
  if (group.outbreak.isActed || !firingOf(group).some(({ holds }) => holds.length === 0)) return []
  // An incident that still runs for it takes it in: a second one, or another page, would only split the responders.
  if (group.incident !== null) return []
  const incident = involve(group, route, surroundings, given)
  if (incident === null && route.page === null) return []
  const isInGoodHands = incident?.how === 'attach'
  const linked: Event[] = isInGoodHands
    ? [{ type: 'alert.incidentLinked', incident: incident.incident, left: null, by: null }]
    : []
  return [
    { type: 'alert.acted', page: isInGoodHands ? null : route.page, incident, at: given.now.toISOString() },
    ...linked,
  ]
}

// What comes so soon after an incident was declared came with it.
const togetherMilliseconds = 60_000

function involve(
  { service }: AlertGroup,
  { attach, open, triage }: Route,
  { running, storm }: Surroundings,
  { policy: { isAsGrave }, now }: Given<Policy>,
): Involved | null {
  if (attach && running !== null) {
    // Nobody may sleep because something smaller is being looked at, or is not even accepted.
    const isEnough =
      open === null
        ? triage === null || isAsGrave(running.severity, triage)
        : running.status !== 'triage' && isAsGrave(running.severity, open)
    if (isEnough) {
      const { declaredAt, ...incident } = running
      return { how: 'attach', incident, isSaid: now.getTime() - Date.parse(declaredAt) > togetherMilliseconds }
    }
  }
  const severity = open ?? triage
  // What a storm brings has one cause as a rule, and five hundred channels help nobody.
  const together = storm !== null ? `storm ${storm}` : attach && service !== null ? `service ${service}` : null
  return severity === null ? null : { how: 'declare', severity, asTriage: open === null, together }
}

function acknowledge(group: AlertGroup, by: string | null, { now, actor }: Given<Policy>): Decision<Event, Refused> {
  const person = by ?? personOf(actor)
  if (group.status !== 'firing') return { refused: 'not-firing' }
  // The page comes back to say what it was told.
  if (group.outbreak.acknowledgedAt !== null && group.outbreak.acknowledgedBy === person) return []
  if (group.outbreak.acknowledgedAt !== null)
    return { refused: 'already-acknowledged', details: { by: group.outbreak.acknowledgedBy ?? '' } }
  return [{ type: 'alert.acknowledged', by: person, at: now.toISOString() }]
}

/** «All clear» is asked once for each end, when it has been quiet for a while; nothing is closed that matters. */
function askAboutClear(
  group: AlertGroup,
  { incident, surroundings = fairWeather }: Extract<Command, { type: 'alert.askAboutClear' }>,
  { policy }: Given<Policy>,
): readonly Event[] {
  const linked = group.incident
  // Fired again, handed on, or another alert of the incident still fires: there is nothing to ask.
  if (linked?.id !== incident || group.status === 'firing' || surroundings.firingForIncident > 0) return []
  const clearSince = surroundings.clearSince ?? group.outbreak.endedAt
  if (clearSince === null) return []
  // What somebody declared is theirs to end, however small it is.
  const closes = surroundings.isOpenedByAlert && policy.closesWhenClear(linked.severity)
  return [{ type: 'alert.clearAsked', incident: linked, clearSince, closes }]
}

function personOf(actor: Actor): string | null {
  return actor.kind === 'person' ? actor.id : null
}
