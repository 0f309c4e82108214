/** What is allowed, and what comes of it. Pure; the database refuses the same things again (migrations/0009). */
import { type Decision, type Given, isRefusal, type Refusal } from '../../core/decision.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type Action, type Command, type Event, ends, type Policy, type Refused, type State } from './domain.ts'
import { freezeFor } from './freezes.ts'
import { glassPhraseOf, phraseOf } from './phrases.ts'
import { planHash } from './plan-hash.ts'
import { mayBreakGlass, request } from './request.ts'

type Decided = Decision<Event, Refused>
type Of<Type extends Command['type']> = Extract<Command, { type: Type }>

const glassReasonMin = 20

export function decide(action: Action | null, command: Command, given: Given<Policy>): Decided {
  const decided = decideOn(action, command, given)
  return isRefusal<Refused>(decided) ? decided : decided.map((event) => withShown(action, event))
}

// What a reader of the incident's timeline wants to know; the rest is on the card and in the log.
const shown: ReadonlySet<Event['type']> = new Set([
  'action.requested',
  'action.approved',
  'action.denied',
  'action.glassBroken',
  'action.dispatching',
  'action.succeeded',
  'action.failed',
  'action.stopped',
  'action.verifyFailed',
  'action.unknown',
  'action.settled',
])

function withShown(action: Action | null, event: Event): Event {
  const about = event.type === 'action.requested' ? event.request : action
  if (about === null || !shown.has(event.type)) return event
  const { id, incident, title, target } = about
  const plan = action?.plan ?? null
  const change = plan === null ? '' : `${plan.before} → ${plan.after}`
  return { ...event, incident, action: `A-${id}`, what: `${title}, ${target.environment}`, change }
}

function decideOn(action: Action | null, command: Command, given: Given<Policy>): Decided {
  if (command.type === 'action.request')
    return action ? { refused: 'already-requested' } : request(command, given, personOf(given))
  if (!action) return { refused: 'no-such-action' }
  const at = given.now.toISOString()
  const by = personOf(given)

  switch (command.type) {
    case 'action.planned':
      return action.state === 'planning' ? planned(action, command, given) : []
    case 'action.planFailed':
      return action.state === 'planning' ? [{ type: 'action.planRefused', why: command.why, at }] : []
    case 'action.replan':
      return needs(action, ['no_plan', 'blocked']) ?? [{ type: 'action.replanned', by, at }]
    case 'action.approve':
      return approve(action, command, given)
    case 'action.deny':
      if (by === null) return { refused: 'not-yours' }
      return needs(action, ['waiting', 'approved']) ?? [{ type: 'action.denied', by, reason: command.reason, at }]
    case 'action.withdraw':
      if (by !== action.requestedBy) return { refused: 'not-yours', details: { by: action.requestedBy ?? '' } }
      return (
        needs(action, ['planning', 'no_plan', 'waiting', 'approved', 'blocked']) ?? [
          { type: 'action.withdrawn', by, at },
        ]
      )
    case 'action.askDeputies':
      if (action.state !== 'waiting' || action.planNumber !== command.planNumber || action.deputiesAsked) return []
      return [{ type: 'action.deputiesAsked' }]
    case 'action.expire':
      if (!['waiting', 'approved'].includes(action.state) || action.planNumber !== command.planNumber) return []
      return [{ type: 'action.expired', at }]
    case 'action.breakGlass':
      return breakGlass(action, command, given)
    case 'action.glassIsBroken':
      return action.state === 'waiting' && action.breakGlass !== null ? [{ type: 'action.approved', at }] : []
    case 'action.runNow':
      if (action.runsItself) return { refused: 'wrong-state', details: { state: action.state } }
      return needs(action, ['approved']) ?? [{ type: 'action.runAsked', by, at }]
    case 'action.begin':
      return action.state === 'approved' && isDue(action) ? begin(action, given) : []
    case 'action.block':
      if (!['approved', 'preflight'].includes(action.state)) return []
      return [blocked(command, at)]
    case 'action.dispatch':
      return action.state === 'preflight' ? dispatch(action, command, given) : []
    case 'action.accepted':
      return action.state === 'dispatching' ? [{ type: 'action.started', handle: command.handle, at }] : []
    case 'action.rejected':
      if (action.state !== 'dispatching') return []
      return [{ type: 'action.failed', detail: command.why, tail: '', output: null, at }]
    case 'action.lost':
      if (!['dispatching', 'running', 'stopping', 'verifying'].includes(action.state)) return []
      return [{ type: 'action.unknown', why: command.why, at }]
    case 'action.progress':
      if (!['running', 'stopping'].includes(action.state)) return []
      return [{ type: 'action.progressed', detail: command.detail, tail: command.tail }]
    case 'action.askToStop':
      return stop(action, command, given)
    case 'action.finish':
      return ['running', 'stopping'].includes(action.state) ? finish(action, command, given) : []
    case 'action.verify':
      return action.state === 'verifying' ? verify(action, command, given) : []
    case 'action.lookAgain':
      return needs(action, ['unknown']) ?? [{ type: 'action.lookedFor', by, at }]
    case 'action.reconciled':
      return action.state === 'unknown' ? reconciled(command, given) : []
    case 'action.settle':
      return settle(action, command, given)
    case 'action.pageUnknown':
      return action.state === 'unknown' ? [{ type: 'action.unknownPaged' }] : []
    case 'action.review':
      return review(action, command, given)
    case 'action.reviewOverdue':
      return action.review !== null && action.review.by === null ? [{ type: 'action.reviewMissed' }] : []
    case 'action.remindOfKept':
      return action.plan?.kept && ends.includes(action.state) ? [{ type: 'action.keptLong' }] : []
    default:
      return unreachable(command)
  }
}

