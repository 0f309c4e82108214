/** The words of actions: what one is, what may be asked of it, what happened to it. The rules stand in decide.ts. */
import type { Instant, Place } from '../../core/effects.ts'
import type { Entry, Need, Tier } from './entry.ts'
import type { Json, ParamValue, Plan, Target } from './executors/executor.ts'
import type { Freeze } from './freezes.ts'

/**
 *   planning ─┬▶ no_plan (▶ planning)
 *             ├▶ approved                       (nobody's approval is needed)
 *             └▶ waiting ─┬▶ approved ─┬▶ preflight ─┬▶ dispatching ─┬▶ running ─┬▶ verifying ─┬▶ succeeded
 *                         ├▶ denied    ├▶ expired    └▶ blocked      ├▶ failed   ├▶ failed     ├▶ verify_failed
 *                         ├▶ expired   ├▶ denied        (▶ planning) └▶ unknown  ├▶ stopping   └▶ unknown
 *                         └▶ withdrawn └▶ withdrawn                              └▶ unknown
 *   stopping ▶ stopped | failed | verifying | succeeded | unknown
 *   unknown  ▶ running | settled_done | settled_not_done        (by evidence or by people, never by itself)
 *
 * The database holds the same graph and refuses everything else (migrations/0009). From preflight to the end, and
 * while it is unknown, the action holds the lock of its target.
 */
export type State =
  | 'planning'
  | 'no_plan'
  | 'waiting'
  | 'approved'
  | 'denied'
  | 'expired'
  | 'withdrawn'
  | 'preflight'
  | 'blocked'
  | 'dispatching'
  | 'running'
  | 'stopping'
  | 'verifying'
  | 'succeeded'
  | 'failed'
  | 'stopped'
  | 'verify_failed'
  | 'unknown'
  | 'settled_done'
  | 'settled_not_done'

/** Nothing more happens in these. */
export const ends: readonly State[] = [
  'denied',
  'expired',
  'withdrawn',
  'succeeded',
  'failed',
  'stopped',
  'verify_failed',
  'settled_done',
  'settled_not_done',
]
/** These hold the lock of the target. */
export const locking: readonly State[] = ['preflight', 'dispatching', 'running', 'stopping', 'verifying', 'unknown']

/** What asked for it, when it was more than a person: a feature, its subject, and a name for people. */
export interface Origin {
  feature: string
  id: string
  label: string
}

export interface Approval {
  person: string
  groups: readonly string[]
  planNumber: number
  planHash: string
  at: Instant
}

export interface GlassBroken {
  by: string
  reason: string
  at: Instant
  /** Later than `at` when it may be vetoed first. */
  effectiveAt: Instant
}

export interface Review {
  /** Who broke the glass, and therefore does not review it. */
  of: string
  dueAt: Instant
  by: string | null
  verdict: 'right' | 'wrong' | null
  note: string
}

export interface Guard {
  name: string
  isOk: boolean
  why: string
  /** Whom to talk to about it; the sentence then begins with their name. */
  whose?: string
}

/** What stopped it before it began. */
export interface Obstacle {
  code: string
  why: string
  whose: string | null
}

export interface Settlement {
  by: string
  verdict: 'done' | 'not-done'
  evidence: string
}

export interface Action {
  id: string
  /** The entry of the catalogue. */
  name: string
  verb: string
  title: string
  target: Target
  tier: Tier
  executor: string
  params: Readonly<Record<string, ParamValue>>
  /** Of the catalogue entry, as it was when this was asked. */
  entrySha: string
  requestedBy: string | null
  origin: Origin | null
  incident: string | null
  isPrivate: boolean
  /** Where its card is. */
  home: Place
  reason: string
  /** Groups of the requester that freezes may exempt. */
  standing: readonly string[]
  /** Who is called by name: those who may approve, and those who are asked when none of them does. */
  pings: { approvers: readonly string[]; deputies: readonly string[] }
  /** The action that this one undoes. */
  undoes: string | null
  needs: readonly Need[]
  confirms: 'none' | 'approver' | 'both'
  /** False: somebody presses «Run now» once it is approved. */
  runsItself: boolean
  timeoutSeconds: number

