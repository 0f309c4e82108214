/** What an event makes of an action. Folding the journal with this gives what is stored. */
import { unreachable } from '../../lib/unreachable.ts'
import type { Action, Event, State } from './domain.ts'

export function evolve(action: Action | null, event: Event): Action {
  if (event.type === 'action.requested') return requested(event)
  if (!action) throw new Error(`${event.type} before action.requested`)

  switch (event.type) {
    case 'action.planned':
      return {
        ...action,
        state: event.isApproved ? 'approved' : 'waiting',
        plan: event.plan,
        planHash: event.hash,
        planExpiresAt: event.expiresAt,
        plannedAt: event.at,
        approvedAt: event.isApproved ? event.at : null,
        detail: '',
        blocked: null,
      }
    case 'action.planRefused':
      return { ...action, state: 'no_plan', detail: event.why }
    case 'action.replanned':
      return { ...action, ...unplanned, state: 'planning', planNumber: action.planNumber + 1 }
    case 'action.approvalGiven':
      return { ...action, approvals: [...action.approvals, event.approval] }
    case 'action.approved':
      return { ...action, state: 'approved', approvedAt: event.at }
    case 'action.denied':
      return { ...ended(action, 'denied', event.at), denied: { by: event.by, reason: event.reason } }
    case 'action.withdrawn':
      return ended(action, 'withdrawn', event.at)
    case 'action.deputiesAsked':
      return { ...action, deputiesAsked: true }
    case 'action.expired':
      return ended(action, 'expired', event.at)
    case 'action.glassBroken':
      return { ...action, breakGlass: event.glass, review: event.review }
    case 'action.runAsked':
      return { ...action, runAskedBy: event.by }
    case 'action.begun':
      return { ...action, state: 'preflight' }
    case 'action.blocked':
      return { ...action, state: 'blocked', blocked: event.obstacle }
    case 'action.dispatching':
      return {
        ...action,
        state: 'dispatching',
        dispatchKey: event.key,
        guards: event.guards,
        // Journals from before this was looked at do not say.
        clientsHear: event.clientsHear ?? false,
        dispatchedAt: event.at,
      }
    case 'action.started':
      return { ...action, state: 'running', handle: event.handle, startedAt: event.at }
    case 'action.progressed':
      return { ...action, detail: event.detail, tail: event.tail }
    case 'action.stopAsked':
      return { ...action, state: 'stopping', stop: { by: event.by, reason: event.reason, at: event.at } }
    case 'action.verifying':
      return { ...action, state: 'verifying', detail: event.detail, tail: event.tail, output: event.output }
    case 'action.succeeded':
      return { ...ended(action, 'succeeded', event.at), probes: event.probes, detail: event.detail }
    case 'action.failed':
    case 'action.stopped': {
      const { detail, tail, output } = event
      return { ...ended(action, event.type === 'action.failed' ? 'failed' : 'stopped', event.at), detail, tail, output }
    }
    case 'action.verifyFailed':
      return { ...ended(action, 'verify_failed', event.at), probes: event.probes }
    case 'action.unknown':
      return {
        ...action,
        state: 'unknown',
        detail: event.why,
        reconcile: { askedAt: event.at, doneAt: null, why: '' },
      }
    case 'action.lookedFor':
      return { ...action, reconcile: { askedAt: event.at, doneAt: null, why: '' } }
    case 'action.notFound':
      return {
        ...action,
        reconcile: { askedAt: action.reconcile?.askedAt ?? event.at, doneAt: event.at, why: event.why },
      }
    case 'action.foundAgain':
      return {
        ...action,
        state: 'running',
        handle: event.handle,
        startedAt: action.startedAt ?? event.at,
        reconcile: null,
        detail: '',
      }
    case 'action.settlementGiven':
      return { ...action, settlements: [...action.settlements, event.settlement] }
    case 'action.settled':
      return {
        ...ended(action, event.verdict === 'done' ? 'settled_done' : 'settled_not_done', event.at),
        detail: event.why,
      }
    case 'action.reviewed':
      return {
        ...action,
        review: action.review && { ...action.review, by: event.by, verdict: event.verdict, note: event.note },
      }
    case 'action.unknownPaged':
    case 'action.reviewMissed':
    case 'action.keptLong':
      return action
    default:
      return unreachable(event)
  }
}

/** A new plan needs everything anew: approvals, and breaking the glass too. What was to be reviewed stays. */
const unplanned = {
  plan: null,
  planHash: null,
  planExpiresAt: null,
  plannedAt: null,
  approvals: [],
  approvedAt: null,
  deputiesAsked: false,
  breakGlass: null,
  runAskedBy: null,
  guards: null,
  blocked: null,
  detail: '',
} satisfies Partial<Action>

function ended(action: Action, state: State, at: string): Action {
  return { ...action, state, endedAt: at }
}

function requested({ request, by, at }: Extract<Event, { type: 'action.requested' }>): Action {
  return {
    ...request,
    requestedBy: by,
    requestedAt: at,
    state: 'planning',
    plan: null,
    planNumber: 1,
    planHash: null,
    planExpiresAt: null,
    approvals: [],
    denied: null,
    breakGlass: null,
    review: null,
    blocked: null,
    guards: null,
    runAskedBy: null,
    dispatchKey: null,
    handle: null,
    stop: null,
    detail: '',
    tail: '',
    output: null,
    probes: [],
    reconcile: null,
    settlements: [],
    deputiesAsked: false,
    clientsHear: false,
    plannedAt: null,
    approvedAt: null,
    dispatchedAt: null,
    startedAt: null,
    endedAt: null,
  }
}
