/**
 * The runner: takes what has something to do, and brings each action as far as it goes by itself.
 *
 * It may run in the bot, or alone on another machine with the same database (`tocsin runner`), so that the process that
 * faces Slack holds no key of production. It works outside of the outbox, because what it waits for takes minutes.
 * Whatever it learns becomes a command; nothing is kept in its memory that a successor would need.
 */
import { randomUUID } from 'node:crypto'
import { isDatabaseAway } from '../../core/db.ts'
import type { LongWork } from '../../core/feature.ts'
import { type Loop, startLoop } from '../../core/loop.ts'
import { exportAnchor } from './audit.ts'
import type { ActionsConfig } from './config.ts'
import { claim, extend, heartbeatMilliseconds, release } from './leases.ts'
import type { Pace } from './order.ts'
import { step } from './steps.ts'
import { load } from './store.ts'

const atOnce = 20

export function startRunner(work: LongWork): Loop {
  const { spine, clock, log } = work
  const owner = randomUUID()
  const driven = new Map<string, Drive>()
  const state = { isStopping: false }

  const look = async (): Promise<Date | null> => {
    const free = atOnce - driven.size
    if (free === 0) return null
    for (const id of await claim(spine.db, owner, free)) start(id)
    // What waits for a click in Slack may be released in another process: it is looked for often.
    return work.isAlone ? new Date(clock.now().getTime() + 200) : null
  }

  function start(id: string): void {
    const one: Drive = { isOurs: true, wake: () => {}, isWoken: false, done: Promise.resolve() }
    driven.set(id, one)
    one.done = drive(work, id, one, () => state.isStopping)
      .catch((error: unknown) => {
        const level = isDatabaseAway(error) ? 'warn' : 'error'
        log[level]({ action: id, err: error }, 'work on an action was interrupted, and is taken up again')
        // Not released: the lease runs out, which is the pause before somebody tries again.
        return false
      })
      .then(async (isThrough) => {
        driven.delete(id)
        if (isThrough) await letGo(work, owner, id).catch(() => {})
        if (isThrough && !state.isStopping) loop.wake()
      })
  }

  const heartbeat = setInterval(() => {
    // Only what is driven now: what is taken while this is asked has a fresh lease, and is not in the answer.
    const asked = [...driven]
    if (asked.length === 0) return
    extend(
      spine.db,
      owner,
      asked.map(([id]) => id),
    )
      .then((kept) => {
        for (const [id, one] of asked) if (!kept.includes(id)) one.isOurs = false
      })
      .catch((error: unknown) => log.warn({ err: error }, 'the leases of actions could not be extended'))
  }, heartbeatMilliseconds).unref()

  const onError = (error: unknown) => {
    if (isDatabaseAway(error)) log.warn('actions: the database is away, will look again')
    else log.error({ err: error }, 'looking for actions failed')
  }
  const loop = startLoop({ look, everyMilliseconds: 1_000, clock, onError })
  const wakeAll = () => {
    for (const one of driven.values()) one.wake()
  }
  const stopListening = clock.onMove(wakeAll)
  return {
    wake() {
      loop.wake()
      wakeAll()
    },
    /** Takes nothing new and lets go of what it watches. What runs goes on: it was never a child of this process. */
    async stop() {
      state.isStopping = true
      stopListening()
      await loop.stop()
      wakeAll()
      await Promise.race([Promise.all([...driven.values()].map((one) => one.done)), pause(graceMilliseconds)])
      clearInterval(heartbeat)
    },
  }
}

/** Others may take it now; of what is over and mattered, the record's head is written down elsewhere. */
async function letGo(work: LongWork, owner: string, id: string): Promise<void> {
  const { db } = work.spine
  await release(db, owner, id)
  const action = await load(db, id)
  if (action === null || action.endedAt === null || action.tier < 2) return
  await exportAnchor(db, work.clock.now(), (work.config.actions as ActionsConfig).anchorFile, work.log)
}

const graceMilliseconds = 3_000

interface Drive {
  isOurs: boolean
  isWoken: boolean
  wake(): void
  done: Promise<unknown>
}

/** True when the action needs no runner for now. */
async function drive(work: LongWork, id: string, one: Drive, isStopping: () => boolean): Promise<boolean> {
  const pace: Pace = { sinceSeen: new Map(), passes: 0, saidAt: 0, said: '', stopAskedAt: null, troubleSince: null }
  for (;;) {
    if (!one.isOurs) return false
    if (isStopping()) return true
    const action = await load(work.spine.db, id)
    if (action === null) return true
    const next = await step(work, action, pace)
    if (next === 'enough') return true
    if (next === 'on') continue
    await sleep(next, one)
  }
}

/** Until the time has come, or somebody says that something has changed. */
function sleep(milliseconds: number, one: Drive): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    one.wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
}
