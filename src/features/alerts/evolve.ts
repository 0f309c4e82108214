/** What a group is after each event. */
import type { Instant } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'
import {
  type Alert,
  type AlertGroup,
  type Event,
  firingOf,
  type Hold,
  type Member,
  membersOf,
  type Outbreak,
  type Place,
  seenOf,
} from './alert.ts'

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>

export function evolve(group: AlertGroup | null, event: Event): AlertGroup {
  switch (event.type) {
    case 'alert.fired':
      return fired(group ?? begin(event), event)
    case 'alert.refreshed':
      return refreshed(group ?? begin(event), event)
    case 'alert.ended':
      return ended(group ?? begin(event), event)
  }
  if (!group) throw new Error(`${event.type} before anything was heard of it`)

  switch (event.type) {
    case 'alert.dropped':
      return { ...group, dropped: added(group.dropped, event.counts) }
    case 'alert.weighed':
      return weighed(group, event.holds)
    case 'alert.acted':
      return withOutbreak(group, { isActed: true, paged: event.page ?? group.outbreak.paged })
    case 'alert.acknowledged':
      return withOutbreak(group, { acknowledgedBy: event.by, acknowledgedAt: event.at })
    case 'alert.incidentLinked':
      return { ...withOutbreak(group, { ledTo: event.incident.id }), incident: event.incident }
    case 'alert.incidentNoted':
      return { ...group, incident: event.incident }
    case 'alert.incidentUnlinked':
      return { ...withOutbreak(group, { isDeclined: event.isDeclined }), incident: null }
    case 'alert.clearAsked':
      return withOutbreak(group, { clearAskedCount: group.outbreak.clearAskedCount + 1 })
    case 'alert.judged':
      return withOutbreak(group, { verdict: event.verdict })
    default:
      return unreachable(event)
  }
}

const neverYet: Outbreak = {
  number: 0,
  startedAt: '',
  endedAt: null,
  firedCount: 0,
  isShown: false,
  isActed: false,
  paged: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
  ledTo: null,
  isDeclined: false,
  verdict: null,
  clearAskedCount: 0,
  storm: null,
}

function begin({ id, place, alert }: { id: string; place: Place; alert: Alert }): AlertGroup {
  return {
    id,
    source: alert.source,
    route: place.route,
    key: place.key,
    service: alert.labels.service ?? null,
    status: 'resolved',
    members: new Map(),
    outbreak: { ...neverYet, startedAt: alert.at },
    firings: [],
    incident: null,
    dropped: {},
  }
}

// As far back as flapping is counted, and more often than anybody wants to know.
const firingsMilliseconds = 60 * 60_000
const firingsMax = 100

function fired(group: AlertGroup, { alert, holds, inhibits, outbreak: number, storm }: Of<'alert.fired'>): AlertGroup {
  const isNew = number !== group.outbreak.number
  const startsAgain = isNew || group.status === 'resolved'
  const ledTo = group.incident?.id ?? null
  const outbreak = isNew ? { ...neverYet, number, startedAt: alert.at, ledTo } : group.outbreak
  const member = memberOf(alert, { startedAt: alert.at, endedAt: null, holds, inhibits })
  const since = Date.parse(alert.at) - firingsMilliseconds
  return shown({
    ...group,
    service: alert.labels.service ?? group.service,
    status: 'firing',
    members: withMember(isNew ? withoutThePast(group, alert.at) : group.members, member),
    firings: [...group.firings.filter((at) => Date.parse(at) > since), alert.at].slice(-firingsMax),
    outbreak: {
      ...outbreak,
      startedAt: startsAgain ? alert.at : earlier(outbreak.startedAt, alert.at),
      endedAt: null,
      firedCount: outbreak.firedCount + 1,
      storm: storm ?? outbreak.storm,
    },
  })
}

// A late word about what is over for so long would have to come from a sender that slept for a day.
const pastMilliseconds = 24 * 60 * 60_000

/** An outbreak begins with what still fires; of the rest only what may still be spoken of late is remembered. */
function withoutThePast(group: AlertGroup, at: Instant): AlertGroup['members'] {
  const kept = membersOf(group).filter(
    (member) => member.status === 'firing' || Date.parse(at) - Date.parse(member.lastAt) < pastMilliseconds,
  )
  return byFingerprint(kept)
}

function byFingerprint(members: readonly Member[]): AlertGroup['members'] {
  return new Map(members.map((member) => [member.fingerprint, member]))
}

function withMember(members: AlertGroup['members'], member: Member): AlertGroup['members'] {
  return new Map(members).set(member.fingerprint, member)
}

function refreshed(group: AlertGroup, { alert }: Of<'alert.refreshed'>): AlertGroup {
  const known = group.members.get(alert.fingerprint)
  if (!known) throw new Error(`${alert.fingerprint} is refreshed and was never heard of`)
  const { startedAt, endedAt, holds, inhibits } = known
  const member = memberOf(alert, {
    startedAt,
    endedAt: alert.status === 'resolved' ? alert.at : endedAt,
    holds,
    inhibits,
  })
  return { ...group, members: withMember(group.members, member) }
}

function ended(group: AlertGroup, { alert, storm }: Of<'alert.ended'>): AlertGroup {
  const known = group.members.get(alert.fingerprint)
  const startedAt = known?.startedAt ?? alert.at
  const member = memberOf(alert, { startedAt, endedAt: alert.at, holds: [], inhibits: false })
  const after = { ...group, members: withMember(group.members, member) }
  if (group.status === 'resolved' || firingOf(after).length > 0) return after
  const { outbreak } = group
  return {
    ...after,
    status: 'resolved',
    // Nobody said «I have it», and the page was taken back: the next time it fires somebody is called again.
    outbreak: {
      ...outbreak,
      endedAt: alert.at,
      isActed: outbreak.isActed && outbreak.acknowledgedAt !== null,
      storm: storm ?? outbreak.storm,
    },
  }
}

function weighed(group: AlertGroup, holds: Readonly<Record<string, readonly Hold[]>>): AlertGroup {
  const members = membersOf(group).map((member) => ({ ...member, holds: holds[member.fingerprint] ?? member.holds }))
  return shown({ ...group, members: byFingerprint(members) })
}

/** Once seen, an outbreak stays in sight until it is over: what becomes silent says so on its message. */
function shown(group: AlertGroup): AlertGroup {
  return group.outbreak.isShown || seenOf(group).length === 0 ? group : withOutbreak(group, { isShown: true })
}

function withOutbreak(group: AlertGroup, change: Partial<Outbreak>): AlertGroup {
  return { ...group, outbreak: { ...group.outbreak, ...change } }
}

function memberOf(
  { fingerprint, title, labels, annotations, links, extra, status, at }: Alert,
  more: Pick<Member, 'startedAt' | 'endedAt' | 'holds' | 'inhibits'>,
): Member {
  return { fingerprint, title, labels, annotations, links, extra, status, lastAt: at, ...more }
}

function added(counts: AlertGroup['dropped'], more: AlertGroup['dropped']): AlertGroup['dropped'] {
  const { duplicate = 0, late = 0 } = more
  return {
    ...counts,
    ...(duplicate > 0 ? { duplicate: (counts.duplicate ?? 0) + duplicate } : {}),
    ...(late > 0 ? { late: (counts.late ?? 0) + late } : {}),
  }
}

function earlier(a: Instant, b: Instant): Instant {
  return Date.parse(a) <= Date.parse(b) ? a : b
}
