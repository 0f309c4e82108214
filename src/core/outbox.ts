/**
 * Delivers what was decided: the only place from which anything reaches the outside.
 *
 * Each port has its own loop and its own number of deliveries at once, so that pages go out while Slack is down.
 * Within a stream one effect is under way at a time, over all replicas.
 */
import type { Clock } from '../lib/clock.ts'
import { type Db, isDatabaseAway } from './db.ts'
import type { Actor } from './decision.ts'
import type { Callback, Effect, PerformEffect } from './effects.ts'
import type { Log } from './log.ts'
import { type Loop, startLoop } from './loop.ts'
import type { Metrics } from './metrics.ts'
import {
  type Claimed,
  claim,
  close,
  type DeliverableEffect,
  extendLeases,
  fileEffects,
  heartbeatMilliseconds,
  keepObserved,
  nextDue,
  type OutboxPort,
  outboxPorts,
  release,
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

// How many deliveries at once. PostgreSQL is one neighbour and Slack paces us anyway; pages must never queue for long.
const slots: Record<OutboxPort, number> = { pager: 8, perform: 4, slack: 12, mail: 4, webhook: 4, probe: 4 }

export function startOutbox(options: OutboxOptions): Outbox {
  const { db, clock, log, worker } = options
  const aborter = new AbortController()
  const underWay = new Set<Promise<void>>()
  const loops = new Map<OutboxPort, Loop>()

  for (const port of outboxPorts) {
    let busy = 0
    const look = async (): Promise<Date | null> => {
      const free = slots[port] - busy
      if (free === 0) return null
      const claimed = await claim(db, port, worker, free, clock.now())
      for (const row of claimed) {
        busy += 1
        const delivery = deliverOne({ ...options, wake }, row, aborter.signal).finally(() => {
          busy -= 1
          underWay.delete(delivery)
          loops.get(port)?.wake()
        })
        underWay.add(delivery)
      }
      return claimed.length === free ? null : nextDue(db, port)
    }
    loops.set(port, startLoop({ look, everyMilliseconds: 1_000, clock, onError: reportLoop(log, port) }))
  }

  function wake(wanted: readonly Wanted[]): void {
    for (const port of wanted) if (port !== 'timers' && port !== 'workers') loops.get(port)?.wake()
  }

  const heartbeat = setInterval(() => {
    if (underWay.size > 0) extendLeases(db, worker).catch(reportLoop(log, 'heartbeat'))
  }, heartbeatMilliseconds).unref()

  return {
    wake,
    async stop(graceMilliseconds) {
      await Promise.all([...loops.values()].map((loop) => loop.stop()))
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
}

async function deliverOne(options: Delivering, row: Claimed, signal: AbortSignal): Promise<void> {
  const { log, metrics, clock } = options
  const stopTimer = metrics.deliveryDuration.startTimer({ port: row.port })
  try {
    const delivered = await callPort(options, row, signal)
    await finish(options, row, delivered)
    metrics.deliveries.inc({ port: row.port, outcome: 'delivered' })
  } catch (error) {
    await settleFailure(options, row, error).catch((failure: unknown) => {
      // The lease runs out and the row is taken again, in doubt: nothing is lost, nothing is said twice.
      const level = isDatabaseAway(failure) ? 'warn' : 'error'
      log[level]({ effectId: row.id, err: failure, at: clock.now() }, 'could not record the outcome of a delivery')
    })
  } finally {
    stopTimer()
  }
}

async function callPort(options: OutboxOptions, row: Claimed, signal: AbortSignal): Promise<Delivered> {
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
    signal,
  })
}

/** What we now know of the thing, the row's end and the sequel are one transaction: all of it happened, or none. */
async function finish(options: Delivering, row: Claimed, { observed, changed }: Delivered): Promise<void> {
  const now = options.clock.now()
  await options.db.transaction(async (tx) => {
    if (!(await close(tx, { id: row.id, worker: options.worker, outcome: 'delivered' }, now))) return
    if (row.thing !== null && observed !== undefined) await keepObserved(tx, row.thing, observed)
    const isFirstTime = row.observed === null
    const { effect } = row
    const sequels: PerformEffect[] = []
    if ('whenDone' in effect && isFirstTime) sequels.push(followUp(effect.whenDone, { observed }))
    if ('whenChanged' in effect && effect.whenChanged && changed !== undefined)
      sequels.push(followUp(effect.whenChanged, { changed }))
    await fileEffects(tx, row.stream, sequels, now)
  })
  if ('whenDone' in row.effect) options.wake(['perform'])
  options.log.debug({ effectId: row.id, stream: row.stream, kind: row.effect.kind, attempt: row.attempt }, 'delivered')
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
      if (!(await close(tx, { id: row.id, worker, outcome: 'dead', error: failure.code }, now))) return
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
