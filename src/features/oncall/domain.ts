import type { Decision, Given } from '../../core/decision.ts'
import type { Instant, PagerDutyTarget, PageSeverity } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { evolve, isCall } from './evolve.ts'

/**
 * A page: somebody is called, and then the next, until one of them says «I have it».
 *
 *   (nothing) ──send──▶ calling ──acknowledge──▶ acknowledged ──resolve──▶ resolved
 *                          │ ▲                                                │
 *      nobody is left ─▶ exhausted (acknowledge still works) ── send again ◀──┘  the next round
 */
export type Status = 'calling' | 'acknowledged' | 'exhausted' | 'resolved'

export interface Page {
  id: string
  round: number
  status: Status
  /** What PagerDuty knows it by: the same for everything about one incident. */
  key: string
  team: string | null
  summary: string
  severity: PageSeverity
  /** The severity, as tocsin.yml names it, of what it is about; PagerDuty has it as a priority. */
  priority: string | null
  link: string | null
  about: About | null
  isTest: boolean
  steps: readonly Step[]
  /** The step that the climb goes to next. */
  nextStep: number
  calls: readonly Call[]
  /** The person who sent it; null when Tocsin did. */
  sentBy: string | null
  sentAt: Instant
  acknowledgedBy: string | null
  acknowledgedVia: Via | null
  acknowledgedAt: Instant | null
  closedAt: Instant | null
  /** The incident that PagerDuty made of it; null until that is known. */
  there: There | null
}

export interface There {
  id: string
  url: string | null
}

/** What the adapter says of it. `by`: whoever acknowledged it there. */
export type SeenThere =
  | { outcome: 'found'; incident: There & { status: string; by: PersonThere | null } }
  | { outcome: 'none' }

export interface PersonThere {
  id: string
  name: string | null
  email: string | null
}

/** What it is about: a subject of a feature to the right. */
export interface About {
  feature: string
  id: string
}

export interface Step {
  /** Milliseconds after the page was sent. */
  after: number
  /** `pagerduty`, `schedule <name>`, or a person's id. */
  call: readonly string[]
  by: readonly string[]
}

export interface Call {
  step: number
  /** Empty for PagerDuty, which knows itself whom to wake. */
  person: string
  /** `slack`, `mail`, `pagerduty`, or the name of a webhook. */
  way: string
  at: Instant
  /** When whoever carries it took it. */
  deliveredAt?: Instant
  /** When it was said that PagerDuty has not taken it; it may have since. */
  notTakenAt?: Instant
}

/** Somebody who would have been called there, to be rung by hand. */
export interface Reachable {
  /** Null: nobody of ours. */
  person: string | null
  name: string
  phone: string | null
}

/** Whom PagerDuty would have called, as it was seen last: read while it is away. */
export interface SeenLast {
  ring: readonly Reachable[]
  seenAt: Instant | null
}

export type Via = 'slack' | 'mail' | 'pagerduty' | 'lead'

export interface Target {
  team: string | null
  person: string | null
  /** What somebody is, as tocsin.yml names it: manager. */
  role?: string
}

export type Command =
  | {
      type: 'page.send'
      target: Target
      summary: string
      severity: PageSeverity
      priority: string | null
      link: string | null
      about: About | null
      isTest: boolean
    }
  | { type: 'page.climb' }
  /** The schedule's answer: who is on call there now. */
  | { type: 'page.call'; step: number; schedule: string; person: string | null }
  | { type: 'page.callFailed'; step: number; code: string; last?: SeenLast }
  /** PagerDuty has had its minute. */
  | { type: 'page.checkTaken'; round: number; step: number; last?: SeenLast }
  | { type: 'page.acknowledge'; by: string | null; via: Via }
  /** One call has left: Slack, the mail server, PagerDuty or the gateway took it. */
  | { type: 'page.deliver'; round: number; step: number; person: string; way: string }
  /** PagerDuty has been asked what became of it. */
  | { type: 'page.seeThere'; observed: SeenThere }
  | { type: 'page.missThere' }
  /** Somebody in PagerDuty gave it to others. */
  | { type: 'page.passOn'; how: string; to: readonly string[] }
  | { type: 'page.resolve' }
  | { type: 'page.reprioritize'; priority: string }
  /** Where it is worked on: known a moment after people were called. */
  | { type: 'page.link'; link: string }
  /** For whoever holds the phone in PagerDuty. */
  | { type: 'page.note'; text: string }
  /** More people there are asked to join. */
  | { type: 'page.invite'; text: string; targets: readonly PagerDutyTarget[] }

