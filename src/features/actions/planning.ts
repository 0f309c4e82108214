/** Asks the executor for a plan. It only reads, and whatever goes wrong here has changed nothing. */
import type { LongWork } from '../../core/feature.ts'
import { formatDuration } from '../../lib/duration.ts'
import { clean } from '../../lib/text.ts'
import type { Action } from './domain.ts'
import type { AnyExecutor, Order, Plan } from './executors/executor.ts'
import { holdInTheWay } from './guards.ts'
import { type Next, orderOf, rulesOf, tell, wordsOf } from './order.ts'
import { patience, patiently } from './patience.ts'
import { lastDoneWith } from './store.ts'
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
    const turning = await putsBack(work, action, made)
    if (turning !== null) return refusePlan(work, action, turning)
    const remarks = [...(await heldWords(work, action)), ...(made.remarks ?? [])]
    await tell(work, action, { type: 'action.planned', plan: cleanPlan({ ...made, remarks }) })
  } catch (error) {
    work.log.warn({ action: key(action), err: error }, 'planning failed')
    return refusePlan(work, action, `Planning failed: ${wordsOf(error)}. Nothing was changed.`)
  }
  return 'on'
}

/**
 * Whoever names no version means "further back". To most tools "the one before" of what was just rolled back is what it
 * was rolled back from, and that is never meant without being said.
 */
async function putsBack({ spine }: LongWork, action: Action, plan: Plan): Promise<string | null> {
  if (action.undoes !== null || Object.keys(action.params).length > 0) return null
  const last = await lastDoneWith(spine.db, action.target.key)
  if (last?.plan?.before !== plan.after || last.plan.after !== plan.before) return null
  const which = last.isPrivate && !action.isPrivate ? 'another action' : key(last)
  const names = Object.keys(rulesOf(spine).config.catalogue[action.name]?.params ?? {})
  const [name] = names
  const how = name === undefined ? ' If that is meant,' : ` Say where to go with ${name}=…, or`
  return `This would put ${plan.after} back, which ${which} took away.${how} press «Undo…» on its card.`
}

/** Said before anybody approves what cannot begin yet. It may be released in time, and broken glass passes it. */
async function heldWords({ spine, clock }: LongWork, action: Action): Promise<string[]> {
  const hold = await holdInTheWay(spine.db, action, clock.now())
  if (hold === null) return []
  const left = formatDuration(Date.parse(hold.until) - clock.now().getTime())
  return [`${hold.scope} is held for ${left} more (${hold.reason}), and this cannot begin before`]
}

async function refusePlan(work: LongWork, action: Action, why: string): Promise<Next> {
  await tell(work, action, { type: 'action.planFailed', why: clean(why) })
  return 'enough'
}

/** Parameters of type `lookup` must be among what exists just now, where the executor can list all of it. */
async function unlistedChoice(
  { spine }: LongWork,
  action: Action,
  executor: AnyExecutor,
  order: Order<unknown>,
  io: Parameters<AnyExecutor['plan']>[1],
): Promise<string | null> {
  if (!executor.choices || executor.choicesAreSome) return null
  const specs = rulesOf(spine).config.catalogue[action.name]?.params ?? {}
  for (const [name, spec] of Object.entries(specs)) {
    const value = action.params[name]
    if (spec.type !== 'lookup' || value === undefined) continue
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
