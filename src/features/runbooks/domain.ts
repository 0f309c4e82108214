import type { Instant, Place, Seen } from '../../core/effects.ts'
import type { StepBlock } from './runbook.ts'

/**
 * A run is a copy of a runbook with its variables filled in: a later edit of the file never changes it.
 *
 *   (nothing) ──start──▶ running ──last step over──▶ finished
 *                          ▲ │└──────stop──────────▶ stopped
 *                          │ └───its incident ends─▶ left
 *                          └─────and is reopened──────┘
 *
 * A step:  waiting ──▶ open ──▶ done | skipped | failed,  and open ──run──▶ running ──▶ open again, with what was seen.
 */
export interface Run {
  id: string
  /** The number of the incident that it serves; null when somebody runs it for itself. */
  incident: string | null
  /** Of an incident that only its members know: then what leaves its channel says nothing of it. */
  isPrivate: boolean
  /** A test or a drill: nobody is woken for it. */
  isDrill: boolean
  place: Place
  name: string
  title: string
  reviewedAt: string | null
  isStale: boolean
  meaning: string
  steps: readonly Step[]
  /** `left`: its incident ended while there was still something to do. */
  status: 'running' | 'finished' | 'stopped' | 'left'
  startedBy: string | null
  startedAt: Instant
  endedAt: Instant | null
}

export interface Step {
  id: string
  section: string
  words: string
  block: StepBlock | null
  /** Variables that have no value here: without them it cannot be run. */
  missing: readonly string[]
  state: 'waiting' | 'open' | 'running' | 'done' | 'skipped' | 'failed'
  assignee: string | null
  by: string | null
  at: Instant | null
  note: string
  /** Skipped by the way that was chosen elsewhere, not for itself. */
  isPassedOver?: true
  seen: Seen | null
  /** The answer of a step that asks. */
  answer: string | null
}

export type StepCopy = Pick<Step, 'id' | 'section' | 'words' | 'block' | 'missing'>

export interface Opening {
  incident: string | null
  /** Of an incident that only its members know: then what leaves its channel says nothing of it. */
  isPrivate: boolean
  /** A test or a drill: nobody is woken for it. */
  isDrill: boolean
  place: Place
  name: string
  title: string
  reviewedAt: string | null
  isStale: boolean
  meaning: string
  steps: readonly StepCopy[]
}

export type Command =
  | ({ type: 'run.start' } & Opening)
  | { type: 'run.take'; step: string }
  | { type: 'run.finishStep'; step: string; as: 'done' | 'skipped' | 'failed'; note: string }
  | { type: 'run.runStep'; step: string }
  | { type: 'run.answer'; step: string; answer: string }
  /** What the outside says of it. `isWaiting`: more is to come, as of an action that waits for approval. */
  | { type: 'run.see'; step: string; observed: Seen; isWaiting?: boolean }
  /** What it should set going was refused to whoever pressed. */
  | { type: 'run.letGo'; step: string }
  | { type: 'run.giveUp'; step: string; code: string }
  | { type: 'run.waitIsOver'; step: string }
  /** A step failed: on to where help is called. */
  | { type: 'run.escalate' }
  | { type: 'run.stop'; reason: string }
  /** Its incident is over for good: whatever is not done stays undone. */
  | { type: 'run.leave'; because: Ending }
  /** Its incident is going on again. */
  | { type: 'run.goOn' }
  /** Its incident is resolved: nobody need come any more. */
  | { type: 'run.callOff' }
  /** What became of a message to clients about its incident. */
  | { type: 'run.hearOfClients'; moment: string; heard: OfClients }

/** How an incident ends so that nobody goes on with its runbooks. After «resolved» there is often something to look after. */
export type Ending = 'closed' | 'canceled' | 'merged'

export interface OfClients {
  outcome: Seen['outcome']
  summary: string
  became: 'waiting' | 'published' | 'discarded'
}

