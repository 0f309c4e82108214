import type { Decision, Given } from '../../core/decision.ts'
import type { Instant, Place, Seen } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { canRun, type StepBlock } from './runbook.ts'

/**
 * A run is a copy of a runbook with its variables filled in: a later edit of the file never changes it.
 *
 *   (nothing) ──start──▶ running ──last step over──▶ finished
 *                           └────────stop──────────▶ stopped
 *
 * A step:  waiting ──▶ open ──▶ done | skipped | failed,  and open ──run──▶ running ──▶ open again, with what was seen.
 */
export interface Run {
  id: string
  /** The number of the incident that it serves; null when somebody runs it for itself. */
  incident: string | null
  place: Place
  name: string
  title: string
  reviewedAt: string | null
  isStale: boolean
  meaning: string
  steps: readonly Step[]
  status: 'running' | 'finished' | 'stopped'
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
  seen: Seen | null
  /** The answer of a step that asks. */
  answer: string | null
}

export type StepCopy = Pick<Step, 'id' | 'section' | 'words' | 'block' | 'missing'>

export interface Opening {
  incident: string | null
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
  | { type: 'run.see'; step: string; observed: Seen }
  | { type: 'run.giveUp'; step: string; code: string }
  | { type: 'run.waitIsOver'; step: string }
  | { type: 'run.stop'; reason: string }

export type Event =
  | ({ type: 'run.started'; id: string; by: string | null; at: Instant } & Opening)
  | { type: 'run.stepTaken'; step: string; by: string }
  | { type: 'run.stepRun'; step: string; by: string | null; at: Instant }
  | { type: 'run.stepSeen'; step: string; seen: Seen; at: Instant }
  | { type: 'run.stepAnswered'; step: string; answer: string; by: string | null; at: Instant }
  | {
      type: 'run.stepFinished'
      step: string
      as: 'done' | 'skipped' | 'failed'
      note: string
      by: string | null
      at: Instant
    }
  | { type: 'run.finished'; at: Instant }
  | { type: 'run.stopped'; reason: string; by: string | null; at: Instant }

export type Refused =
  | 'no-such-run'
  | 'already-started'
  | 'run-is-over'
  | 'no-such-step'
  | 'step-not-open'
  | 'step-over'
  | 'step-runs'
  | 'cannot-run'
  | 'value-missing'
  | 'reason-missing'
  | 'no-such-answer'

/** Nothing here depends on tocsin.yml: a run is a copy of all that it needs. */
export type Policy = unknown

export function decide(run: Run | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'run.start') return run ? { refused: 'already-started' } : start(command, given)
  if (!run) return { refused: 'no-such-run' }
  if (run.status !== 'running') return isEcho(command) ? [] : { refused: 'run-is-over' }
  if (command.type === 'run.stop')
    return [{ type: 'run.stopped', reason: command.reason, by: personOf(given), at: given.now.toISOString() }]

  const step = run.steps.find((candidate) => candidate.id === command.step)
  if (!step) return { refused: 'no-such-step' }
  return ofStep(run, step, command, given)
}

/** What comes back from outside may come when everything is over. Nobody asked, so nobody is refused. */
function isEcho({ type }: Command): boolean {
  return type === 'run.see' || type === 'run.giveUp' || type === 'run.waitIsOver'
}

function start({ type: _, ...opening }: Extract<Command, { type: 'run.start' }>, given: Given<Policy>): Event[] {
  return [{ type: 'run.started', id: given.id, ...opening, by: personOf(given), at: given.now.toISOString() }]
}

type OfStep = Exclude<Command, { type: 'run.start' } | { type: 'run.stop' }>

