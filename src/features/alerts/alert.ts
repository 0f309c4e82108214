/** An alert and its group: what they are, what may be asked of a group, what happens to it, and how it says no. */
import type { Instant } from '../../core/effects.ts'
import type { Surroundings } from './surroundings.ts'

/** One observation: what a source said of an alert, at the moment that it speaks of. */
export interface Alert {
  source: string
  /** What makes it the same alert the next time. */
  fingerprint: string
  status: 'firing' | 'resolved'
  title: string
  /** With `severity`, in the sender's words, also where the sender does not call it a label. */
  labels: Labels
  annotations: Labels
  links: readonly Link[]
  extra: Readonly<Record<string, unknown>>
  /** Firing: when it ends unless it is sent again, where the sender says so. */
  endsAt: Instant | null
  /** The moment this observation speaks of: when it began to fire, or when it ended. Alerts are ordered by it. */
  at: Instant
}

export type Labels = Readonly<Record<string, string>>

export interface Link {
  title: string
  url: string
}

/** What is known of one alert of a group. */
export interface Member {
  fingerprint: string
  title: string
  labels: Labels
  annotations: Labels
  links: readonly Link[]
  extra: Readonly<Record<string, unknown>>
  status: 'firing' | 'resolved'
  startedAt: Instant
  endedAt: Instant | null
  /** The newest moment heard of. An observation that is older came late, and changes nothing. */
  lastAt: Instant
  /** Why nobody is told of it; empty when nothing stands in the way. */
  holds: readonly Hold[]
  /** While it fires, others are kept quiet. */
  inhibits: boolean
}

export interface Hold {
  by: 'silence' | 'inhibit' | 'maintenance' | 'threshold' | 'storm' | 'hours'
  /** Which one: S-7, the rule, the window. */
  what: string
  /** Null when nobody can say when it ends. */
  until: Instant | null
  /** `all`: it is not even shown. `action`: it is shown, and wakes nobody. */
  keepsFrom: 'all' | 'action'
}

/**
 * A group: the alerts that belong together, and the one message in which people see them.
 *
 *   (nothing) ──fires──▶ firing ──all ended──▶ resolved
 *                           ▲                     │
 *                           └────────fires────────┘  within half an hour the same outbreak, later the next one
 */
export interface AlertGroup {
  id: string
  source: string
  /** The name of the route that brought it here. */
  route: string
  /** What its alerts have in common, by which they were put together. */
  key: Labels
  service: string | null
  status: 'firing' | 'resolved'
  /** By their fingerprints. A map, because a rack that goes down is thousands, and each change copies it. */
  members: ReadonlyMap<string, Member>
  outbreak: Outbreak
  /** When alerts of it began to fire within the last hour that it knows of, the oldest first. */
  firings: readonly Instant[]
  incident: LinkedIncident | null
  /** How many observations changed nothing, by reason. */
  dropped: Readonly<Partial<Record<DropReason, number>>>
}

/** From the first alert until all have been quiet for a while. Each has a message of its own. */
export interface Outbreak {
  /** 0 while nothing has ever fired here. */
  number: number
  startedAt: Instant
  endedAt: Instant | null
  firedCount: number
  /** Its message was posted. */
  isShown: boolean
  /** What the route wants done was done. */
  isActed: boolean
  /** The team that was paged. */
  paged: string | null
  acknowledgedBy: string | null
  acknowledgedAt: Instant | null
  /** It led to an incident, also one that is over by now. */
  ledTo: string | null
  /** The incident that it led to was none, people said. */
  isDeclined: boolean
  verdict: Verdict | null
  clearAskedCount: number
  /** The storm in which it was heard of: over before its message's turn, it gets none. */
  storm: string | null
}

/** A duplicate told nobody anything that another alert had not told. */
export type Verdict = 'useful' | 'noise' | 'duplicate'

export interface LinkedIncident {
  id: string
  status: string
  severity: string
}

