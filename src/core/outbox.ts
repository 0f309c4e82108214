/**
 * Delivers what was decided: the only place from which anything reaches the outside.
 *
 * Each port has its own loop and its own places, so that pages go out while Slack is down; and while Slack is down a
 * single delivery at a time asks whether it is back, so that thousands that wait for it leave the machine to pages.
 * Within a stream one effect is under way at a time, over all replicas.
 */
import type { Clock } from '../lib/clock.ts'
import { type Db, isDatabaseAway } from './db.ts'
import type { Actor } from './decision.ts'
import { type NoteDoubt, startDoubts } from './doubts.ts'
import type { Callback, Effect, PerformEffect } from './effects.ts'
import type { Log } from './log.ts'
import { type Loop, startLoop } from './loop.ts'
import type { Metrics } from './metrics.ts'
import { type DeliverableEffect, type OutboxPort, outboxPorts, streamOfRetry } from './outbox-lines.ts'
import {
  type Claimed,
  close,
  extendLeases,
  fileEffects,
  heartbeatMilliseconds,
  portsWithWork,
  release,
  take,
  type Wanted,
} from './outbox-store.ts'
import { type Delivered, DeliveryError, type Port, type PortName, type Ports } from './ports.ts'
import { givesUp, retryDelaySeconds } from './retry.ts'

export interface OutboxOptions {
  db: Db
  clock: Clock
  log: Log
  metrics: Metrics
  /** Names this process among the replicas; a new one at each start, so that old leases are nobody's. */
  worker: string
  ports: Ports
  perform(effect: PerformEffect, by: { actor: Actor; cause: string }): Promise<void>
  /** What to tell the operators about an effect that was given up; null when they know already. */
  deadNotice(dead: { effect: DeliverableEffect; code: string }): DeliverableEffect | null
}

// A notice that cannot be delivered causes no notice of its own.
const noticeSubject = 'core/ops'
const noticeStream = `slack:${noticeSubject}`

export interface Outbox {
  wake(wanted: readonly Wanted[]): void
  /** Finishes what is under way, for at most this long, then leaves the rest to the next process. */
  stop(graceMilliseconds: number): Promise<void>
}

interface Places {
  /** How many deliveries at once. PostgreSQL is one neighbour and Slack paces us anyway; pages must never queue for long. */
  places: number
  /** How many while the outside is away. As many as ever where it is more than one, or where waiting is worse than work. */
  whileAway: number
}

const placesOf: Record<OutboxPort, Places> = {
  pager: { places: 8, whileAway: 8 },
  urgent: { places: 4, whileAway: 4 },
  perform: { places: 4, whileAway: 4 },
  slack: { places: 12, whileAway: 1 },
  pagerduty: { places: 2, whileAway: 1 },
  mail: { places: 6, whileAway: 1 },
  webhook: { places: 4, whileAway: 4 },
  sns: { places: 1, whileAway: 1 },
  alertmanager: { places: 2, whileAway: 1 },
  probe: { places: 4, whileAway: 4 },
}
/** Commands to one subject stand in one line, the urgent and the others: whatever is done lets the next of either go. */
function neighboursOf(port: OutboxPort): readonly OutboxPort[] {
  return port === 'perform' || port === 'urgent' ? ['urgent', 'perform'] : [port]
}

// Whoever files work wakes its port, a port knows when its next is due, and one question a second finds the rest.
const seldom = 60_000
// Between two questions whether it is back. Whoever waits for Slack does not notice; whoever shares the machine does.
const awayPauseMilliseconds = 200