function ofStep(run: Run, step: Step, command: OfStep, given: Given<Policy>): Decision<Event, Refused> {
  const at = given.now.toISOString()
  const by = personOf(given)
  const about = { step: step.id }
  switch (command.type) {
    case 'run.see':
      return step.state === 'running' ? [{ type: 'run.stepSeen', ...about, seen: command.observed, at }] : []
    case 'run.giveUp': {
      const seen: Seen = { outcome: 'unknown', summary: `it could not be asked (${command.code})`, series: [] }
      return step.state === 'running' ? [{ type: 'run.stepSeen', ...about, seen, at }] : []
    }
    case 'run.waitIsOver':
      return step.state === 'running' ? finish(run, step, { as: 'done', note: '', by, at }) : []
    default:
      break
  }

  if (step.state === 'waiting') return { refused: 'step-not-open', details: { step: step.id } }
  if (isOver(step)) return { refused: 'step-over', details: { by: step.by ?? '', state: step.state } }
  switch (command.type) {
    case 'run.take':
      return by === null || step.assignee === by ? [] : [{ type: 'run.stepTaken', ...about, by }]
    case 'run.runStep':
      if (step.state === 'running') return { refused: 'step-runs' }
      if (!canRun(step.block)) return { refused: 'cannot-run' }
      if (step.missing.length > 0) return { refused: 'value-missing', details: { names: step.missing.join(', ') } }
      return [{ type: 'run.stepRun', ...about, by, at }]
    case 'run.answer':
      return answer(run, step, command.answer, { by, at })
    case 'run.finishStep':
      if (command.as === 'skipped' && command.note === '') return { refused: 'reason-missing' }
      return finish(run, step, { as: command.as, note: command.note, by, at })
    default:
      return unreachable(command)
  }
}

interface End {
  as: 'done' | 'skipped' | 'failed'
  note: string
  by: string | null
  at: Instant
}

/** The next step opens by itself; after the last one the run is over. */
function finish(run: Run, step: Step, end: End): Event[] {
  const finished: Event = { type: 'run.stepFinished', step: step.id, ...end }
  const isLast = run.steps.every((other) => other.id === step.id || isOver(other))
  return isLast ? [finished, { type: 'run.finished', at: end.at }] : [finished]
}

function answer(run: Run, step: Step, given: string, { by, at }: Pick<End, 'by' | 'at'>): Decision<Event, Refused> {
  if (step.block?.kind !== 'ask') return { refused: 'no-such-answer' }
  const choice = step.block.choices.find((candidate) => candidate.answer === given)
  if (!choice) return { refused: 'no-such-answer' }
  const here = run.steps.indexOf(step)
  const target = targetOf(run.steps, choice.goTo)
  const between = run.steps.slice(here + 1, target).filter((other) => !isOver(other))
  const skipped = between.map((other): Event => {
    return { type: 'run.stepFinished', step: other.id, as: 'skipped', note: `not this way: ${given}`, by, at }
  })
  const isLast = run.steps.slice(target).every(isOver)
  return [
    { type: 'run.stepAnswered', step: step.id, answer: given, by, at },
    ...skipped,
    ...(isLast ? [{ type: 'run.finished', at } as const] : []),
  ]
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

/** The step that is to be done now. */
export function currentStep(run: Run): Step | null {
  return run.steps.find((step) => step.state === 'open' || step.state === 'running') ?? null
}

function personOf({ actor }: Given<Policy>): string | null {
  return actor.kind === 'person' ? actor.id : null
}

export function evolve(run: Run | null, event: Event): Run {
  if (event.type === 'run.started') return started(event)
  if (!run) throw new Error(`${event.type} before run.started`)

  switch (event.type) {
    case 'run.stepTaken':
      return changed(run, event.step, { assignee: event.by })
    case 'run.stepRun':
      return changed(run, event.step, { state: 'running', by: event.by, at: event.at, seen: null })
    case 'run.stepSeen':
      return changed(run, event.step, { state: 'open', seen: event.seen, at: event.at })
    case 'run.stepAnswered':
      return opened(changed(run, event.step, { state: 'done', answer: event.answer, by: event.by, at: event.at }))
    case 'run.stepFinished': {
      const { as, note, by, at } = event
      return opened(changed(run, event.step, { state: as, note, by, at }))
    }
    case 'run.finished':
      return { ...run, status: 'finished', endedAt: event.at }
    case 'run.stopped':
      return { ...run, status: 'stopped', endedAt: event.at }
    default:
      return unreachable(event)
  }
}

function started({ type: _, by, at, steps, ...opening }: Extract<Event, { type: 'run.started' }>): Run {
  const fresh = { assignee: null, by: null, at: null, note: '', seen: null, answer: null }
  const copies = steps.map((step): Step => ({ ...step, ...fresh, state: 'waiting' }))
  return opened({ ...opening, steps: copies, status: 'running', startedBy: by, startedAt: at, endedAt: null })
}

function changed(run: Run, id: string, change: Partial<Step>): Run {
  return { ...run, steps: run.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) }
}

function opened(run: Run): Run {
  if (currentStep(run) !== null) return run
  const next = run.steps.find((step) => step.state === 'waiting')
  return next ? changed(run, next.id, { state: 'open' }) : run
}
