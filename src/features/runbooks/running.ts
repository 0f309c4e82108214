/** What «Run» sets going. Most of it follows by itself; an action is asked for in the name of whoever pressed. */
import { type Answer, type Call, silence } from '../../core/call.ts'
import { askAsWritten, phraseForm, type WrittenWish } from '../actions/index.ts'
import { draftOf } from '../comms/index.ts'
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
  const run = await load(call.db, id)
  const step = run?.steps.find((one) => one.id === stepId)
  if (!run || !step) return sentence({ refused: 'no-such-run' })
  // While a form is open nothing runs, and a second person may open it too.
  if (step.block?.kind === 'comms') return draftOf(call, run.incident, step.block.template)
  const wish = wishOf(run, step)
  const form = wish && phraseForm(call, wish)
  if (form) return { open: form }

  const outcome = await call.perform(aggregate, id, { type: 'run.runStep', step: stepId })
  if ('refused' in outcome) return sentence(outcome)
  if (!wish) return silence
  const answer = await askAsWritten(call, wish)
  if (answer.isRefusal) await call.perform(aggregate, id, { type: 'run.letGo', step: stepId })
  return answer
}

function wishOf(run: Run, step: Step): WrittenWish | null {
  if (step.block?.kind !== 'action') return null
  const { action, target, parameters } = step.block
  return {
    action,
    target,
    parameters,
    reason: `runbook «${run.title}», step ${run.steps.indexOf(step) + 1}`,
    incident: run.incident,
    origin: actionOrigin(run, step),
  }
}