export function startOutbox(options: OutboxOptions): Outbox {
  const { db, clock, log, worker } = options
  const noteDoubt = startDoubts(db, worker)
  const aborter = new AbortController()
  const underWay = new Set<Promise<void>>()
  const loops = new Map<OutboxPort, Loop>()
  const wakes = { count: 0 }

  for (const port of outboxPorts) {
    const { places, whileAway } = placesOf[port]
    const state = { busy: 0, isFull: false, isAway: false, askNotBefore: 0 }
    const note = ({ answered, next }: Ended) => {
      if (answered !== 'not asked') state.isAway = answered === 'away' && whileAway < places
      if (!state.isAway) return begin(state.isFull ? [port, ...next] : next)
      state.askNotBefore = performance.now() + awayPauseMilliseconds
      setTimeout(() => begin(neighboursOf(port)), awayPauseMilliseconds).unref()
    }
    const look = async (): Promise<Date | null> => {
      const free = (state.isAway ? whileAway : places) - state.busy
      state.isFull = free <= 0 || (state.isAway && performance.now() < state.askNotBefore)
      if (state.isFull) return null
      const { taken, nextDue } = await take(db, {
        port,
        worker,
        limit: free,
        now: clock.now(),
        isInDoubtAtOnce: port === 'perform' || port === 'urgent' || !options.ports[port].doubtsLate,
      })
      for (const row of taken) {
        state.busy += 1
        const delivery = deliverOne({ ...options, wake, wakes, noteDoubt }, row, aborter.signal).then((ended) => {
          state.busy -= 1
          underWay.delete(delivery)
          note(ended)
        })
        underWay.add(delivery)
      }
      state.isFull = taken.length === free
      return state.isFull ? null : nextDue
    }
    loops.set(port, startLoop({ look, everyMilliseconds: seldom, clock, isTold: true, onError: reportLoop(log, port) }))
  }
  const watch = startLoop({
    async look() {
      wake(await portsWithWork(db, clock.now()))
      return null
    },
    everyMilliseconds: 1_000,
    clock,
    onError: reportLoop(log, 'outbox'),
  })

  function wake(wanted: readonly Wanted[]): void {
    wakes.count += 1
    begin(wanted.filter((one) => one !== 'timers' && one !== 'workers'))
  }

  function begin(looking: readonly OutboxPort[]): void {
    for (const port of looking) loops.get(port)?.wake()
  }

  const heartbeat = setInterval(() => {
    if (underWay.size > 0) extendLeases(db, worker).catch(reportLoop(log, 'heartbeat'))
  }, heartbeatMilliseconds).unref()

  return {
    wake,
    async stop(graceMilliseconds) {
      await Promise.all([watch, ...loops.values()].map((loop) => loop.stop()))
      const finished = Promise.allSettled([...underWay])
      await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, graceMilliseconds))])
      aborter.abort()
      await finished
      clearInterval(heartbeat)
    },
  }
}

interface Delivering extends OutboxOptions {
  wake(wanted: readonly Wanted[]): void
  wakes: { readonly count: number }
  noteDoubt: NoteDoubt
}

interface Ended {
  answered: Answered
  /** Where somebody may have waited for this end. */
  next: readonly OutboxPort[]
}

/** What an attempt says of the outside: it answered, if only with a refusal; everything behind the port is away; nothing. */
type Answered = 'there' | 'away' | 'not asked'

/** Never fails: whatever went wrong is written down, or found when the lease is over. */
async function deliverOne(options: Delivering, row: Claimed, signal: AbortSignal): Promise<Ended> {
  const { log, metrics, clock } = options
  const stopTimer = metrics.deliveryDuration.startTimer({ port: row.port })
  try {
    const delivered = await callPort(options, row, signal)
    const next = await finish(options, row, delivered)
    metrics.deliveries.inc({ port: row.port, outcome: 'delivered' })
    return { answered: 'there', next }
  } catch (error) {
    await settleFailure(options, row, error).catch((failure: unknown) => {
      // The lease runs out and the row is taken again, in doubt: nothing is lost, nothing is said twice.
      const level = isDatabaseAway(failure) ? 'warn' : 'error'
      log[level]({ effectId: row.id, err: failure, at: clock.now() }, 'could not record the outcome of a delivery')
    })
    return { answered: answeredBy(error), next: neighboursOf(row.port) }
  } finally {
    stopTimer()
  }
}

function answeredBy(error: unknown): Answered {
  if (!(error instanceof DeliveryError)) return 'not asked'
  if (error.code === 'paced') return 'not asked'
  return error.isOutage ? 'away' : 'there'
}

async function callPort(options: Delivering, row: Claimed, signal: AbortSignal): Promise<Delivered> {
  const { effect } = row
  if (effect.kind === 'perform') {
    const actor = effect.actor ?? { kind: 'tocsin', what: row.stream }
    await options.perform(effect, { actor, cause: `outbox/${row.id}` })
    return {}
  }
  // The store files each effect under the port of its kind, so this one takes it.
  const port = options.ports[row.port as PortName] as Port<Effect>
  return port.deliver({
    effect,
    id: `${row.id}`,
    attempt: row.attempt,
    isInDoubt: row.wasInDoubt,
    decidedAt: row.decidedAt,
    now: options.clock.now(),
    observed: row.observed,
    isLook: row.isLook,
    noteDoubt: () => options.noteDoubt(row.id),
    signal,
  })
}

/**
 * What we now know of the thing, the row's end and the sequel happen all, or none. Returns where somebody may have waited
 * for it: who was filed while it was closed looked too early, and was too late to be seen.
 */
