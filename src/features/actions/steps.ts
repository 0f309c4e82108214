/**
 * What the runner does for an action in each state: one look, one deed, one command about what came of it.
 *
 * At most one dispatch, ever: `dispatching` is committed first, and only the process that committed it calls the
 * executor. Whoever finds an action there did not, and asks what became of it instead. Looking may happen twice.
 */

import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { sqlState } from '../../core/db.ts'
import type { LongWork } from '../../core/feature.ts'
import { perform } from '../../core/perform.ts'
import { clean } from '../../lib/text.ts'
import { aggregate } from './aggregate.ts'
import { isDue } from './decide.ts'
import type { Action, Command, ProbeResult } from './domain.ts'
import type { AnyExecutor, Json, Order, Plan, Progress } from './executors/executor.ts'
import { executors } from './executors/index.ts'
import { askGuards, driftGuard } from './guards.ts'
import { OutOfPatience, patience, patiently } from './patience.ts'
import { probes } from './probes/index.ts'
import type { Rules } from './rules.ts'
import { lockHolder } from './store.ts'
import { key } from './views.ts'

/** What one process remembers while it watches one action. A successor begins with none of it, and loses nothing. */
export interface Pace {
  /** When a state was first seen here. */
  sinceSeen: Map<string, number>
  passes: number
  saidAt: number
  said: string
  stopAskedAt: number | null
  troubleSince: number | null
}

/** `on`: look again at once · a number: after so many milliseconds · `enough`: others have to do something first. */
export type Next = 'on' | 'enough' | number

export async function step(work: LongWork, action: Action, pace: Pace): Promise<Next> {
  switch (action.state) {
    case 'planning':
      return makePlan(work, action)
    case 'approved':
      return isDue(action) ? begin(work, action) : 'enough'
    case 'preflight':
      return dispatch(work, action)
    case 'dispatching':
      await tell(work, action, { type: 'action.lost', why: 'Tocsin was interrupted while it was starting.' })
      return 'on'
    case 'running':
    case 'stopping':
      return watch(work, action, pace)
    case 'verifying':
      return verify(work, action, pace)
    case 'unknown':
      return reconcile(work, action)
    default:
      return 'enough'
  }
}