  state: State
  plan: Plan | null
  planNumber: number
  planHash: string | null
  planExpiresAt: Instant | null
  approvals: readonly Approval[]
  denied: { by: string; reason: string } | null
  breakGlass: GlassBroken | null
  review: Review | null
  blocked: Obstacle | null
  guards: readonly Guard[] | null
  runAskedBy: string | null
  dispatchKey: string | null
  handle: Json
  stop: { by: string | null; reason: string; at: Instant } | null
  detail: string
  tail: string
  output: { bytes: number; sha256: string } | null
  probes: readonly ProbeResult[]
  /** Somebody or something wants to know what became of it. */
  reconcile: { askedAt: Instant; doneAt: Instant | null; why: string } | null
  settlements: readonly Settlement[]
  deputiesAsked: boolean
  /** Clients hear of the incident it is for; looked at when it began. */
  clientsHear: boolean

  requestedAt: Instant
  plannedAt: Instant | null
  approvedAt: Instant | null
  dispatchedAt: Instant | null
  startedAt: Instant | null
  endedAt: Instant | null
}

export interface ProbeResult {
  what: string
  isOk: boolean
  saw: string
}

export interface AskedLately {
  by: string | null
  target: string
}

export type Command =
  | {
      type: 'action.request'
      /** An entry of the catalogue by its name. */
      name: string
      target: string
      params: Readonly<Record<string, ParamValue>>
      reason: string
      home: Place
      incident?: string | null
      isPrivate?: boolean
      origin?: Origin | null
      undoes?: string | null
      standing?: readonly string[]
      pings?: Action['pings']
      /** Of the open incident it is for. */
      severity?: string | null
      /** What the requester typed where a phrase is asked for. */
      phrase?: string
      /** What was asked for within the last hour, read in the same transaction. */
      lately?: readonly AskedLately[]
    }
  | { type: 'action.planned'; plan: Plan }
  | { type: 'action.planFailed'; why: string }
  | { type: 'action.replan' }
  | {
      type: 'action.approve'
      planHash: string
      /** Of those that must approve, the ones this person is in. */
      groups: readonly string[]
      severity: string | null
      phrase?: string
    }
  | { type: 'action.deny'; reason: string }
  | { type: 'action.withdraw' }
  | { type: 'action.askDeputies'; planNumber: number }
  | { type: 'action.expire'; planNumber: number }
  | {
      type: 'action.breakGlass'
      reason: string
      phrase: string
      /** Of the incident; null when it is closed or there is none. */
      severity: string | null
      overdueReviews: number
    }
  | { type: 'action.glassIsBroken' }
  | { type: 'action.runNow' }
  | { type: 'action.begin' }
  | { type: 'action.block'; code: string; why: string; whose?: string }
  | { type: 'action.dispatch'; guards: readonly Guard[]; clientsHear?: boolean }
  | { type: 'action.accepted'; handle: Json }
  | { type: 'action.rejected'; why: string }
  | { type: 'action.lost'; why: string }
  | { type: 'action.progress'; detail: string; tail: string }
  | { type: 'action.askToStop'; reason: string }
  | {
      type: 'action.finish'
      how: 'succeeded' | 'failed' | 'stopped'
      detail: string
      tail: string
      output?: { bytes: number; sha256: string }
    }
  | { type: 'action.verify'; isOk: boolean; probes: readonly ProbeResult[] }
  | { type: 'action.lookAgain' }
  | { type: 'action.reconciled'; found: 'handle' | 'nothing' | 'unknown'; handle?: Json; why: string }
  | { type: 'action.settle'; verdict: 'done' | 'not-done'; evidence: string; groups: readonly string[] }
  | { type: 'action.pageUnknown' }
  | { type: 'action.review'; verdict: 'right' | 'wrong'; note: string }
  | { type: 'action.reviewOverdue' }
  | { type: 'action.remindOfKept' }

type By = { by: string | null; at: Instant }

/** What the timeline of an incident needs to tell of an event by itself. */
export interface Shown {
  incident: string | null
  action: string
  what: string
  change: string
}

