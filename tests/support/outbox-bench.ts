/** An outbox on a database of its own, with ports that write down what they are given. */
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach } from 'vitest'
import { type Database, rows } from '../../src/core/db.ts'
import type { Effect, PerformEffect } from '../../src/core/effects.ts'
import { type Outbox, startOutbox } from '../../src/core/outbox.ts'
import { fileEffects } from '../../src/core/outbox-store.ts'
import { type MovableClock, movableClock } from '../../src/lib/clock.ts'
import { countedMetrics, portsOf, quiet, type RecordingPort, recordingPort } from './port.ts'

export const say = (text: string): Effect => ({ kind: 'slack.say', to: '#ops', message: { text } })
export const show = (name: 'a/1/card' | 'a/2/card', text: string): Effect => ({
  kind: 'slack.show',
  name,
  to: '#ops',
  message: { text },
})
export const page: Effect = {
  kind: 'pager.trigger',
  key: 'k',
  service: 's',
  summary: 'wake up',
  severity: 'critical',
}

interface Scene {
  database: Database
  clock: MovableClock
  slack: RecordingPort
  pager: RecordingPort
  performed: PerformEffect[]
  /** What commands that wake nobody wait for. */
  stuck: Promise<void>
}

/** A new one for each test of the file. */
export function outboxBench(open: () => Promise<Database>) {
  const running: Outbox[] = []
  const scene = {} as Scene
  beforeEach(async () => {
    Object.assign(scene, {
      database: await open(),
      clock: movableClock(Date.now),
      slack: recordingPort(),
      pager: recordingPort(),
      performed: [],
      stuck: Promise.resolve(),
    } satisfies Scene)
  })
  afterEach(async () => {
    for (const outbox of running.splice(0)) await outbox.stop(1_000)
    await scene.database.close()
  })

  return Object.assign(scene, {
    start(worker = 'w1'): Outbox {
      const outbox = startOutbox({
        db: scene.database.db,
        clock: scene.clock,
        log: quiet,
        metrics: countedMetrics(),
        worker,
        ports: portsOf(scene.slack, scene.pager),
        perform: async (effect) => {
          scene.performed.push(effect)
          if (!effect.isUrgent) await scene.stuck
        },
        deadNotice: ({ code }) => ({ kind: 'slack.say', to: '#ops', message: { text: `given up: ${code}` } }),
      })
      running.push(outbox)
      return outbox
    },
    file: (subject: string, ...effects: Effect[]) =>
      fileEffects(scene.database.db, subject, effects, scene.clock.now()),
    said: () => scene.slack.seen.map(({ effect }) => ('message' in effect ? effect.message.text : effect.kind)),
    openRows: async () => (await rows(scene.database.db, sql`select id from outbox where closed_at is null`)).length,
  })
}
