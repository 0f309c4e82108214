/**
 * What the runner does for an action in each state: one look, one deed, one command about what came of it.
 *
 * At most one dispatch, ever: `dispatching` is committed first, and only the process that committed it calls the
 * executor. Whoever finds an action there did not, and asks what became of it instead. Looking may happen twice.
 */
import { performance } from 'node:perf_hooks'
import { sqlState } from '../../core/db.ts'
import type { LongWork } from '../../core/feature.ts'
import { clean } from '../../lib/text.ts'
import { isDue } from './decide.ts'
import type { Action, Command } from './domain.ts'
import type { Json, Progress } from './executors/executor.ts'
import { askGuards, doClientsHear, driftGuard } from './guards.ts'
import { asSentence, lose, type Next, orderOf, type Pace, type Ready, rulesOf, tell, wordsOf } from './order.ts'
import { patience, patiently } from './patience.ts'
import { makePlan } from './planning.ts'
import { lockHolder } from './store.ts'
import { verify } from './verification.ts'
import { key } from './views.ts'

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

/** Everything is checked before the lock is taken, and again behind it. */
async function begin(work: LongWork, action: Action): Promise<Next> {
  const guards = await askGuards(work.spine.db, action, rulesOf(work.spine), work.clock.now())
  const no = guards.find((guard) => !guard.isOk)
  if (no) return block(work, action, no.name, no.why, no.whose)
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
      clientsHear: await doClientsHear(work.spine.db, action, rulesOf(work.spine)),
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

// A dispatch that is still on its way when we look would be taken for one that never was.
const settleMilliseconds = 8_000

async function reconcile(work: LongWork, action: Action): Promise<Next> {
  if (action.reconcile === null || action.reconcile.doneAt !== null || action.dispatchKey === null) return 'enough'
  const since = work.clock.now().getTime() - Date.parse(action.dispatchedAt ?? action.requestedAt)
  if (since < settleMilliseconds) return settleMilliseconds - Math.max(since, 0)
  const ready = orderOf(work, action)
  const said = async (command: Omit<Extract<Command, { type: 'action.reconciled' }>, 'type'>): Promise<Next> => {
    await tell(work, action, { type: 'action.reconciled', ...command, why: asSentence(command.why) })
    return 'on'
  }
  if ('why' in ready) return said({ found: 'unknown', why: ready.why })
  const { executor, order } = ready
  const dispatchKey = action.dispatchKey
  try {
    const found = await patiently(work, action, patience.reconcile, (io) => executor.reconcile(order, dispatchKey, io))
    if (found.found === 'nothing') return said({ found: 'nothing', why: 'I looked: it never began.' })
    if (found.found === 'unknown') return said({ found: 'unknown', why: clean(found.why) })
    // That it began is not enough: what cannot be watched would be lost and found again for ever.
    const seen = await patiently(work, action, patience.poll, (io) => executor.poll(order, found.handle, io))
    if (seen.phase === 'unknown') return said({ found: 'unknown', why: clean(seen.detail) })
    return said({ found: 'handle', handle: found.handle, why: '' })
  } catch (error) {
    return said({ found: 'unknown', why: wordsOf(error) })
  }
}

async function block(work: LongWork, action: Action, code: string, why: string, whose?: string): Promise<Next> {
  await tell(work, action, { type: 'action.block', code, why: clean(why), ...(whose ? { whose } : {}) })
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
