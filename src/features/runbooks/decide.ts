/** What may be done with a run and its steps, and what comes of it. */
import type { Decision, Given, Refusal } from '../../core/decision.ts'
import type { Instant, Seen } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'
import {
  type Command,
  currentStep,
  type Event,
  escalationOf,
  isCalling,
  isOver,
  type Policy,
  type Refused,
  type Run,
  type Shown,
  type Step,
  stepReached,
  targetOf,
} from './domain.ts'
import { outputWords, plainWords } from './plain-words.ts'
import { type Choice, canRun } from './runbook.ts'

export function decide(run: Run | null, command: Command, given: Given<Policy>): Decision<Event, Refused> {
  if (command.type === 'run.start') return run ? { refused: 'already-started' } : start(command, given)
  if (!run) return { refused: 'no-such-run' }
  if (isOfIncident(command)) return ofIncident(run, command, given)
  // An action goes its own way, whether somebody goes on with the run or not.
  const mayHear = run.status === 'left' && command.type === 'run.see'
  if (run.status !== 'running' && !mayHear)
    return isEcho(command) ? [] : { refused: run.status === 'left' ? 'run-is-left' : 'run-is-over' }
  if (command.type === 'run.stop') return stop(run, command.reason, given)
  if (command.type === 'run.escalate') return escalate(run, given)

  const step = run.steps.find((candidate) => candidate.id === command.step)
  if (!step) return { refused: 'no-such-step' }
  return ofStep(run, step, command, given)
}

/** What comes back from outside may come when everything is over. Nobody asked, so nobody is refused. */
function isEcho({ type }: Command): boolean {
  return type === 'run.see' || type === 'run.letGo' || type === 'run.giveUp' || type === 'run.waitIsOver'
}

function start({ type: _, ...opening }: Extract<Command, { type: 'run.start' }>, given: Given<Policy>): Event[] {
  return [{ type: 'run.started', id: given.id, ...opening, by: personOf(given), at: given.now.toISOString() }]
}

function stop(run: Run, reason: string, given: Given<Policy>): Event[] {
  const { incident, title: runbook } = run
  return [{ type: 'run.stopped', incident, runbook, reason, by: personOf(given), at: given.now.toISOString() }]
}

/** Straight to where help is called; what lies between is skipped, and says why. */
function escalate(run: Run, given: Given<Policy>): Decision<Event, Refused> {
  const target = escalationOf(run)
  const here = currentStep(run)
  if (target === null || here === null) return { refused: 'nothing-to-escalate' }
  const at = given.now.toISOString()
  const by = personOf(given)
  const between = run.steps.slice(run.steps.indexOf(here), run.steps.indexOf(target)).filter((step) => !isOver(step))
  return [
    { type: 'run.escalated', ...shown(run, target), step: target.id, by, at },
    ...between.map(({ id }) => passedOver(id, 'help was called', { by, at })),
  ]
}

type OfIncident = Extract<Command, { type: 'run.leave' | 'run.goOn' | 'run.callOff' | 'run.hearOfClients' }>

function isOfIncident(command: Command): command is OfIncident {
  return ['run.leave', 'run.goOn', 'run.callOff', 'run.hearOfClients'].includes(command.type)
}

/** Every run of an incident hears these, and those that are not concerned say nothing. */
function ofIncident(run: Run, command: OfIncident, given: Given<Policy>): Event[] {
  const at = given.now.toISOString()
  const here = stepReached(run)
  if (here === null) return []
  if (command.type === 'run.goOn') return run.status === 'left' ? [{ type: 'run.wentOn', ...shown(run, here), at }] : []
  if (run.status !== 'running') return []
  switch (command.type) {
    case 'run.leave':
      return [{ type: 'run.left', ...shown(run, here), because: command.because, steps: run.steps.length, at }]
    case 'run.callOff':
      return isCalling(here) ? [{ type: 'run.stepLetGo', step: here.id }] : []
    case 'run.hearOfClients':
      return hearOfClients(run, here, command, given)
    default:
      return unreachable(command)
  }
}

/** What the step asked for went out: it is done, by whoever published it. Other words leave it to people. */
function hearOfClients(
  run: Run,
  step: Step,
  { moment, heard }: Extract<Command, { type: 'run.hearOfClients' }>,
  given: Given<Policy>,
): Event[] {
  if (step.block?.kind !== 'comms') return []
  const { became, ...seen } = heard
  const at = given.now.toISOString()
  if (became === 'published' && moment === step.block.template)
    return finish(run, step, { as: 'done', note: heard.summary, by: personOf(given), at })
  const isWaiting = became === 'waiting' ? { isWaiting: true } : {}
  return [{ type: 'run.stepSeen', step: step.id, seen: { ...seen, series: [] }, ...isWaiting, at }]
}

