/**
 * Takes what comes in. A delivery becomes one durable row and may then be acknowledged; the work starts at once in this
 * process and is picked up by any replica if this one dies.
 *
 * Deliveries that arrive together share one INSERT and one commit, so a storm costs little more than a trickle.
 */
import type { Clock } from '../lib/clock.ts'
import { type Db, isDatabaseAway } from './db.ts'
import type { Effect } from './effects.ts'
import {
  claimInbox,
  claimSuspects,
  closeInbox,
  countOpen,
  extendInboxLeases,
  giveUpInbox,
  type Incoming,
  type Inserted,
  insertAll,
  type Received,
  releaseInbox,
} from './inbox-store.ts'
import type { Log } from './log.ts'
import { startLoop } from './loop.ts'
import type { Metrics } from './metrics.ts'
import { NotYet } from './our-channels.ts'
import { fileEffects, heartbeatMilliseconds, type Wanted } from './outbox-store.ts'

/** Who works on what came from one kind of source. */
export interface Lane {
  /** Whether this lane is for the source: `slack`, `hooks/alertmanager`. */
  takes(source: string): boolean
  /** How many deliveries are handed over together, and how many such handfuls are worked on at once. */
  batch: number
  concurrency: number
  /**
   * After a handful of this size the next one begins no sooner than so long after it began. In a storm handfuls then
   * grow instead of multiplying, and accepting, which senders wait for, has the machine for most of the time.
   */
  storm?: { size: number; paceMilliseconds: number }
  /**
   * Does the work. May be called again for the same deliveries after a crash: what it performs must carry the
   * delivery's id as its cause. The effects it returns (answers) are filed when the delivery is closed.
   */
  work(received: readonly Received[]): Promise<readonly Effect[]>
  /** What to tell whom when a delivery failed again and again, or processes kept dying of it. */
  gaveUp(received: Received): Promise<readonly Effect[]> | readonly Effect[]
}

export interface Inbox {
  accept(incoming: Incoming): Promise<Inserted>
  stop(graceMilliseconds: number): Promise<void>
}

export interface InboxOptions {
  db: Db
  clock: Clock
  log: Log
  metrics: Metrics
  worker: string
  lanes: readonly Lane[]
  wake(wanted: readonly Wanted[]): void
}

// Bodies waiting in memory. Beyond this, rows are left in the table and fetched when there is room.
const memoryBytesMax = 16 * 1024 * 1024
// Deliveries in one INSERT, and attempts before a delivery is given up.
const insertMax = 500
export const attemptsMax = 6

export function startInbox(options: InboxOptions): Inbox {
  const { db, clock, log, worker } = options
  const lanes = options.lanes.map((lane) => ({
    lane,
    queue: [] as Received[],
    busy: 0,
    notBefore: 0,
    isResting: false,
  }))
  const underWay = new Set<Promise<void>>()
  const waiting: { incoming: Incoming; resolve(inserted: Inserted): void; reject(error: unknown): void }[] = []
  const state = { isInserting: false, isStopping: false, bytes: 0, suspects: new Set<number>() }

  function accept(incoming: Incoming): Promise<Inserted> {
    return new Promise((resolve, reject) => {
      waiting.push({ incoming, resolve, reject })
      if (!state.isInserting) void insertWaiting()
    })
  }

  async function insertWaiting(): Promise<void> {
    state.isInserting = true
    while (waiting.length > 0) {
      const together = waiting.splice(0, insertMax)
      const now = clock.now()
      const hasRoom = state.bytes < memoryBytesMax && !state.isStopping
      try {
        const batch = together.map((one) => one.incoming)
        const inserted = await insertAll(db, batch, { now, worker: hasRoom ? worker : null })
        for (const [index, one] of together.entries()) {
          const row = inserted[index]
          if (!row) continue
          one.resolve(row)
          if (row.isNew && hasRoom) enqueue({ id: row.id, ...one.incoming, receivedAt: now, attempt: 1 })
        }
      } catch (error) {
        for (const one of together) one.reject(error)
      }
    }
    state.isInserting = false
  }

  function enqueue(received: Received): void {
    const home = lanes.find(({ lane }) => lane.takes(received.source))
    if (!home) {
      log.error({ source: received.source, inboxId: received.id }, 'nobody works on this source')
      state.suspects.delete(received.id)
      return
    }
    state.bytes += received.body.length
    home.queue.push(received)
    // Not at once: whatever arrived in the same commit is then worked on together.
    setImmediate(() => pump(home))
  }

  function pump(home: (typeof lanes)[number]): void {
    while (home.queue.length > 0 && home.busy < home.lane.concurrency && !state.isStopping) {
      if (isTooSoon(home)) return
      const batch = home.queue.splice(0, home.lane.batch)
      const { storm } = home.lane
      if (storm && batch.length >= storm.size) home.notBefore = performance.now() + storm.paceMilliseconds
      home.busy += 1
      const work = workOn(options, home.lane, batch).finally(() => {
        for (const received of batch) state.bytes -= received.body.length
        home.busy -= 1
        underWay.delete(work)
        pump(home)
        const wereSuspects = batch.filter(({ id }) => state.suspects.delete(id)).length > 0
        if (wereSuspects && state.suspects.size === 0) orphans.wake()
      })
      underWay.add(work)
    }
  }

  function isTooSoon(home: (typeof lanes)[number]): boolean {
    const left = home.notBefore - performance.now()
    if (left <= 0) return false
    if (!home.isResting) {
      home.isResting = true
      setTimeout(() => {
        home.isResting = false
        pump(home)
      }, left)
    }
    return true
  }

  const orphans = startLoop({
    clock,
    everyMilliseconds: 1_000,
    async look() {
      const { open, suspects } = await countOpen(db)
      options.metrics.inboxPending.set(open)
      if (state.bytes >= memoryBytesMax) return null
      const found = await claimInbox(db, worker, 100, clock.now())
      for (const received of found) enqueue(received)
      if (found.length > 0) return found.length === 100 ? clock.now() : null
      if (suspects > 0 && state.suspects.size === 0) await trySuspects()
      return null
    },
    onError(error) {
      if (isDatabaseAway(error)) log.warn('inbox: the database is away, will look again')
      else log.error({ err: error }, 'looking for unfinished deliveries failed')
    },
  })

  /** A handful at a time; the next as soon as it is over. */
  async function trySuspects(): Promise<void> {
    for (const received of await claimSuspects(db, worker, clock.now())) {
      if (received.attempt > attemptsMax) {
        // In sequence and rare.
        await giveUp(options, received, 'the process died whenever this was worked on')
      } else {
        state.suspects.add(received.id)
        enqueue(received)
      }
    }
  }

  const heartbeat = setInterval(() => {
    if (state.bytes > 0) extendInboxLeases(db, worker).catch(() => {})
  }, heartbeatMilliseconds).unref()

  return {
    accept,
    async stop(graceMilliseconds) {
      state.isStopping = true
      await orphans.stop()
      const finished = Promise.allSettled([...underWay])
      await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, graceMilliseconds))])
      clearInterval(heartbeat)
      const left = lanes.flatMap(({ queue }) => queue)
      if (left.length > 0) await handBack(options, left)
    },
  }
}

