/** What an event makes of a run. Folding the journal with this gives what is stored. */
import { unreachable } from '../../lib/unreachable.ts'
import { currentStep, type Event, type Run, type Step } from './domain.ts'

export function evolve(run: Run | null, event: Event): Run {
  if (event.type === 'run.started') return started(event)
  if (!run) throw new Error(`${event.type} before run.started`)

  switch (event.type) {
    case 'run.stepTaken':
      return changed(run, event.step, { assignee: event.by })
    case 'run.stepRun':
      return changed(run, event.step, { state: 'running', by: event.by, at: event.at, seen: null })
    case 'run.stepSeen':
      return changed(run, event.step, { state: event.isWaiting ? 'running' : 'open', seen: event.seen, at: event.at })
    case 'run.stepLetGo':
      return changed(run, event.step, { state: 'open', seen: null })
    case 'run.escalated':
      return run
    case 'run.stepAnswered':
      return opened(changed(run, event.step, { state: 'done', answer: event.answer, by: event.by, at: event.at }))
    case 'run.stepFinished': {
      const { as, note, by, at } = event
      const passed = event.isPassedOver ? { isPassedOver: true as const } : {}
      return opened(changed(run, event.step, { state: as, note, by, at, ...passed }))
    }
    case 'run.finished':
      return { ...run, status: 'finished', endedAt: event.at }
    case 'run.stopped':
      return { ...run, status: 'stopped', endedAt: event.at }
    case 'run.left':
      return { ...run, status: 'left', endedAt: event.at, steps: run.steps.map(letGo) }
    case 'run.wentOn':
      return { ...run, status: 'running', endedAt: null }
    default:
      return unreachable(event)
  }
}

function started({
  type: _,
  by,
  at,
  steps,
  isPrivate = false,
  isDrill = false,
  ...opening
}: Extract<Event, { type: 'run.started' }>): Run {
  const fresh = { assignee: null, by: null, at: null, note: '', seen: null, answer: null }
  // A release that did not know of private incidents and drills here said nothing about them.
  const copies = steps.map((step): Step => ({ ...step, ...fresh, state: 'waiting' }))
  return opened({
    ...opening,
    isPrivate,
    isDrill,
    steps: copies,
    status: 'running',
    startedBy: by,
    startedAt: at,
    endedAt: null,
  })
}

function changed(run: Run, id: string, change: Partial<Step>): Run {
  return { ...run, steps: run.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) }
}

/** Nobody waits for it any more. A question has its answer soon, and an action goes its own way. */
function letGo(step: Step): Step {
  const isHeld = step.state === 'running' && ['wait', 'page', 'comms'].includes(step.block?.kind ?? '')
  return isHeld ? { ...step, state: 'open', seen: null } : step
}

function opened(run: Run): Run {
  if (currentStep(run) !== null) return run
  const next = run.steps.find((step) => step.state === 'waiting')
  return next ? changed(run, next.id, { state: 'open' }) : run
}