async function finish(options: Delivering, row: Claimed, delivered: Delivered): Promise<readonly OutboxPort[]> {
  const { db, worker, clock, log, wakes } = options
  const now = clock.now()
  log.debug({ effectId: row.id, stream: row.stream, kind: row.effect.kind, attempt: row.attempt }, 'delivered')
  const { id, thing } = row
  const observed = thing !== null && delivered.observed !== undefined ? { thing, now: delivered.observed } : null
  const neighbours = neighboursOf(row.port)
  const closing = { id, worker, outcome: 'delivered', observed, neighbours } as const
  const before = wakes.count
  const sequels = sequelsOf(row, delivered)
  // Nothing comes of it: one statement, and so the shortest moment in which only the outside knows.
  if (sequels.length === 0) {
    const { next } = await close(db, closing, now)
    return wakes.count === before ? next : neighbours
  }
  const { wanted, next } = await db.transaction(async (tx) => {
    const closed = await close(tx, closing, now)
    return { ...closed, wanted: closed.isOurs ? await fileEffects(tx, row.stream, sequels, now) : [] }
  })
  const isSeen = wakes.count === before
  options.wake(wanted)
  return isSeen ? next : neighbours
}

function sequelsOf({ effect, thing, observed: before }: Claimed, delivered: Delivered): DeliverableEffect[] {
  const { observed, changed, isUnfinished } = delivered
  const sequels: DeliverableEffect[] = []
  if (isUnfinished && thing !== null) sequels.push({ kind: 'slack.look', name: thing })
  if ('whenDone' in effect && effect.whenDone && before === null) sequels.push(followUp(effect.whenDone, { observed }))
  if ('whenChanged' in effect && effect.whenChanged && changed !== undefined)
    sequels.push(followUp(effect.whenChanged, { changed }))
  return sequels
}

function followUp(callback: Callback, result: Record<string, unknown>): PerformEffect {
  return { kind: 'perform', ...callback, command: { ...callback.command, ...result } }
}

async function settleFailure(options: Delivering, row: Claimed, error: unknown): Promise<void> {
  const { db, worker, log, metrics, clock } = options
  const now = clock.now()
  const failure = asDeliveryError(error)
  const facts = {
    effectId: row.id,
    stream: row.stream,
    kind: row.effect.kind,
    attempt: row.attempt,
    code: failure.code,
  }

  if (givesUp(failure, { failures: row.failures, decidedAt: row.decidedAt, now })) {
    await db.transaction(async (tx) => {
      const closing = { id: row.id, worker, outcome: 'dead', error: failure.code, neighbours: [] } as const
      if (!(await close(tx, closing, now)).isOurs) return
      const sequels: DeliverableEffect[] = []
      if ('whenGivenUp' in row.effect && row.effect.whenGivenUp)
        sequels.push(followUp(row.effect.whenGivenUp, { code: failure.code }))
      const notice = row.stream === noticeStream ? null : options.deadNotice({ effect: row.effect, code: failure.code })
      await fileEffects(tx, row.stream, sequels, now)
      if (notice) await fileEffects(tx, noticeSubject, [notice], now)
    })
    log.error({ ...facts, err: error }, 'delivery given up')
    metrics.deliveries.inc({ port: row.port, outcome: 'dead' })
    options.wake(outboxPorts)
    return
  }

  const seconds = retryDelaySeconds(failure, row.attempt, row.port)
  await release(
    db,
    {
      id: row.id,
      stream: streamOfRetry(row),
      worker,
      thing: row.thing,
      notBefore: new Date(now.getTime() + seconds * 1_000),
      isInDoubt: failure.outcome === 'unknown',
      countsAsFailure: !failure.isOutage && failure.retryAfterSeconds === undefined,
      error: failure.code,
    },
    now,
  )
  if (failure.code !== 'paced') log.warn({ ...facts, seconds }, 'delivery failed, will try again')
  metrics.deliveries.inc({ port: row.port, outcome: failure.code === 'paced' ? 'paced' : 'retried' })
}

function asDeliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error
  if (isDatabaseAway(error)) return new DeliveryError('database_away', 'unknown', { isOutage: true, cause: error })
  // A bug of ours: it may have struck after the effect, so it is looked up before the next attempt.
  return new DeliveryError('internal', 'unknown', { cause: error })
}

function reportLoop(log: Log, what: string): (error: unknown) => void {
  return (error) => {
    if (isDatabaseAway(error)) log.warn({ what }, 'the database is away, will look again')
    else log.error({ what, err: error }, 'looking for work failed')
  }
}