function planned(action: Action, { plan }: Of<'action.planned'>, given: Given<Policy>): Event[] {
  const { now, policy } = given
  const isApproved = action.needs.length === 0
  return [
    {
      type: 'action.planned',
      plan,
      number: action.planNumber,
      hash: planHash(action, plan),
      expiresAt: new Date(now.getTime() + policy.planLives[action.tier]).toISOString(),
      isApproved,
      at: now.toISOString(),
    },
  ]
}

function approve(action: Action, command: Of<'action.approve'>, given: Given<Policy>): Decided {
  const person = personOf(given)
  if (person === null) return { refused: 'not-yours' }
  const notNow = needs(action, ['waiting'])
  if (notNow) return notNow
  if (person === action.requestedBy) return { refused: 'own-request' }
  if (command.planHash !== action.planHash) return { refused: 'other-plan' }
  if (isPast(action.planExpiresAt, given)) return { refused: 'plan-expired' }
  if (action.approvals.some((approval) => approval.person === person)) return { refused: 'approved-already' }
  const groups = command.groups.filter((group) => action.needs.some((need) => need.group === group))
  if (groups.length === 0) return { refused: 'no-group', details: { groups: groupsOf(action) } }
  if (action.confirms !== 'none' && command.phrase !== phraseOf(action))
    return { refused: 'phrase-wrong', details: { phrase: phraseOf(action) } }
  const frozen = frozenNow(action, given, command.severity)
  if (frozen) return frozen

  const at = given.now.toISOString()
  const approval = { person, groups, planNumber: action.planNumber, planHash: command.planHash, at }
  const missing = missingApprovals({ ...action, approvals: [...action.approvals, approval] })
  const given_: Event = { type: 'action.approvalGiven', approval, missing }
  return missing === 0 ? [given_, { type: 'action.approved', at }] : [given_]
}

/** How many are still missing: each group wants its number, and each person counts once in all. */
export function missingApprovals({ needs: wanted, approvals }: Pick<Action, 'needs' | 'approvals'>): number {
  const inAll = wanted.reduce((sum, need) => sum + need.count, 0) - approvals.length
  const byGroup = wanted.map(
    ({ group, count }) => count - approvals.filter((approval) => approval.groups.includes(group)).length,
  )
  return Math.max(0, inAll, ...byGroup)
}