/** What the incident's timeline needs to tell of an event by itself. Only what is worth a line there carries it. */
export interface Shown {
  incident: string | null
  runbook: string
  number: number
  /** The step in plain words. */
  what: string
  /** What it saw last, and who was on it. */
  output: string
  assignee: string | null
}

export type Event = Happened & Partial<Shown>

type Happened =
  | ({ type: 'run.started'; id: string; by: string | null; at: Instant } & Opening)
  | { type: 'run.stepTaken'; step: string; by: string }
  | { type: 'run.stepRun'; step: string; by: string | null; at: Instant }
  | { type: 'run.stepSeen'; step: string; seen: Seen; isWaiting?: boolean; at: Instant }
  | { type: 'run.stepLetGo'; step: string }
  | { type: 'run.stepAnswered'; step: string; answer: string; by: string | null; at: Instant }
  | {
      type: 'run.stepFinished'
      step: string
      as: 'done' | 'skipped' | 'failed'
      note: string
      isPassedOver?: true
      by: string | null
      at: Instant
    }
  | { type: 'run.escalated'; step: string; by: string | null; at: Instant }
  | { type: 'run.finished'; at: Instant }
  | { type: 'run.stopped'; reason: string; by: string | null; at: Instant }
  | { type: 'run.left'; because: Ending; steps: number; at: Instant }
  | { type: 'run.wentOn'; at: Instant }

export type Refused =
  | 'no-such-run'
  | 'already-started'
  | 'run-is-over'
  | 'run-is-left'
  | 'no-such-step'
  | 'step-not-open'
  | 'step-over'
  | 'step-runs'
  | 'cannot-run'
  | 'value-missing'
  | 'reason-missing'
  | 'no-such-answer'
  | 'nothing-to-escalate'
  | 'drill'
  | 'no-such-team'
  | 'no-such-database'

/** A run is a copy of all that it needs, but for whom and what can be asked today. */
export interface Policy {
  teams: readonly string[]
  databases: readonly string[]
}

/** A step by its id, else the first of a section; behind the last one for `end`. */
export function targetOf(steps: readonly { id: string; section: string }[], goTo: string): number {
  const wanted = goTo.toLowerCase()
  if (wanted === 'end') return steps.length
  const byId = steps.findIndex((step) => step.id === wanted)
  return byId >= 0 ? byId : steps.findIndex((step) => step.section.toLowerCase() === wanted)
}

export function isOver({ state }: Pick<Step, 'state'>): boolean {
  return state === 'done' || state === 'skipped' || state === 'failed'
}

/** Somebody is being woken for it. */
export function isCalling({ state, block }: Step): boolean {
  return state === 'running' && block?.kind === 'page'
}

/** The step that is to be done now; of a run that is over, none. */
export function currentStep(run: Run): Step | null {
  return run.status === 'running' ? stepReached(run) : null
}

/** Where a run stands, also one that was left. */
export function stepReached(run: Run): Step | null {
  return run.steps.find((step) => step.state === 'open' || step.state === 'running') ?? null
}

/** Somebody has begun to work with it: it was asked for, or a step of it was touched. */
export function isInUse({ startedBy, steps }: Run): boolean {
  return startedBy !== null || steps.some(({ by, assignee }) => by !== null || assignee !== null)
}

/**
 * Where help is called after a step failed: what pages somebody further down in its own section, else the first step
 * under «Escalate». Null when nothing failed, or the run has come there already.
 */
export function escalationOf(run: Run): Step | null {
  const failed = run.steps.findLastIndex((step) => step.state === 'failed')
  const current = currentStep(run)
  if (failed < 0 || current === null) return null
  const ahead = run.steps.slice(failed + 1).filter((step) => !isOver(step))
  const { section } = run.steps[failed] ?? { section: '' }
  const found =
    ahead.find((step) => step.section === section && step.block?.kind === 'page') ??
    ahead.find((step) => step.section.toLowerCase() === 'escalate')
  return found === undefined || found.id === current.id ? null : found
}