async function makePlan(work: LongWork, action: Action): Promise<Next> {
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

/** Everything is checked before the lock is taken, and again behind it. */
async function begin(work: LongWork, action: Action): Promise<Next> {
  const guards = await askGuards(work.spine.db, action, rulesOf(work.spine), work.clock.now())
  const no = guards.find((guard) => !guard.isOk)
  if (no) return block(work, action, no.name, no.why)
  try {
    await tell(work, action, { type: 'action.begin' })
    return 'on'
  } catch (error) {
    if (sqlState(error) === uniqueViolation) {
      const holder = await lockHolder(work.spine.db, action.target.key)
      const who = holder === null || holder.isPrivate ? 'Another action' : `${key(holder)} (${holder.title})`
      return block(work, action, 'locked', `${who} is at work on ${action.target.key}.`)
    }
    return refusedByDatabase(work, action, error)
  }
}

async function dispatch(work: LongWork, action: Action): Promise<Next> {
  const ready = orderOf(work, action)
  if ('why' in ready) return block(work, action, 'entry', ready.why)
  const { executor, order } = ready
  let observed: Json
  try {
    observed = await patiently(work, action, patience.observe, (io) => executor.observe(order, io))
  } catch (error) {
    return block(work, action, 'drift', `I could not see whether the world is still as planned: ${wordsOf(error)}.`)
  }
  const guards = await askGuards(work.spine.db, action, rulesOf(work.spine), work.clock.now())
  const committing = performance.now()
  try {
    const outcome = await tell(work, action, {
      type: 'action.dispatch',
      guards: [...guards, driftGuard(action, observed)],
    })
    const isOurs = 'done' in outcome && outcome.done.some((event) => event.type === 'action.dispatching')
    if (!isOurs) return 'on'
  } catch (error) {
    return refusedByDatabase(work, action, error)
  }
  return dispatchOnce(work, action, { executor, order }, committing)
}

// A process that slept in between may have been taken for dead, and its action settled: then it keeps its hands off.
const dispatchWithinMilliseconds = 5_000

async function dispatchOnce(work: LongWork, action: Action, { executor, order }: Ready, since: number): Promise<Next> {
  if (performance.now() - since > dispatchWithinMilliseconds) {
    await tell(work, action, { type: 'action.rejected', why: 'It was too late to start it; nothing was sent.' })
    return 'on'
  }
  const dispatchKey = `tocsin-action-${action.id}`
  try {
    const result = await patiently(work, action, patience.dispatch, (io) => executor.dispatch(order, dispatchKey, io))
    if (result.outcome === 'accepted') await tell(work, action, { type: 'action.accepted', handle: result.handle })
    else if (result.outcome === 'rejected')
      await tell(work, action, { type: 'action.rejected', why: clean(result.why) })
    else await tell(work, action, { type: 'action.lost', why: clean(result.why) })
  } catch (error) {
    work.log.error({ action: key(action), err: error }, 'starting an action had no known outcome')
    await tell(work, action, { type: 'action.lost', why: `Starting it: ${wordsOf(error)}.` })
  }
  return 'on'
}

async function watch(work: LongWork, action: Action, pace: Pace): Promise<Next> {
  const ready = orderOf(work, action)
  if ('why' in ready) return lose(work, action, ready.why)
  const { executor, order } = ready
  if (action.state === 'stopping' && !(await askToStop(work, action, pace, ready))) {
    return lose(work, action, 'It was asked to stop, and did not within a minute.')
  }
  let progress: Progress
  try {
    progress = await patiently(work, action, patience.poll, (io) => executor.poll(order, action.handle, io))
    pace.troubleSince = null
  } catch (error) {
    pace.troubleSince ??= performance.now()
    if (performance.now() - pace.troubleSince < blindMilliseconds) return 2_000
    return lose(work, action, `For a minute nobody could see it: ${wordsOf(error)}.`)
  }
  const detail = clean(progress.detail)
  const tail = clean(progress.tail).slice(-2_000)
  if (progress.phase === 'unknown') return lose(work, action, detail)
  if (progress.phase !== 'running') {
    const { phase: how, output } = progress
    await tell(work, action, { type: 'action.finish', how, detail, tail, ...(output ? { output } : {}) })
    return 'on'
  }
  return report(work, action, pace, { detail, tail })
}

const blindMilliseconds = 60_000
const stopMilliseconds = 60_000

/** False when it was asked long enough. */
async function askToStop(work: LongWork, action: Action, pace: Pace, { executor, order }: Ready): Promise<boolean> {
  const began = pace.sinceSeen.get('stopping') ?? performance.now()
  pace.sinceSeen.set('stopping', began)
  if (performance.now() - began > stopMilliseconds) return false
  const isAskedLately = pace.stopAskedAt !== null && performance.now() - pace.stopAskedAt < 15_000
  if (isAskedLately) return true
  pace.stopAskedAt = performance.now()
  try {
    await patiently(work, action, patience.stop, (io) => executor.stop(order, action.handle, io))
  } catch (error) {
    work.log.warn({ action: key(action), err: error }, 'asking an action to stop failed, will ask again')
  }
  return true
}

/** Its last lines, edited into the card: soon at first, then ever more seldom. Slack has other things to do. */
async function report(
  work: LongWork,
  action: Action,
  pace: Pace,
  { detail, tail }: { detail: string; tail: string },
): Promise<Next> {
  const began = pace.sinceSeen.get('running') ?? performance.now()
  pace.sinceSeen.set('running', began)
  const age = performance.now() - began
  const sayEvery = Math.min(Math.max(age / 10, 2_000), 30_000)
  const said = `${detail}\n${tail}`
  const isNews = said !== pace.said && (detail !== action.detail || tail !== action.tail)
  if (isNews && performance.now() - pace.saidAt > sayEvery) {
    pace.saidAt = performance.now()
    pace.said = said
    await tell(work, action, { type: 'action.progress', detail, tail })
  }
  return Math.min(Math.max(age / 20, 100), 2_000)
}

async function verify(work: LongWork, action: Action, pace: Pace): Promise<Next> {
  const spec = rulesOf(work.spine).config.catalogue[action.name]?.verify
  if (!spec)
    return lose(work, action, 'Its catalogue entry has no probes any more, so nobody can say whether it helped.')
  const began = pace.sinceSeen.get('verifying') ?? work.clock.now().getTime()
  pace.sinceSeen.set('verifying', began)
  const results: ProbeResult[] = await Promise.all(spec.probes.map((given) => ask(work, action, given)))
  pace.passes = results.every((result) => result.isOk) ? pace.passes + 1 : 0
  const isOk = pace.passes >= spec.passes
  if (isOk || work.clock.now().getTime() - began >= spec.within) {
    await tell(work, action, { type: 'action.verify', isOk, probes: results })
    return 'enough'
  }
  return spec.every
}

async function ask(work: LongWork, action: Action, given: Readonly<Record<string, unknown>>): Promise<ProbeResult> {
  const [name = '', settings] = Object.entries(given)[0] ?? []
  const probe = probes.find((one) => one.name === name)
  if (!probe) return { what: name, isOk: false, saw: 'there is no such probe' }
  const config: unknown = probe.configSchema.parse(settings)
  const what = clean(probe.describe(config))
  const { target, params, plan } = action
  try {
    const { isOk, saw } = await patiently(work, action, patience.probe, (io) =>
      probe.ask(config, { target, params, plan }, io),
    )
    return { what, isOk, saw: clean(saw) }
  } catch (error) {
    return { what, isOk: false, saw: wordsOf(error) }
  }
}

// A dispatch that is still on its way when we look would be taken for one that never was.
const settleMilliseconds = 8_000

async function reconcile(work: LongWork, action: Action): Promise<Next> {
  if (action.reconcile === null || action.reconcile.doneAt !== null || action.dispatchKey === null) return 'enough'
  const since = work.clock.now().getTime() - Date.parse(action.dispatchedAt ?? action.requestedAt)
  if (since < settleMilliseconds) return settleMilliseconds - Math.max(since, 0)
  const ready = orderOf(work, action)
  const said = async (command: Omit<Extract<Command, { type: 'action.reconciled' }>, 'type'>): Promise<Next> => {
    await tell(work, action, { type: 'action.reconciled', ...command })
    return 'on'
  }
  if ('why' in ready) return said({ found: 'unknown', why: ready.why })
  const { executor, order } = ready
  const dispatchKey = action.dispatchKey
  try {
    const found = await patiently(work, action, patience.reconcile, (io) => executor.reconcile(order, dispatchKey, io))
    if (found.found === 'handle') return said({ found: 'handle', handle: found.handle, why: '' })
    if (found.found === 'nothing') return said({ found: 'nothing', why: 'I looked: it never began.' })
    return said({ found: 'unknown', why: clean(found.why) })
  } catch (error) {
    return said({ found: 'unknown', why: wordsOf(error) })
  }
}

interface Ready {
  executor: AnyExecutor
  order: Order<unknown>
}

function orderOf({ spine }: LongWork, action: Action): Ready | { why: string } {
  const entry = rulesOf(spine).config.catalogue[action.name]
  const executor = executors.find((one) => one.name === action.executor)
  if (!entry || !executor || entry.executor !== action.executor)
    return { why: `The catalogue has no entry ${action.name} for ${action.executor} any more.` }
  const config = executor.configSchema.safeParse(entry.with)
  if (!config.success) return { why: `The settings of ${action.name} do not fit ${action.executor} any more.` }
  const { target, params, timeoutSeconds } = action
  return { executor, order: { config: config.data, target, params, timeoutSeconds, plan: action.plan ?? noPlan } }
}

/** Stands in an order only while there is no plan yet, and is never handed out. */
const noPlan: Plan = {
  payload: null,
  before: '',
  after: '',
  blastRadius: '',
  lost: null,
  takesSeconds: null,
  steps: [],
  observed: null,
  inverse: null,
}

async function lose(work: LongWork, action: Action, why: string): Promise<Next> {
  await tell(work, action, { type: 'action.lost', why })
  return 'on'
}

async function block(work: LongWork, action: Action, code: string, why: string): Promise<Next> {
  await tell(work, action, { type: 'action.block', code, why: clean(why) })
  return 'enough'
}

/** The database kept a rule that the program had not seen broken: a hold placed a moment ago, a switch turned off. */
async function refusedByDatabase(work: LongWork, action: Action, error: unknown): Promise<Next> {
  if (sqlState(error) !== checkViolation) throw error
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const said = cause instanceof Error ? cause.message.replace(/^action \d+: /, '') : 'no reason given'
  return block(work, action, 'database', `The database refused it: ${said}.`)
}

const uniqueViolation = '23505'
const checkViolation = '23514'

function tell({ spine }: LongWork, action: Action, command: Command) {
  const by = { actor: { kind: 'tocsin', what: 'runner' }, cause: `runner/${randomUUID()}` } as const
  return perform(spine, aggregate, action.id, command, by)
}

function rulesOf(spine: LongWork['spine']): Rules {
  return spine.policyOf(aggregate.feature) as Rules
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

/** What may be shown of an error: its name and its first line, never an address with a key in it. */
function wordsOf(error: unknown): string {
  if (error instanceof OutOfPatience) return error.message
  const message = error instanceof Error ? error.message : String(error)
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return clean(`${message}${cause}`.split('\n')[0] ?? '')
    .replaceAll(/:\/\/[^/@\s]+@/g, '://…@')
    .slice(0, 300)
}
