/** What the world hears about a run, and what its steps set going. */
import type { Given } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'
import type { Event, Run, Step } from './domain.ts'
import type { Rules } from './rules.ts'
import { runMessage } from './views.ts'

export function effects(run: Run, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'run.stepRun':
      return [show(run, policy), ...setGoing(run, stepOf(run, event.step))]
    case 'run.stepFinished':
      return [{ kind: 'timer.cancel', key: waitTimer(run, event.step) }, show(run, policy)]
    case 'run.started':
    case 'run.stepTaken':
    case 'run.stepSeen':
    case 'run.stepAnswered':
    case 'run.finished':
    case 'run.stopped':
      return [show(run, policy)]
    default:
      return unreachable(event)
  }
}

function show(run: Run, rules: Rules): Effect {
  return {
    kind: 'slack.show',
    name: `runbooks/${run.id}/run`,
    to: run.place,
    message: runMessage(run, rules.publicUrl),
  }
}

/** Each way ends in a command to this run: what was seen, or that it could not be. */
function setGoing(run: Run, step: Step): Effect[] {
  const back = (type: string) => ({ feature: 'runbook-runs', id: run.id, command: { type, step: step.id } })
  const { block } = step
  switch (block?.kind) {
    case 'query':
      return [
        {
          kind: 'probe.ask',
          question: { ask: 'prometheus', query: block.promql, forMinutes: block.forMinutes },
          whenDone: back('run.see'),
          whenGivenUp: back('run.giveUp'),
        },
      ]
    case 'check':
      return [
        {
          kind: 'probe.ask',
          question: { ask: 'http', url: block.url, expectStatus: block.expectStatus },
          whenDone: back('run.see'),
          whenGivenUp: back('run.giveUp'),
        },
      ]
    case 'wait': {
      const at = new Date(Date.parse(step.at ?? run.startedAt) + block.milliseconds).toISOString()
      return [{ kind: 'timer.set', key: waitTimer(run, step.id), at, fire: back('run.waitIsOver') }]
    }
    default:
      return []
  }
}

function stepOf(run: Run, id: string): Step {
  const step = run.steps.find((candidate) => candidate.id === id)
  if (!step) throw new Error(`run ${run.id} has no step ${id}`)
  return step
}

function waitTimer(run: Run, step: string): string {
  return `runbooks/${run.id}/wait/${step}`
}