type OfStep = Exclude<Command, { type: 'run.start' } | { type: 'run.stop' } | { type: 'run.escalate' } | OfIncident>

function ofStep(run: Run, step: Step, command: OfStep, given: Given<Policy>): Decision<Event, Refused> {
  const at = given.now.toISOString()
  const by = personOf(given)
  const about = { step: step.id }
  switch (command.type) {
    case 'run.see': {
      // Also when it is open again: an action whose outcome nobody knew may be settled later.
      if (step.state !== 'running' && step.state !== 'open') return []
      const isWaiting = command.isWaiting ? { isWaiting: true } : {}
      return [{ type: 'run.stepSeen', ...about, seen: command.observed, ...isWaiting, at }]
    }
    case 'run.giveUp': {
      const seen: Seen = { outcome: 'unknown', summary: `it could not be asked (${command.code})`, series: [] }
      return step.state === 'running' ? [{ type: 'run.stepSeen', ...about, seen, at }] : []
    }
    case 'run.letGo':
      return step.state === 'running' ? [{ type: 'run.stepLetGo', ...about }] : []
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
      return refusalToRun(run, step, given) ?? [{ type: 'run.stepRun', ...about, by, at }]
    case 'run.answer':
      return answer(run, step, command.answer, { by, at })
    case 'run.finishStep':
      if (command.as === 'skipped' && command.note === '') return { refused: 'reason-missing' }
      return finish(run, step, { as: command.as, note: command.note, by, at })
    default:
      return unreachable(command)
  }
}

/** What cannot be set going today, although the page of the runbook says so. */
function refusalToRun({ isDrill }: Run, { block }: Step, { policy }: Given<Policy>): Refusal<Refused> | null {
  if (block?.kind === 'sql' && !policy.databases.includes(block.database))
    return { refused: 'no-such-database', details: { database: block.database } }
  if (block?.kind !== 'page') return null
  if (isDrill) return { refused: 'drill' }
  if (policy.teams.includes(block.team)) return null
  return { refused: 'no-such-team', details: { team: block.team, accepted: policy.teams.join(', ') } }
}

interface End {
  as: 'done' | 'skipped' | 'failed'
  note: string
  by: string | null
  at: Instant
}

/** The next step opens by itself; after the last one the run is over. */
function finish(run: Run, step: Step, end: End): Event[] {
  const finished: Event = { type: 'run.stepFinished', ...shown(run, step), step: step.id, ...end }
  const isLast = run.steps.every((other) => other.id === step.id || isOver(other))
  return isLast ? [finished, finishedRun(run, end.at)] : [finished]
}

function answer(run: Run, step: Step, given: string, { by, at }: Pick<End, 'by' | 'at'>): Decision<Event, Refused> {
  if (step.block?.kind !== 'ask') return { refused: 'no-such-answer' }
  const choice = step.block.choices.find((candidate) => candidate.answer === given)
  if (!choice) return { refused: 'no-such-answer' }
  const aside = besides(run.steps, run.steps.indexOf(step), choice)
  const isLast = run.steps.every((other) => other.id === step.id || isOver(other) || aside.includes(other))
  return [
    { type: 'run.stepAnswered', ...shown(run, step), step: step.id, answer: given, by, at },
    ...aside.map(({ id }) => passedOver(id, `not this way: ${given}`, { by, at })),
    ...(isLast ? [finishedRun(run, at)] : []),
  ]
}

/** What lies between the stops of the way that was chosen. */
function besides(steps: readonly Step[], here: number, { goTo, onward = [] }: Choice): Step[] {
  const stops = [here, ...[goTo, ...onward].map((stop) => targetOf(steps, stop))]
  return stops.flatMap((stop, index) => steps.slice(stop + 1, stops[index + 1] ?? stop)).filter((step) => !isOver(step))
}

/** Nobody decided about this step by itself, so it is no line of the timeline. */
function passedOver(step: string, note: string, { by, at }: Pick<End, 'by' | 'at'>): Event {
  return { type: 'run.stepFinished', step, as: 'skipped', note, isPassedOver: true, by, at }
}

function finishedRun({ incident, title: runbook }: Run, at: Instant): Event {
  return { type: 'run.finished', incident, runbook, at }
}

function shown(run: Run, step: Step): Shown {
  return {
    incident: run.incident,
    runbook: run.title,
    number: run.steps.indexOf(step) + 1,
    what: plainWords(step.words),
    output: outputWords(step.seen),
    assignee: step.assignee,
  }
}

function personOf({ actor }: Given<Policy>): string | null {
  return actor.kind === 'person' ? actor.id : null
}