function breakGlass(action: Action, command: Of<'action.breakGlass'>, given: Given<Policy>): Decided {
  const { policy, now } = given
  const by = personOf(given)
  const rule = policy.catalogue.get(action.name)?.breakGlass ?? 'never'
  if (by === null || rule === 'never') return { refused: 'glass-never' }
  const notNow = needs(action, ['waiting'])
  if (notNow) return notNow
  if (action.breakGlass !== null) return { refused: 'approved-already' }
  if (isPast(action.planExpiresAt, given)) return { refused: 'plan-expired' }
  if (action.incident === null || !mayBreakGlass({ breakGlass: rule }, command.severity, policy))
    return { refused: 'glass-no-incident', details: { severity: policy.glassSeverity } }
  if (command.overdueReviews > 0) return { refused: 'glass-review-overdue' }
  if (command.reason.trim().length < glassReasonMin)
    return { refused: 'glass-reason', details: { min: glassReasonMin } }
  if (command.phrase !== glassPhraseOf(action))
    return { refused: 'phrase-wrong', details: { phrase: glassPhraseOf(action) } }

  const at = now.toISOString()
  const effectiveAt = new Date(now.getTime() + (rule === 'delayed' ? policy.glassDelay : 0)).toISOString()
  const glass = { by, reason: command.reason.trim(), at, effectiveAt }
  const dueAt = new Date(now.getTime() + (action.tier === 3 ? day : policy.reviewAfter)).toISOString()
  const broken: Event = {
    type: 'action.glassBroken',
    glass,
    review: { of: by, dueAt, by: null, verdict: null, note: '' },
  }
  return rule === 'delayed' ? [broken] : [broken, { type: 'action.approved', at }]
}

const day = 24 * 60 * 60_000

function begin(action: Action, given: Given<Policy>): Event[] {
  const at = given.now.toISOString()
  if (isPast(action.planExpiresAt, given)) return [{ type: 'action.expired', at }]
  return [{ type: 'action.begun', at }]
}

/** The last look before the deed. Whatever a guard says no to stops it here. */
function dispatch(action: Action, command: Of<'action.dispatch'>, given: Given<Policy>): Event[] {
  const { guards, clientsHear = false } = command
  const at = given.now.toISOString()
  const no = guards.find((guard) => !guard.isOk)
  if (no) return [blocked({ ...no, code: no.name }, at)]
  if (isPast(action.planExpiresAt, given)) return [blocked({ code: 'plan', why: 'The plan is too old.' }, at)]
  return [{ type: 'action.dispatching', key: `tocsin-action-${action.id}`, guards, clientsHear, at }]
}

function blocked({ code, why, whose = null }: { code: string; why: string; whose?: string | null }, at: string): Event {
  return { type: 'action.blocked', obstacle: { code, why, whose }, at }
}

function stop(action: Action, { reason }: Of<'action.askToStop'>, given: Given<Policy>): Decided {
  const isTimer = given.actor.kind !== 'person'
  if (action.state !== 'running') return isTimer ? [] : wrongState(action)
  // What cannot be stopped and ran out of time is simply not known any more.
  const at = given.now.toISOString()
  const canStop = given.policy.catalogue.get(action.name)?.canStop ?? false
  if (canStop) return [{ type: 'action.stopAsked', by: personOf(given), reason, at }]
  return isTimer ? [{ type: 'action.unknown', why: reason, at }] : { refused: 'cannot-stop' }
}