export type Event =
  | {
      type: 'page.sent'
      id: string
      round: number
      key: string
      team: string | null
      summary: string
      severity: PageSeverity
      /** Pages of an earlier release have none. */
      priority?: string | null
      link: string | null
      about: About | null
      isTest: boolean
      steps: readonly Step[]
      by: string | null
      at: Instant
    }
  | { type: 'page.climbed'; step: number; at: Instant }
  | ({ type: 'page.called' } & Call)
  | { type: 'page.delivered'; step: number; person: string; way: string; at: Instant }
  | { type: 'page.nobodyThere'; step: number; schedule: string }
  | { type: 'page.callFailed'; step: number; code: string }
  | ({ type: 'page.notTaken'; step: number; isRefused: boolean; at: Instant } & SeenLast)
  | { type: 'page.acknowledged'; by: string | null; via: Via; at: Instant }
  | { type: 'page.foundThere'; there: There }
  | { type: 'page.passedOn'; how: string; to: readonly string[]; at: Instant }
  | { type: 'page.exhausted'; at: Instant }
  | { type: 'page.resolved'; at: Instant }
  | { type: 'page.reprioritized'; priority: string }
  | { type: 'page.linked'; link: string; at: Instant }
  | { type: 'page.noted'; text: string }
  | { type: 'page.invited'; text: string; targets: readonly PagerDutyTarget[] }

export type Refused =
  | 'no-such-page'
  | 'nobody-to-page'
  | 'paged-already'
  | 'answered-already'
  | 'already-acknowledged'
  | 'already-resolved'
  | 'not-in-pagerduty'

export interface Policy {
  stepsFor(target: Target): readonly Step[]
  sameAgainAfter: number
  giveUpAfter: number
  /** Their Slack id, where tocsin.yml says who that is. */
  personOf(there: PersonThere): string | null
}

export function decide(page: Page | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'page.send') return send(page, command, given)
  if (!page) return { refused: 'no-such-page' }

  switch (command.type) {
    case 'page.climb':
      return climb(page, given)
    case 'page.call':
      return call(page, command, given)
    case 'page.callFailed':
      if (page.status !== 'calling') return []
      return [
        { type: 'page.callFailed', step: command.step, code: command.code },
        ...missPagerDuty(page, command, given),
      ]
    case 'page.checkTaken':
      return command.round === page.round ? missPagerDuty(page, command, given) : []
    case 'page.acknowledge':
      if (page.status === 'resolved') return { refused: 'already-resolved' }
      if (page.status === 'acknowledged')
        return { refused: 'already-acknowledged', details: { by: page.acknowledgedBy ?? '' } }
      return [{ type: 'page.acknowledged', by: command.by, via: command.via, at: given.now.toISOString() }]
    case 'page.deliver':
      return deliver(page, command, given)
    case 'page.seeThere':
      return seeThere(page, command.observed, given)
    case 'page.missThere':
      // Without knowing it there we miss what is done there; everything else goes on.
      return []
    case 'page.passOn':
      if (page.status === 'resolved') return { refused: 'already-resolved' }
      return [{ type: 'page.passedOn', how: command.how, to: command.to, at: given.now.toISOString() }]
    case 'page.resolve':
      return page.status === 'resolved' ? [] : [{ type: 'page.resolved', at: given.now.toISOString() }]
    case 'page.reprioritize':
      if (page.status === 'resolved' || page.priority === command.priority) return []
      return [{ type: 'page.reprioritized', priority: command.priority }]
    case 'page.link':
      if (page.status === 'resolved' || page.link === command.link) return []
      return [{ type: 'page.linked', link: command.link, at: given.now.toISOString() }]
    case 'page.note':
      // How it ended is noted when it is over.
      return isInPagerDuty(page) ? [{ type: 'page.noted', text: command.text }] : []
    case 'page.invite':
      if (!isOpenInPagerDuty(page)) return { refused: 'not-in-pagerduty' }
      return [{ type: 'page.invited', text: command.text, targets: command.targets }]
    default:
      return unreachable(command)
  }
}

function send(
  page: Page | null,
  command: Extract<Command, { type: 'page.send' }>,
  given: Given<Policy>,
): Decision<Event, Refused> {
  const { id, now, policy, actor } = given
  const steps = policy.stepsFor(command.target)
  if (steps.length === 0) return { refused: 'nobody-to-page' }
  if (page && isUnderWay(page)) {
    // The same incident again, or a second person who saw the same: nobody is called twice for it.
    if (command.about !== null) return []
    const ago = now.getTime() - Date.parse(page.sentAt)
    const minutes = Math.floor(ago / 60_000)
    if (ago < policy.sameAgainAfter && page.status === 'calling')
      return { refused: 'paged-already', details: { minutes } }
    if (ago < policy.sameAgainAfter && page.status === 'acknowledged')
      return { refused: 'answered-already', details: { minutes, by: page.acknowledgedBy ?? '' } }
  }
  const round = (page?.round ?? 0) + 1
  const { about, target, type: _, ...said } = command
  const sent: Event = {
    type: 'page.sent',
    id,
    round,
    key: about ? `${about.feature}/${about.id}` : `${id}/${round}`,
    team: target.team,
    ...said,
    about,
    steps,
    by: actor.kind === 'person' ? actor.id : null,
    at: now.toISOString(),
  }
  return [sent, ...stepEvents(evolve(page, sent), 0, given)]
}

/** What an earlier round sent is none of this one. */
function deliver(
  page: Page,
  { round, step, person, way }: Extract<Command, { type: 'page.deliver' }>,
  { now }: Given<Policy>,
): Event[] {
  if (round !== page.round || !page.calls.some((call) => isCall(call, { step, person, way }))) return []
  return [{ type: 'page.delivered', step, person, way, at: now.toISOString() }]
}

