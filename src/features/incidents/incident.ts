/** An incident: what it is, what may be asked of it, what happens to it, and how it says no. */
import type { Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'

/**
 *   triage ──▶ investigating ⇄ identified ⇄ monitoring ──▶ resolved ──▶ closed
 *     │              │              │            │            │           │
 *     └──────────────┴──── cancel, merge ────────┘            └─ reopen ──┴──▶ investigating
 *
 *   canceled and closed can be reopened; merged is undone within an hour, and then has its status of before.
 */
export type Status =
  | 'triage'
  | 'investigating'
  | 'identified'
  | 'monitoring'
  | 'resolved'
  | 'closed'
  | 'canceled'
  | 'merged'

/** A name from `severities` in tocsin.yml; the gravest stands first there. */
export type Severity = string

/** Tests and drills are announced to nobody and counted nowhere. */
export type Kind = 'real' | 'test' | 'drill'

export const dataLosses = ['none', 'some', 'unknown'] as const
export type DataLoss = (typeof dataLosses)[number]

export interface Incident {
  /** The number people say: 42 in INC-42. */
  id: string
  title: string
  severity: Severity
  status: Status
  kind: Kind
  /** Known to its members only: no word of it anywhere else. */
  isPrivate: boolean
  /** A key of `services` in tocsin.yml. */
  service: string | null
  summary: string
  /** What clients notice, in the responders' words. */
  impact: string
  lead: string | null
  /** Role to person; the lead stands apart. */
  roles: Readonly<Record<string, string>>
  /** Everybody who was ever asked in, in that order. */
  members: readonly string[]
  handover: { from: string | null; to: string; note: string } | null
  /** The person who declared it; null when an alert did. */
  declaredBy: string | null
  origin: Origin | null
  channel: Channel | null
  /** Slack's code for why there is no channel. */
  channelTrouble: string | null
  isArchived: boolean
  /** How often the channel was asked to take the lead, and the lead to close. */
  leadAskedCount: number
  /** Since when somebody is to lead it: declared, accepted out of triage, or begun again. */
  leadWantedAt: Instant
  closeAskedCount: number
  /** What features to the right have shown on the card, by feature. Only they know what is in it. */
  cardFacts: Readonly<Record<string, unknown>>
  resolution: string
  /** Null until somebody has said it. */
  dataLoss: DataLoss | null
  times: Times
  mergedInto: string | null
  /** Others that were merged into this one. */
  absorbed: readonly string[]
}

/** What made this incident, when it was not typed: a feature to the right, its subject, and a name for people. */
export interface Origin {
  feature: string
  id: string
  label: string
  /** The message in Slack that it was declared from. */
  permalink?: string
  /** What else wanted an incident at the same time waits under this name. */
  together?: string
}

export interface Channel {
  id: string
  name: string
}

/** One that is over, for whoever meets the same again. */
export interface Similar {
  id: string
  title: string
  severity: Severity
  resolution: string
}

export interface Twin {
  id: string
  title: string
}

export type Command =
  | {
      type: 'incident.declare'
      title: string
      severity: Severity | null
      service?: string | null
      kind?: Kind
      isPrivate?: boolean
      startedAt?: Instant
      status?: 'triage'
      origin?: Origin
      /** Declared although another one looks like it. */
      despiteTwin?: boolean
      /** Read in the same transaction: an open one that looks like it. */
      twin?: Twin | null
      /** Read in the same transaction: what the same origin opened a moment ago. */
      justOpened?: string | null
      /** Read in the same transaction: what was like it before. */
      similar?: readonly Similar[]
    }
  | { type: 'incident.useChannel'; observed: { channelId: string; name: string } }
  | { type: 'incident.doWithoutChannel'; code: string }
  | { type: 'incident.noteChannelChange'; changed: ChannelNews }
  /** `onlyIfFree`: the button takes what nobody has; whoever wants to take it from somebody says so in words. */
  | { type: 'incident.giveLead'; to: string; onlyIfFree?: boolean }
  | { type: 'incident.giveRole'; role: string; to: string | null }
  | { type: 'incident.offerHandover'; to: string; note: string }
  | { type: 'incident.acceptHandover' }
  /** Some minutes after it was offered to them. */
  | { type: 'incident.lookAfterHandover'; to: string }
  /** Their account is deactivated. */
  | { type: 'incident.partWith'; person: string }
  | { type: 'incident.invite'; people: readonly string[] }
  /** Whoever has its page, and whoever is on call in the team that is paged: they should find the channel among theirs. */
  | { type: 'incident.callIn'; team: string | null; people: readonly string[] }
  | { type: 'incident.changeSeverity'; to: Severity; reason: string }
  | { type: 'incident.moveTo'; to: Status; what: string }
  | { type: 'incident.resolve'; summary: string; dataLoss?: DataLoss | null }
  | { type: 'incident.stateDataLoss'; what: DataLoss }
  | { type: 'incident.reopen'; reason: string }
  | { type: 'incident.close' }
  | { type: 'incident.cancel'; reason: string }
  | { type: 'incident.merge'; into: string; target?: { status: Status; title: string; isPrivate: boolean } | null }
  | { type: 'incident.unmerge' }
  | { type: 'incident.absorb'; from: string; title: string; severity?: Severity }
  | { type: 'incident.release'; from: string }
  | { type: 'incident.acknowledge' }
  | { type: 'incident.retitle'; title: string }
  | { type: 'incident.summarize'; text: string }
  | { type: 'incident.setImpact'; text: string }
  | { type: 'incident.makePrivate' }
  | { type: 'incident.correctTime'; which: Time; to: Instant; reason: string }
  | { type: 'incident.askForLead' }
  | { type: 'incident.askToClose' }
  | { type: 'incident.archive' }
  | { type: 'incident.setCardFacts'; feature: string; facts: unknown }

/** What people did to its channel. */
export interface ChannelNews {
  name?: string
  isArchived?: boolean
  isPrivate?: boolean
  isGone?: boolean
  needsUnarchiving?: boolean
}

export interface Signed {
  by: string | null
  at: Instant
}

export type Event =
  | ({
      type: 'incident.declared'
      id: string
      title: string
      severity: Severity
      status: Status
      kind: Kind
      isPrivate: boolean
      service: string | null
      origin: Origin | null
      startedAt: Instant | null
      /** What was like it, and how that ended; only where there was something. */
      similar?: readonly Similar[]
    } & Signed)
  | { type: 'incident.channelOpened'; channel: Channel }
  | { type: 'incident.channelRefused'; code: string }
  | { type: 'incident.channelChanged'; changed: ChannelNews }
  | ({ type: 'incident.leadGiven'; to: string; from: string | null } & Signed)
  | ({ type: 'incident.roleGiven'; role: string; to: string | null; from: string | null } & Signed)
  | ({ type: 'incident.handoverOffered'; to: string; from: string | null; note: string } & Signed)
  | { type: 'incident.handoverUnanswered'; to: string; at: Instant }
  /** They are in the workspace no more, and what they held is free. */
  | { type: 'incident.personLeft'; person: string; ledIt: boolean; roles: readonly string[]; at: Instant }
  | ({ type: 'incident.invited'; people: readonly string[] } & Signed)
  | ({ type: 'incident.severityChanged'; from: Severity; to: Severity; reason: string } & Signed)
  /** Every move, beside the event of its own that some have. */
  | ({ type: 'incident.statusChanged'; from: Status; to: Status; what: string } & Signed)
  | ({ type: 'incident.resolved'; summary: string } & Signed)
  | ({ type: 'incident.dataLossStated'; from: DataLoss | null; what: DataLoss } & Signed)
  | ({ type: 'incident.reopened'; reason: string } & Signed)
  | ({ type: 'incident.closed' } & Signed)
  | ({ type: 'incident.canceled'; reason: string } & Signed)
  | ({ type: 'incident.merged'; into: string } & Signed)
  | ({ type: 'incident.unmerged'; from: string } & Signed)
  | ({ type: 'incident.absorbed'; from: string; title: string; severity?: Severity } & Signed)
  | ({ type: 'incident.released'; from: string } & Signed)
  | ({ type: 'incident.acknowledged' } & Signed)
  | ({ type: 'incident.retitled'; from: string; to: string } & Signed)
  | ({ type: 'incident.summarized'; text: string } & Signed)
  | ({ type: 'incident.impactSet'; text: string } & Signed)
  | ({ type: 'incident.timeCorrected'; which: Time; from: Instant | null; to: Instant; reason: string } & Signed)
  | { type: 'incident.leadAsked'; time: number; of: number; at: Instant; lateSeconds: number }
  | { type: 'incident.closeAsked'; time: number; of: number; at: Instant }
  | { type: 'incident.archived'; at: Instant }
  | { type: 'incident.cardFactsSet'; feature: string; facts: unknown }

export type Refused =
  | 'no-such-incident'
  | 'already-declared'
  | 'looks-like'
  | 'title-missing'
  | 'title-too-long'
  | 'text-missing'
  | 'already-over'
  | 'not-over'
  | 'already-there'
  | 'no-such-move'
  | 'already-lead'
  | 'lead-taken'
  | 'already-has-role'
  | 'no-such-role'
  | 'nothing-offered'
  | 'not-for-you'
  | 'no-such-severity'
  | 'no-such-service'
  | 'same-severity'
  | 'downgrade-needs-reason'
  | 'reason-missing'
  | 'no-such-target'
  | 'merge-into-itself'
  | 'one-is-private'
  | 'too-late-to-undo'
  | 'not-merged'
  | 'made-public-stays-public'
  | 'time-in-future'
  | 'times-out-of-order'

export interface Policy {
  /** Names, the gravest first. */
  severities: readonly Severity[]
  defaultSeverity: Severity
  services: readonly string[]
  /** Beside the lead. */
  roles: readonly string[]
  /** Milliseconds after a lead is wanted at which the channel is asked for one, while there is none. */
  askForLeadAfter: readonly number[]
  /** Milliseconds after a hand-over was offered at which it is said that nobody took it. */
  handoverWithin: number
  /** Milliseconds after it was resolved at which the lead is asked to close it. */
  askToCloseAfter: readonly number[]
}

/** In the order in which they come. */
export const timeNames = ['started', 'detected', 'declared', 'acknowledged', 'mitigated', 'resolved'] as const
export type Time = (typeof timeNames)[number]

export interface Times {
  startedAt: Instant
  detectedAt: Instant
  declaredAt: Instant
  /** Somebody took it on. */
  acknowledgedAt: Instant | null
  /** Clients no longer felt it. */
  mitigatedAt: Instant | null
  resolvedAt: Instant | null
  closedAt: Instant | null
  mergedAt: Instant | null
  /** The status before it was merged. */
  before: Status | null
  /** Those that nobody observed: they were set to what is known at the latest. */
  assumed: readonly Time[]
}

/** The refusal of whatever needs an incident that is not over; it says what it is instead. */
export function over(incident: Incident): { refused: Refused; details: Record<string, string | number> } {
  return { refused: 'already-over', details: { status: incident.status, into: incident.mergedInto ?? '' } }
}

export function signed({ actor, now }: Given<Policy>): Signed {
  return { by: actor.kind === 'person' ? actor.id : null, at: now.toISOString() }
}

/** Whoever was ever asked in, and who declared it, may read a private one. */
export function maySee(incident: Incident, person: string | null): boolean {
  return !incident.isPrivate || (person !== null && incident.members.includes(person))
}

/** Nothing goes on any more; what needs a running incident is refused. */
export function isOver({ status }: { status: string }): boolean {
  return status === 'resolved' || status === 'closed' || status === 'canceled' || status === 'merged'
}
