/** What the world hears about a run, and what its steps set going. */
import type { Given } from '../../core/decision.ts'
import type { Effect, Question } from '../../core/effects.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { pageTeam, resolvePage } from '../oncall/index.ts'
import { type Event, isOver, type Run, type Step } from './domain.ts'
import { pageAbout } from './hearing.ts'
import type { Rules } from './rules.ts'
import { runMessage } from './views.ts'

export function effects(run: Run, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'run.stepRun':
      return [show(run, policy), ...setGoing(run, stepOf(run, event.step), policy)]
    case 'run.stepFinished':
      return [...callOff(run, stepOf(run, event.step)), show(run, policy)]
    case 'run.stepLetGo':
      return [...callOff(run, stepOf(run, event.step)), show(run, policy)]
    case 'run.stopped':
    case 'run.left':
      return [...run.steps.filter((step) => !isOver(step)).flatMap((step) => callOff(run, step)), show(run, policy)]
    case 'run.started':
    case 'run.stepTaken':
    case 'run.stepSeen':
    case 'run.stepAnswered':
    case 'run.wentOn':
    case 'run.escalated':
    case 'run.finished':
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
    message: runMessage(run, rules.pageOf(run.id)),
  }
}

/** Each way ends in a command to this run: what was seen, or that it could not be. */
function setGoing(run: Run, step: Step, rules: Rules): Effect[] {
  const back = (type: string) => ({ feature: 'runbook-runs', id: run.id, command: { type, step: step.id } })
  const ask = (question: Question): Effect[] => [
    { kind: 'probe.ask', question, whenDone: back('run.see'), whenGivenUp: back('run.giveUp') },
  ]
  const { block } = step
  switch (block?.kind) {
    case 'query':
      return ask({ ask: 'prometheus', query: block.promql, forMinutes: block.forMinutes })
    case 'check':
      return ask({ ask: 'http', url: block.url, expectStatus: block.expectStatus })
    case 'sql': {
      const { query, values, expect } = block
      const database = rules.databaseOf(block.database)
      if (database === null) return []
      const { urlVariable, within } = database
      return ask({ ask: 'sql', urlVariable, secondsMax: Math.ceil(within / 1_000), query, values, expect })
    }
    case 'page':
      return [callTeam(run, step, block)]
    case 'wait': {
      const at = new Date(Date.parse(step.at ?? run.startedAt) + block.milliseconds).toISOString()
      return [{ kind: 'timer.set', key: waitTimer(run, step.id), at, fire: back('run.waitIsOver') }]
    }
    default:
      return []
  }
}

function callTeam(run: Run, step: Step, { team, message }: Extract<Step['block'], { kind: 'page' }>): Effect {
  const key = run.incident === null ? '' : `INC-${run.incident} `
  // Whoever is woken looks into the channel; the rest of a private incident stays there.
  const words = run.isPrivate ? 'help is called for in a private incident' : message || `help with: ${run.title}`
  return pageTeam(team, { about: pageAbout(run, step), summary: `${key}${words}`, severity: 'critical' })
}

/** Nobody waits for it any more, and nobody need come. An action goes its own way: its card has the buttons. */
function callOff(run: Run, step: Step): Effect[] {
  const { block, by } = step
  if (block?.kind === 'wait') return [{ kind: 'timer.cancel', key: waitTimer(run, step.id) }]
  // Nobody touched it, so nobody was called. Of a page that never was, the answer is that there is none.
  return block?.kind === 'page' && by !== null ? [resolvePage(pageAbout(run, step), block.team)] : []
}

function stepOf(run: Run, id: string): Step {
  const step = run.steps.find((candidate) => candidate.id === id)
  if (!step) throw new Error(`run ${run.id} has no step ${id}`)
  return step
}

function waitTimer(run: Run, step: string): string {
  return `runbooks/${run.id}/wait/${step}`
}
