import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseKinds } from '../../tests/support/database.ts'
import { countedMetrics, quiet } from '../../tests/support/port.ts'
import { type MovableClock, movableClock } from '../lib/clock.ts'
import { type Database, rows } from './db.ts'
import type { Effect } from './effects.ts'
import type { Loop } from './loop.ts'
import { fileEffects } from './outbox-store.ts'
import { startTimers } from './timers.ts'

describe.each(databaseKinds)('on $kind', ({ open }) => {
  let database: Database
  let clock: MovableClock
  const running: Loop[] = []

  beforeEach(async () => {
    database = await open()
    clock = movableClock(Date.now)
  })
  afterEach(async () => {
    for (const timers of running.splice(0)) await timers.stop()
    await database.close()
  })

  const start = () =>
    running.push(startTimers({ db: database.db, clock, log: quiet, metrics: countedMetrics(), wake: () => {} }))
  const inMinutes = (key: string, minutes: number): Effect => ({
    kind: 'timer.set',
    key,
    at: new Date(clock.now().getTime() + minutes * 60_000).toISOString(),
    fire: { feature: 'a', id: key, command: { type: 'a.due' } },
  })
  const fired = () =>
    rows<{ id: string; late: number }>(
      database.db,
      sql`select effect->>'id' as id, (effect->'actor'->>'lateSeconds')::int as late from outbox order by id`,
    )

  test('a timer fires when it is due, not before, and once', async () => {
    await fileEffects(database.db, 'a/1', [inMinutes('one', 5)], clock.now())
    start()
    clock.advance(4 * 60_000)
    expect(await fired()).toEqual([])
    clock.advance(60_000)

    await expect.poll(fired).toMatchObject([{ id: 'one' }])
    clock.advance(60_000)
    expect(await fired()).toHaveLength(1)
  })

  test('set again means moved, cancelled means never', async () => {
    await fileEffects(database.db, 'a/1', [inMinutes('moved', 1), inMinutes('gone', 1)], clock.now())
    await fileEffects(database.db, 'a/1', [inMinutes('moved', 10), { kind: 'timer.cancel', key: 'gone' }], clock.now())
    start()
    clock.advance(5 * 60_000)
    await expect.poll(() => rows(database.db, sql`select key from timers`)).toEqual([{ key: 'moved' }])
    clock.advance(5 * 60_000)

    await expect.poll(fired).toMatchObject([{ id: 'moved' }])
  })

  test('one that was missed while nobody ran fires once, and says how late it is', async () => {
    await fileEffects(database.db, 'a/1', [inMinutes('missed', 1)], clock.now())
    clock.advance(61 * 60_000)
    start()

    await expect.poll(fired).toEqual([{ id: 'missed', late: 3_600 }])
  })

  test('two replicas fire each timer once', async () => {
    await fileEffects(
      database.db,
      'a/1',
      Array.from({ length: 30 }, (_, n) => inMinutes(`t${n}`, 1)),
      clock.now(),
    )
    start()
    start()
    clock.advance(60_000)

    await expect.poll(async () => (await fired()).length).toBe(30)
    expect(new Set((await fired()).map((row) => row.id)).size).toBe(30)
  })
})