export type DropReason = 'duplicate' | 'late'

/** Where an alert belongs. */
export interface Place {
  route: string
  key: Labels
}

export type Command =
  | {
      type: 'alert.observe'
      place: Place
      alerts: readonly Alert[]
      /** Look for a running incident of this service. */
      attachTo: string | null
      surroundings?: Surroundings
    }
  /** What kept it quiet is over, or came to be. */
  | { type: 'alert.reconsider'; attachTo: string | null; surroundings?: Surroundings }
  | { type: 'alert.acknowledge'; by: string | null }
  /** `leaves` the card of the one that it belonged to; of one that was merged it keeps its place, for it may come back. */
  | { type: 'alert.linkIncident'; incident: LinkedIncident; leaves: boolean }
  | { type: 'alert.noteIncident'; incident: LinkedIncident }
  | { type: 'alert.unlinkIncident'; incident: string; isDeclined: boolean }
  | { type: 'alert.askAboutClear'; incident: string; surroundings?: Surroundings }
  | { type: 'alert.judge'; outbreak: number; verdict: Verdict }

export type Event =
  | {
      type: 'alert.fired'
      id: string
      place: Place
      alert: Alert
      holds: readonly Hold[]
      inhibits: boolean
      outbreak: number
      storm?: string
    }
  /** Still as it was, with newer words or a newer moment. */
  | { type: 'alert.refreshed'; id: string; place: Place; alert: Alert }
  | { type: 'alert.ended'; id: string; place: Place; alert: Alert; release: readonly Waiting[]; storm?: string }
  | { type: 'alert.dropped'; counts: Readonly<Partial<Record<DropReason, number>>> }
  | { type: 'alert.weighed'; holds: Readonly<Record<string, readonly Hold[]>> }
  | { type: 'alert.acted'; page: string | null; incident: Involved | null; at: Instant }
  | { type: 'alert.acknowledged'; by: string | null; at: Instant }
  | { type: 'alert.incidentLinked'; incident: LinkedIncident; left: string | null; by: string | null }
  | { type: 'alert.incidentNoted'; incident: LinkedIncident }
  | { type: 'alert.incidentUnlinked'; incident: string; isDeclined: boolean }
  | {
      type: 'alert.clearAsked'
      incident: LinkedIncident
      /** When the last alert of the incident ended. */
      clearSince: Instant
      closes: boolean
    }
  | { type: 'alert.judged'; outbreak: number; verdict: Verdict; by: string | null }

/** What becomes an incident's business. */
export type Involved =
  /** `together`: with whoever wants one for the same service, or in the same storm, at the same time. */
  | { how: 'declare'; severity: string; asTriage: boolean; together: string | null }
  /** `isSaid`: it came later, so that those who work on the incident are told; else its card is enough. */
  | { how: 'attach'; incident: LinkedIncident; isSaid: boolean }

/** A group that waits for somebody else's end. */
export interface Waiting {
  id: string
  service: string | null
}

export type Refused = 'no-such-alert' | 'already-acknowledged' | 'not-firing' | 'other-outbreak'

/** No hook has this name: what comes from it was asked for with `/alert test`, and wakes nobody. */
export const testSource = 'test'

export function membersOf(group: AlertGroup): Member[] {
  return [...group.members.values()]
}

export function firingOf(group: AlertGroup): Member[] {
  return membersOf(group).filter((member) => member.status === 'firing')
}

/** Firing, and nothing keeps it from being seen. */
export function seenOf(group: AlertGroup): Member[] {
  return firingOf(group).filter(({ holds }) => holds.every((hold) => hold.keepsFrom !== 'all'))
}

/** As somebody would have to send it for it to be what it is. */
export function asAlert(source: string, member: Member): Alert {
  const { fingerprint, status, title, labels, annotations, links, extra, lastAt } = member
  return { source, fingerprint, status, title, labels, annotations, links, extra, endsAt: null, at: lastAt }
}
