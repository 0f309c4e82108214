import type { Decision, Given } from '../../core/decision.ts'
import type { Instant } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'
import type { Reachable } from '../oncall/index.ts'
import type { How, Rung } from './presets.ts'

/**
 * How attention to one incident grows while nothing happens: each *rung* of each *ladder* that its severity has is
 * climbed when its time has come since the declaration, or skipped because what it waits for has happened.
 *
 *   a rung: waiting ──▶ reached | skipped
 */
export interface Escalation {
  about: About
  declaredAt: Instant
  acknowledgedAt: Instant | null
  acknowledgedBy: string | null
  done: readonly Done[]
  /** The last promise of an update that was broken for so long that somebody above was told. */
  lateUpdate?: { dueAt: Instant; toldAt: Instant }
}

/** What is known of the incident, followed through its events. */
export interface About {
  title: string
  severity: string
  status: string
  lead: string | null
  isPrivate: boolean
  isReal: boolean
  isOver: boolean
  /** Not known of what an earlier release began. */
  service?: string | null
  channelId?: string | null
  /** Of a private one: only they may be called for it. */
  members?: readonly string[]
}

export interface Done {
  ladder: string
  rung: number
  /** Null: it was climbed. Else why not. */
  skipped: Rung['unless'] | null
  at: Instant
}

export interface Ladder {
  name: string
  how: How
  severities: readonly string[]
  /** Null: of every service, and of none. */
  services: readonly string[] | null
  rungs: readonly Rung[]
}

export type Command =
  | { type: 'escalation.begin'; about: About; declaredAt: Instant }
  | { type: 'escalation.follow'; about: About }
  | { type: 'escalation.acknowledge'; by: string | null; via: string }
  | { type: 'escalation.pageExhausted' }
  /** PagerDuty has had its minute. */
  | ({ type: 'escalation.missPagerDuty' } & Missed)
  /** It was late, and has it now. */
  | { type: 'escalation.reachPagerDuty'; team: string; lateMilliseconds: number }
  /** Communications and the lead were asked for an update, and it is still missing. */
  | { type: 'escalation.missUpdate'; dueAt: Instant }
  | { type: 'escalation.passOn'; how: string; to: readonly string[] }
  | { type: 'escalation.climb' }
  /** What those who were paged outside of Slack should read as well. */
  | { type: 'escalation.tell'; news: News }

/** `by`: a Slack id, or a name. */
export type News =
  | { what: 'note'; by: string; text: string }
  | { what: 'severity'; by: string; from: string; to: string; reason: string }
  | { what: 'resolved'; by: string; summary: string }

export type Event =
  | { type: 'escalation.began'; about: About; declaredAt: Instant }
  | { type: 'escalation.followed'; about: About }
  | { type: 'escalation.acknowledged'; by: string | null; via: string; at: Instant }
  | { type: 'escalation.pageExhausted'; at: Instant }
  | ({ type: 'escalation.pagerDutyMissed' } & Missed)
  | { type: 'escalation.pagerDutyReached'; team: string; lateMilliseconds: number; at: Instant }
  | { type: 'escalation.updateMissed'; dueAt: Instant; at: Instant }
  | { type: 'escalation.passedOn'; how: string; to: readonly string[] }
  | { type: 'escalation.told'; news: News }
  | { type: 'escalation.rungReached'; ladder: string; rung: number; at: Instant; lateSeconds: number }
  | { type: 'escalation.rungSkipped'; ladder: string; rung: number; why: Rung['unless']; at: Instant }

/** A page that PagerDuty has not taken, or refuses: whom it would have woken, as it was seen last. */
export interface Missed {
  team: string
  sentAt: Instant
  isRefused: boolean
  ring: readonly Reachable[]
  seenAt: Instant | null
}

export type Refused = 'no-such-escalation'

export interface Policy {
  ladders: readonly Ladder[]
  /** At which severities somebody is told of an update that stays away. */
  lateUpdateSeverities: readonly string[]
  isToldOutside(about: About): boolean
}

