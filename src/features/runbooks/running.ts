/** What «Run» sets going. Most of it follows by itself; an action is asked for in the name of whoever pressed. */
import { type Answer, type Call, silence } from '../../core/call.ts'
import { askAsWritten } from '../actions/index.ts'
import { aggregate } from './aggregate.ts'
import { sentence } from './answers.ts'
import type { Run, Step } from './domain.ts'
import { actionOrigin } from './hearing.ts'
import { load } from './store.ts'

/**
 * The step runs first, so that of two people who press at once only one asks. Should the process die between, the same
 * delivery comes again, finds that it runs by its own hand, and asks.
 */
export async function runStep(call: Call, id: string, stepId: string): Promise<Answer> {
  const outcome = await call.perform(aggregate, id, { type: 'run.runStep', step: stepId })
  if ('refused' in outcome) return sentence(outcome)
  const run = await load(call.db, id)
  const step = run?.steps.find((one) => one.id === stepId)
  if (!run || !step || step.block?.kind !== 'action') return silence

  const answer = await askFor(call, run, step, step.block)
  // Nothing is under way: the form is open, or somebody else may press.
  if (answer.isRefusal || answer.open) await call.perform(aggregate, id, { type: 'run.letGo', step: stepId })
  return answer
}

function askFor(call: Call, run: Run, step: Step, block: Extract<Step['block'], { kind: 'action' }>): Promise<Answer> {
  const { action, target, parameters } = block
  const number = run.steps.indexOf(step) + 1
  return askAsWritten(call, {
    action,
    target,
    parameters,
    reason: `runbook «${run.title}», step ${number}`,
    incident: run.incident,
    origin: actionOrigin(run, step),
  })
}