/**
 * PagerDuty is away, or refuses: it is said once, with whom to ring by hand, and the next of the climb need not wait for
 * their minutes to pass. The page stays with PagerDuty, and rings there as soon as it is taken.
 */
function missPagerDuty(
  page: Page,
  command: Extract<Command, { type: 'page.callFailed' | 'page.checkTaken' }>,
  given: Given<Policy>,
): Event[] {
  const { step, last = { ring: [], seenAt: null } } = command
  const missed = page.calls.find((call) => isCall(call, { step, person: '', way: 'pagerduty' }))
  if (page.status !== 'calling' || !missed || missed.deliveredAt !== undefined) return []
  const isRefused = command.type === 'page.callFailed'
  const notTaken: Event = { type: 'page.notTaken', step, isRefused, ...last, at: given.now.toISOString() }
  const isNextFree = step === page.nextStep - 1 && page.nextStep < page.steps.length
  return [
    ...(missed.notTakenAt === undefined ? [notTaken] : []),
    ...(isNextFree ? stepEvents(page, page.nextStep, given) : []),
  ]
}

/** Whoever was quicker than our question is not missed: what it says of an answer counts as one. */
function seeThere(page: Page, observed: SeenThere, { policy, now }: Given<Policy>): Event[] {
  if (observed.outcome === 'none') return []
  const { id, url, status, by } = observed.incident
  const isWaiting = page.status === 'calling' || page.status === 'exhausted'
  const who = by === null ? null : (policy.personOf(by) ?? by.name)
  return [
    { type: 'page.foundThere', there: { id, url } },
    ...(isWaiting && status === 'acknowledged'
      ? [{ type: 'page.acknowledged' as const, by: who, via: 'pagerduty' as const, at: now.toISOString() }]
      : []),
  ]
}

/** The call of which it was said that PagerDuty has not taken it. */
export function missedCall({ calls }: Page): Call | undefined {
  return calls.find(({ notTakenAt }) => notTakenAt !== undefined)
}

export function isInPagerDuty(page: Page): boolean {
  return page.calls.some(({ way }) => way === 'pagerduty')
}

function isOpenInPagerDuty(page: Page): boolean {
  return page.status !== 'resolved' && isInPagerDuty(page)
}

function isUnderWay(page: Page): boolean {
  return page.status === 'calling' || page.status === 'acknowledged'
}

function climb(page: Page, given: Given<Policy>): Event[] {
  // The timer may fire just after somebody answered. Saying nothing is then the right answer.
  if (page.status !== 'calling') return []
  // What failed before has brought a step forward already; the timer of that step may be under way all the same.
  if (given.now.getTime() < nextDueAt(page, given.policy)) return []
  if (page.nextStep < page.steps.length) return stepEvents(page, page.nextStep, given)
  return [{ type: 'page.exhausted', at: given.now.toISOString() }]
}

/** The next step, or after the last one the end of our patience. Counted from the page, so that no delay adds up. */
export function nextDueAt({ sentAt, steps, nextStep }: Page, { giveUpAfter }: Pick<Policy, 'giveUpAfter'>): number {
  const last = steps.at(-1)?.after ?? 0
  return Date.parse(sentAt) + (steps[nextStep]?.after ?? last + giveUpAfter)
}

/** The step itself, and everybody whom it names outright; schedules are asked, and answer with `page.call`. */
function stepEvents(page: Page, step: number, given: Given<Policy>): Event[] {
  const at = given.now.toISOString()
  const { call = [], by = [] } = page.steps[step] ?? {}
  const named = call.filter((called) => !called.startsWith('schedule '))
  return [
    { type: 'page.climbed', step, at },
    ...named.flatMap((called) =>
      called === 'pagerduty'
        ? [{ type: 'page.called' as const, step, person: '', way: 'pagerduty', at }]
        : callsOf(page, { step, person: called, by, at }),
    ),
  ]
}

function call(page: Page, command: Extract<Command, { type: 'page.call' }>, given: Given<Policy>): Event[] {
  if (page.status !== 'calling') return []
  const { step, person, schedule } = command
  const at = given.now.toISOString()
  if (person !== null) return callsOf(page, { step, person, by: page.steps[step]?.by ?? [], at })
  const isAlone = page.steps[step]?.call.length === 1 && step === page.nextStep - 1
  return [
    { type: 'page.nobodyThere', step, schedule },
    ...(isAlone && page.nextStep < page.steps.length ? stepEvents(page, page.nextStep, given) : []),
  ]
}

/** Somebody who stands in two steps is called again in the second; within one step, once. */
function callsOf(page: Page, { step, person, by, at }: Omit<Call, 'way'> & { by: readonly string[] }): Event[] {
  const isCalled = (way: string) =>
    page.calls.some((earlier) => earlier.step === step && earlier.person === person && earlier.way === way)
  return by.filter((way) => !isCalled(way)).map((way) => ({ type: 'page.called', step, person, way, at }))
}
