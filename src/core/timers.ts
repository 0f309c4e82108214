/**
 * Turns due moments into commands. A due timer is taken off the table and put into the outbox as a `perform` in one
 * transaction, so it fires once, on one replica, and one that was missed while nobody ran fires once, marked late.
 */
import type { Clock } from '../lib/clock.ts'
import { type Db, isDatabaseAway } from './db.ts'
import type { PerformEffect } from './effects.ts'
import type { Log } from './log.ts'
import { type Loop, startLoop } from './loop.ts'
import type { Metrics } from './metrics.ts'
import { fileEffects, type Wanted } from './outbox-store.ts'
import { type DueTimer, nextTimer, takeDueTimers } from './timers-store.ts'

export interface TimersOptions {
  db: Db
  clock: Clock
  log: Log
  metrics: Metrics
  wake(wanted: readonly Wanted[]): void
}

const atOnce = 50

export function startTimers({ db, clock, log, metrics, wake }: TimersOptions): Loop {
  const look = async (): Promise<Date | null> => {
    const now = clock.now()
    const next = await nextTimer(db)
    if (next === null || next > now) return next
    const { fired, wanted } = await db.transaction(async (tx) => {
      const due = await takeDueTimers(tx, now, atOnce)
      const ports: Wanted[] = []
      // In sequence: timers of one subject fire in the order in which they were due.
      for (const timer of due)
        ports.push(...(await fileEffects(tx, `timers/${timer.key}`, [commandOf(timer, now)], now)))
      return { fired: due, wanted: ports }
    })
    for (const timer of fired) metrics.timersLate.observe((now.getTime() - timer.dueAt.getTime()) / 1_000)
    wake(wanted)
    return fired.length === atOnce ? now : nextTimer(db)
  }
  const onError = (error: unknown) => {
    if (isDatabaseAway(error)) log.warn('timers: the database is away, will look again')
    else log.error({ err: error }, 'looking for due timers failed')
  }
  return startLoop({ look, everyMilliseconds: 1_000, clock, onError })
}

function commandOf(timer: DueTimer, now: Date): PerformEffect {
  const lateSeconds = Math.round((now.getTime() - timer.dueAt.getTime()) / 1_000)
  return { kind: 'perform', ...timer.fire, actor: { kind: 'timer', key: timer.key, lateSeconds } }
}
