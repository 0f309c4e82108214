/** What people may do with an action that waits or runs: who may, and the command it becomes. */
import { type Answer, type Call, refuse } from '../../core/call.ts'
import { aggregate } from './aggregate.ts'
import { answer, sentence } from './answers.ts'
import { groupsAmong, maySee } from './asking.ts'
import type { Action } from './domain.ts'
import { severityOf } from './guards.ts'
import { asTyped } from './phrases.ts'
import type { Rules } from './rules.ts'
import { countOverdueReviews, load } from './store.ts'

/** The action, or why it is none for this person. */
export async function find(call: Call, id: string): Promise<Action | Answer> {
  const action = await load(call.db, id)
  // What one may not see does not exist.
  return action !== null && (await maySee(call, action)) ? action : sentence({ refused: 'no-such-action' })
}

export function isAction(found: Action | Answer): found is Action {
  return 'state' in found
}

export async function approve(call: Call, id: string, planHash: string | null, phrase?: string): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  const wanted = action.needs.map((need) => need.group)
  const groups = await groupsAmong(call, wanted)
  if (groups.length === 0 && action.state === 'waiting') return refuse(await whoCould(call, wanted))
  const outcome = await call.perform(aggregate, id, {
    type: 'action.approve',
    planHash: planHash ?? action.planHash ?? '',
    groups,
    severity: await severityOf(call.db, action.incident),
    ...(phrase === undefined ? {} : { phrase: asTyped(phrase) }),
  })
  return answer(outcome, () => null)
}

/** Whoever may ask or approve may also say no, stop, or run what is approved. Null when this person may. */
export async function refusalToInterfere(call: Call, action: Action): Promise<string | null> {
  const rules: Rules = call.policy(aggregate)
  if (call.person.id === action.requestedBy) return null
  const groups = [rules.catalogue.get(action.name)?.request ?? 'responders', ...action.needs.map((need) => need.group)]
  const mine = await groupsAmong(call, groups)
  return mine.length > 0 ? null : whoCould(call, groups)
}

export async function breakGlass(
  call: Call,
  id: string,
  { reason, phrase }: { reason: string; phrase: string },
): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  const rules: Rules = call.policy(aggregate)
  const refusal = await call.refusal(rules.config.breakGlass.group)
  if (refusal !== null) return refuse(refusal)
  const outcome = await call.perform(aggregate, id, {
    type: 'action.breakGlass',
    reason,
    phrase: asTyped(phrase),
    severity: await severityOf(call.db, action.incident),
    overdueReviews: await countOverdueReviews(call.db, call.person.id, call.now),
  })
  return answer(outcome, () => null)
}

export async function settle(
  call: Call,
  id: string,
  { verdict, evidence }: { verdict: 'done' | 'not-done'; evidence: string },
): Promise<Answer> {
  const action = await find(call, id)
  if (!isAction(action)) return action
  const wanted = action.needs.length > 0 ? action.needs.map((need) => need.group) : ['responders']
  const groups = await groupsAmong(call, wanted)
  if (groups.length === 0) return refuse(await whoCould(call, wanted))
  const outcome = await call.perform(aggregate, id, { type: 'action.settle', verdict, evidence, groups })
  return answer(outcome, (after) =>
    after.state === 'unknown' ? 'Noted. Somebody else has to say the same before it is settled.' : null,
  )
}

async function whoCould(call: Call, groups: readonly string[]): Promise<string> {
  const refusals = await Promise.all([...new Set(groups)].map((group) => call.refusal(group)))
  return refusals.filter((refusal) => refusal !== null).join(' ')
}