function finish(action: Action, command: Of<'action.finish'>, given: Given<Policy>): Event[] {
  const { how, detail, tail, output = null } = command
  const at = given.now.toISOString()
  if (how === 'failed') return [{ type: 'action.failed', detail, tail, output, at }]
  if (how === 'stopped') return [{ type: 'action.stopped', detail, tail, output, at }]
  const verifying: Event = { type: 'action.verifying', detail, tail, output }
  const hasProbes = given.policy.catalogue.get(action.name)?.hasProbes ?? false
  // Only what reads (T0) may do without probes, whatever has become of its entry meanwhile.
  return hasProbes || action.tier > 0 ? [verifying] : [verifying, { type: 'action.succeeded', probes: [], detail, at }]
}

function verify(action: Action, { isOk, probes }: Of<'action.verify'>, { now }: Given<Policy>): Event[] {
  const at = now.toISOString()
  return isOk
    ? [{ type: 'action.succeeded', probes, detail: action.detail, at }]
    : [{ type: 'action.verifyFailed', probes, at }]
}

function reconciled(command: Of<'action.reconciled'>, { now }: Given<Policy>): Event[] {
  const at = now.toISOString()
  if (command.found === 'handle') return [{ type: 'action.foundAgain', handle: command.handle ?? null, at }]
  if (command.found === 'nothing')
    return [{ type: 'action.settled', verdict: 'not-done', by: null, why: command.why, at }]
  return [{ type: 'action.notFound', why: command.why, at }]
}

/** People decide what became of it: one, and for T3 two who agree. */
function settle(action: Action, command: Of<'action.settle'>, given: Given<Policy>): Decided {
  const by = personOf(given)
  const notNow = needs(action, ['unknown'])
  if (notNow) return notNow
  if (by === null || command.groups.length === 0) return { refused: 'no-group', details: { groups: groupsOf(action) } }
  if (command.evidence.trim().length < 10) return { refused: 'evidence-missing' }
  const settlement = { by, verdict: command.verdict, evidence: command.evidence.trim() }
  const at = given.now.toISOString()
  const first = action.settlements.at(-1)
  const wanted = action.tier === 3 ? 2 : 1
  if (first?.by === by) return { refused: 'settled-by-same' }
  const agreeing = first?.verdict === settlement.verdict ? 2 : 1
  const said: Event = { type: 'action.settlementGiven', settlement }
  if (agreeing < wanted) return [said]
  return [said, { type: 'action.settled', verdict: settlement.verdict, by, why: settlement.evidence, at }]
}

function review(action: Action, { verdict, note }: Of<'action.review'>, given: Given<Policy>): Decided {
  const by = personOf(given)
  if (action.review === null || action.review.by !== null) return { refused: 'nothing-to-review' }
  if (by === null || by === action.review.of || by === action.requestedBy) return { refused: 'own-review' }
  return [{ type: 'action.reviewed', by, verdict, note, at: given.now.toISOString() }]
}

/** Nobody approves what may not run anyway. */
function frozenNow(action: Action, given: Given<Policy>, severity: string | null): Refusal<Refused> | null {
  const { policy, now } = given
  if (policy.catalogue.get(action.name)?.freezes === 'ignore') return null
  const { target, standing } = action
  const { severities, freezes } = policy
  const freeze = freezeFor(freezes, { target: target.key, now, standing, severity, severities })
  return freeze === null ? null : { refused: 'frozen', details: { name: freeze.name } }
}

/** Null when the action is in one of these states, else the refusal. */
function needs(action: Action, states: readonly State[]): Refusal<Refused> | null {
  return states.includes(action.state) ? null : wrongState(action)
}

function wrongState(action: Action): Refusal<Refused> {
  return {
    refused: 'wrong-state',
    details: { state: action.state, isOver: ends.includes(action.state) ? 'yes' : 'no' },
  }
}

export function isDue(action: Action): boolean {
  return action.runsItself || action.runAskedBy !== null
}

function isPast(moment: string | null, { now }: Given<Policy>): boolean {
  return moment === null || Date.parse(moment) <= now.getTime()
}

function groupsOf({ needs: wanted }: Action): string {
  return wanted.map((need) => need.group).join(', ')
}

function personOf({ actor }: Given<Policy>): string | null {
  return actor.kind === 'person' ? actor.id : null
}