export function decide(
  escalation: Escalation | null,
  command: Command,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const at = given.now.toISOString()
  if (command.type === 'escalation.begin') {
    if (escalation) return []
    const began: Event = { type: 'escalation.began', about: command.about, declaredAt: command.declaredAt }
    return andClimb(null, [began], given)
  }
  // An incident of an earlier release has no ladder: it was declared before there were any.
  if (!escalation) return { refused: 'no-such-escalation' }

  switch (command.type) {
    case 'escalation.follow':
      return isSame(escalation.about, command.about)
        ? []
        : andClimb(escalation, [{ type: 'escalation.followed', about: command.about }], given)
    case 'escalation.acknowledge':
      if (escalation.acknowledgedAt !== null) return []
      return [{ type: 'escalation.acknowledged', by: command.by, via: command.via, at }]
    case 'escalation.pageExhausted':
      return escalation.about.isOver ? [] : [{ type: 'escalation.pageExhausted', at }]
    case 'escalation.missPagerDuty': {
      if (escalation.about.isOver) return []
      const { type: _, ...missed } = command
      return [{ type: 'escalation.pagerDutyMissed', ...missed }]
    }
    case 'escalation.reachPagerDuty': {
      const { team, lateMilliseconds } = command
      return escalation.about.isOver ? [] : [{ type: 'escalation.pagerDutyReached', team, lateMilliseconds, at }]
    }
    case 'escalation.missUpdate': {
      const { isOver, isReal, severity } = escalation.about
      const isWanted = isReal && !isOver && given.policy.lateUpdateSeverities.includes(severity)
      // Once for each promise: the next one is another.
      if (!isWanted || escalation.lateUpdate?.dueAt === command.dueAt) return []
      return [{ type: 'escalation.updateMissed', dueAt: command.dueAt, at }]
    }
    case 'escalation.passOn':
      return [{ type: 'escalation.passedOn', how: command.how, to: command.to }]
    case 'escalation.tell':
      if (!escalation.about.isReal || !given.policy.isToldOutside(escalation.about)) return []
      return [{ type: 'escalation.told', news: command.news }]
    case 'escalation.climb':
      return andClimb(escalation, [], given)
    default:
      return unreachable(command)
  }
}

/** What happened, and every rung whose time has come by it: a graver severity may bring some at once. */
function andClimb(before: Escalation | null, events: Event[], given: Given<Policy>): Event[] {
  const state = events.reduce<Escalation | null>(evolve, before)
  if (!state) return events
  const lateSeconds = given.actor.kind === 'timer' ? given.actor.lateSeconds : 0
  const at = given.now.toISOString()
  const due = waiting(state, given.policy).filter(({ dueAt }) => dueAt <= given.now.getTime())
  const climbed = due.map(({ ladder, index, rung }): Event => {
    if (isSo(state, rung.unless))
      return { type: 'escalation.rungSkipped', ladder: ladder.name, rung: index, why: rung.unless, at }
    return { type: 'escalation.rungReached', ladder: ladder.name, rung: index, at, lateSeconds }
  })
  return [...events, ...climbed]
}

export interface Waiting {
  ladder: Ladder
  index: number
  rung: Rung
  dueAt: number
}

/** The rungs that are still to come, the earliest first. None for what is over, or never was real. */
export function waiting(state: Escalation, { ladders }: Policy): Waiting[] {
  const { about, declaredAt, done } = state
  if (about.isOver || !about.isReal) return []
  const isDone = (ladder: string, index: number) => done.some((one) => one.ladder === ladder && one.rung === index)
  return ladders
    .filter((ladder) => isFor(ladder, about))
    .flatMap((ladder) =>
      ladder.rungs.map((rung, index) => ({ ladder, index, rung, dueAt: Date.parse(declaredAt) + rung.after })),
    )
    .filter(({ ladder, index }) => !isDone(ladder.name, index))
    .toSorted((a, b) => a.dueAt - b.dueAt)
}

/** A ladder of a service takes nobody's place: whoever wants only that one names the other services on the others. */
export function isFor(ladder: Ladder, { severity, service }: Pick<About, 'severity' | 'service'>): boolean {
  if (!ladder.severities.includes(severity)) return false
  return ladder.services === null || (service != null && ladder.services.includes(service))
}

export function isSo({ about, acknowledgedAt }: Escalation, what: Rung['unless']): boolean {
  switch (what) {
    case 'acknowledged':
      return acknowledgedAt !== null || about.lead !== null || about.isOver
    case 'led':
      return about.lead !== null || about.isOver
    case 'over':
      return about.isOver
    default:
      return unreachable(what)
  }
}

function isSame(a: About, b: About): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

export function evolve(escalation: Escalation | null, event: Event): Escalation {
  if (event.type === 'escalation.began') {
    const { about, declaredAt } = event
    return { about, declaredAt, acknowledgedAt: null, acknowledgedBy: null, done: [] }
  }
  if (!escalation) throw new Error(`${event.type} before escalation.began`)
  switch (event.type) {
    case 'escalation.followed':
      return { ...escalation, about: event.about }
    case 'escalation.acknowledged':
      return { ...escalation, acknowledgedAt: event.at, acknowledgedBy: event.by }
    case 'escalation.updateMissed':
      return { ...escalation, lateUpdate: { dueAt: event.dueAt, toldAt: event.at } }
    case 'escalation.pageExhausted':
    case 'escalation.pagerDutyMissed':
    case 'escalation.pagerDutyReached':
    case 'escalation.passedOn':
    case 'escalation.told':
      return escalation
    case 'escalation.rungReached':
    case 'escalation.rungSkipped': {
      const { ladder, rung, at } = event
      const skipped = event.type === 'escalation.rungSkipped' ? event.why : null
      return { ...escalation, done: [...escalation.done, { ladder, rung, skipped, at }] }
    }
    default:
      return unreachable(event)
  }
}
