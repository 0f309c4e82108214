/** Asks the executor for a plan. It only reads, and whatever goes wrong here has changed nothing. */
import type { LongWork } from '../../core/feature.ts'
import { clean } from '../../lib/text.ts'
import type { Action } from './domain.ts'
import type { AnyExecutor, Order, Plan } from './executors/executor.ts'
import { type Next, orderOf, rulesOf, tell, wordsOf } from './order.ts'
import { patience, patiently } from './patience.ts'
import { key } from './views.ts'

export async function makePlan(work: LongWork, action: Action): Promise<Next> {
  const ready = orderOf(work, action)
  if ('why' in ready) return refusePlan(work, action, ready.why)
  const { executor, order } = ready
  try {
    const span = action.tier === 3 ? patience.planGrave : patience.plan
    const unlisted = await patiently(work, action, span, (io) => unlistedChoice(work, action, executor, order, io))
    if (unlisted !== null) return refusePlan(work, action, unlisted)
    const { plan: _, ...asked } = order
    const made = await patiently(work, action, span, (io) => executor.plan(asked, io))
    if ('refused' in made) return refusePlan(work, action, made.refused)
    await tell(work, action, { type: 'action.planned', plan: cleanPlan(made) })
  } catch (error) {
    work.log.warn({ action: key(action), err: error }, 'planning failed')
    return refusePlan(work, action, `Planning failed: ${wordsOf(error)}. Nothing was changed.`)
  }
  return 'on'
}

async function refusePlan(work: LongWork, action: Action, why: string): Promise<Next> {
  await tell(work, action, { type: 'action.planFailed', why: clean(why) })
  return 'enough'
}

/** Parameters of type `lookup` must be among what exists just now. */
async function unlistedChoice(
  { spine }: LongWork,
  action: Action,
  executor: AnyExecutor,
  order: Order<unknown>,
  io: Parameters<AnyExecutor['plan']>[1],
): Promise<string | null> {
  const specs = rulesOf(spine).config.catalogue[action.name]?.params ?? {}
  for (const [name, spec] of Object.entries(specs)) {
    const value = action.params[name]
    if (spec.type !== 'lookup' || value === undefined || !executor.choices) continue
    const { params: _, plan: __, ...asked } = order
    // In sequence: there is hardly ever more than one.
    const choices = await executor.choices(name, asked, io)
    if (choices.some((choice) => choice.value === String(value))) continue
    const some = choices.slice(0, 8).map((choice) => choice.value)
    return `${name} is ${String(value)}, which does not exist. ${some.length === 0 ? 'There is nothing to choose from.' : `There is ${some.join(', ')}.`}`
  }
  return null
}

function cleanPlan(plan: Plan): Plan {
  const { before, after, blastRadius, lost, steps, remarks = [] } = plan
  return {
    ...plan,
    before: clean(before),
    after: clean(after),
    blastRadius: clean(blastRadius),
    lost: lost === null ? null : clean(lost),
    steps: steps.map(clean),
    remarks: remarks.map(clean),
  }
}