async function workOn(options: InboxOptions, lane: Lane, batch: readonly Received[]): Promise<void> {
  const { db, clock, log, worker } = options
  const ids = batch.map((received) => received.id)
  try {
    const effects = await lane.work(batch)
    if (effects.length === 0) return void (await closeInbox(db, ids, worker))
    const wanted = await db.transaction(async (tx) => {
      const closed = await closeInbox(tx, ids, worker)
      // Taken over by another replica meanwhile: that one answers.
      if (closed === 0) return []
      return fileEffects(tx, `inbox/${ids[0]}`, effects, clock.now())
    })
    options.wake(wanted)
  } catch (error) {
    // One of them is bad, and the others must not suffer for it: each alone.
    if (batch.length > 1 && !isDatabaseAway(error)) {
      for (const received of batch) await workOn(options, lane, [received])
      return
    }
    const level = error instanceof NotYet ? 'debug' : isDatabaseAway(error) ? 'warn' : 'error'
    log[level]({ inboxIds: ids.slice(0, 10), err: error }, 'working on a delivery failed')
    await settle(options, batch, error).catch((failure: unknown) => {
      // The lease runs out and the rows are taken again.
      log.warn({ inboxIds: ids.slice(0, 10), err: failure }, 'could not put a delivery back')
    })
  }
}

async function settle(options: InboxOptions, batch: readonly Received[], error: unknown): Promise<void> {
  const { db, clock, worker } = options
  const now = clock.now()
  const reason = error instanceof Error ? error.message.slice(0, 500) : String(error)
  for (const received of batch) {
    // In sequence: each fails for itself, and the next try takes them apart from each other.
    if (received.attempt < attemptsMax || isDatabaseAway(error)) {
      const notBefore = new Date(now.getTime() + Math.min(2 ** received.attempt, 60) * 500)
      const failures = isDatabaseAway(error) ? failedBefore(received) : received.attempt
      await releaseInbox(db, [{ id: received.id, failures }], { worker, notBefore, error: reason })
    } else await giveUp(options, received, reason)
  }
}

async function giveUp(options: InboxOptions, received: Received, because: string): Promise<void> {
  const { db, clock, log, worker, lanes, wake } = options
  log.error({ inboxId: received.id, source: received.source, because }, 'a delivery was given up')
  const lane = lanes.find((one) => one.takes(received.source))
  // Even to say so may be what processes die of. Then it is given up in silence, but for the log.
  const isSpeakable = received.attempt <= attemptsMax + 1
  const effects = isSpeakable ? ((await lane?.gaveUp(received)) ?? []) : []
  const wanted = await db.transaction(async (tx) => {
    const isOurs = await giveUpInbox(tx, received.id, worker, because)
    return isOurs ? fileEffects(tx, `inbox/${received.id}`, effects, clock.now()) : []
  })
  wake(wanted)
}

/** A try that the database or the end of the process cut short has not failed. */
function failedBefore({ attempt }: Received): number {
  return attempt - 1
}

async function handBack({ db, clock, worker, log }: InboxOptions, left: readonly Received[]): Promise<void> {
  const released = left.map((received) => ({ id: received.id, failures: failedBefore(received) }))
  try {
    await releaseInbox(db, released, { worker, notBefore: clock.now(), error: 'the process stopped' })
  } catch (error) {
    log.warn({ err: error }, 'could not hand back deliveries; another process takes them when the lease is over')
  }
}