export type Event = Happened & Partial<Shown>

type Happened =
  | ({ type: 'action.requested'; request: Requested } & By)
  | {
      type: 'action.planned'
      plan: Plan
      number: number
      hash: string
      expiresAt: Instant
      isApproved: boolean
      at: Instant
    }
  | { type: 'action.planRefused'; why: string; at: Instant }
  | ({ type: 'action.replanned' } & By)
  | { type: 'action.approvalGiven'; approval: Approval; missing: number }
  | { type: 'action.approved'; at: Instant }
  | { type: 'action.denied'; by: string; reason: string; at: Instant }
  | ({ type: 'action.withdrawn' } & By)
  | { type: 'action.deputiesAsked' }
  | { type: 'action.expired'; at: Instant }
  | { type: 'action.glassBroken'; glass: GlassBroken; review: Review }
  | ({ type: 'action.runAsked' } & By)
  | { type: 'action.begun'; at: Instant }
  | { type: 'action.blocked'; obstacle: Obstacle; at: Instant }
  | { type: 'action.dispatching'; key: string; guards: readonly Guard[]; clientsHear?: boolean; at: Instant }
  | { type: 'action.started'; handle: Json; at: Instant }
  | { type: 'action.progressed'; detail: string; tail: string }
  | { type: 'action.stopAsked'; by: string | null; reason: string; at: Instant }
  | { type: 'action.verifying'; detail: string; tail: string; output: Action['output'] }
  | { type: 'action.succeeded'; probes: readonly ProbeResult[]; detail: string; at: Instant }
  | { type: 'action.failed'; detail: string; tail: string; output: Action['output']; at: Instant }
  | { type: 'action.stopped'; detail: string; tail: string; output: Action['output']; at: Instant }
  | { type: 'action.verifyFailed'; probes: readonly ProbeResult[]; at: Instant }
  | { type: 'action.unknown'; why: string; at: Instant }
  | { type: 'action.lookedFor'; by: string | null; at: Instant }
  | { type: 'action.notFound'; why: string; at: Instant }
  | { type: 'action.foundAgain'; handle: Json; at: Instant }
  | { type: 'action.settlementGiven'; settlement: Settlement }
  | { type: 'action.settled'; verdict: 'done' | 'not-done'; by: string | null; why: string; at: Instant }
  | { type: 'action.unknownPaged' }
  | { type: 'action.reviewed'; by: string; verdict: 'right' | 'wrong'; note: string; at: Instant }
  | { type: 'action.reviewMissed' }
  | { type: 'action.keptLong' }

/** What an action is from its first moment on. */
export type Requested = Pick<
  Action,
  | 'id'
  | 'name'
  | 'verb'
  | 'title'
  | 'target'
  | 'tier'
  | 'executor'
  | 'params'
  | 'entrySha'
  | 'origin'
  | 'incident'
  | 'isPrivate'
  | 'home'
  | 'reason'
  | 'standing'
  | 'pings'
  | 'undoes'
  | 'needs'
  | 'confirms'
  | 'runsItself'
  | 'timeoutSeconds'
>

export type Refused =
  | 'no-such-action'
  | 'already-requested'
  | 'not-in-catalogue'
  | 'not-automatic'
  | 'bad-param'
  | 'reason-missing'
  | 'phrase-wrong'
  | 'frozen'
  | 'too-often'
  | 'wrong-state'
  | 'own-request'
  | 'approved-already'
  | 'other-plan'
  | 'plan-expired'
  | 'no-group'
  | 'not-yours'
  | 'cannot-stop'
  | 'glass-never'
  | 'glass-no-incident'
  | 'glass-reason'
  | 'glass-review-overdue'
  | 'evidence-missing'
  | 'settled-by-same'
  | 'own-review'
  | 'nothing-to-review'

export interface Policy {
  catalogue: ReadonlyMap<string, Entry>
  severities: readonly string[]
  freezes: readonly Freeze[]
  /** How many within an hour. */
  limits: { perPerson: number; perTarget: number }
  planLives: Readonly<Record<Tier, number>>
  glassSeverity: string
  glassDelay: number
  reviewAfter: number
}
