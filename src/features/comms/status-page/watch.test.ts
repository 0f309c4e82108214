import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseKinds } from '../../../../tests/support/database.ts'
import type { Database } from '../../../core/db.ts'
import { keepWatching, readWatched } from './watch.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
const at = (minute: number) => new Date(start + minute * 60_000)
const minutes = (intervals: readonly { from: number; until: number }[] = []) =>
  intervals.map(({ from, until }) => [(from - start) / 60_000, (until - start) / 60_000])

describe.each(databaseKinds)('watching, in a $kind database', ({ open }) => {
  const state = {} as { database: Database }
  beforeAll(async () => {
    state.database = await open()
  }, 60_000)
  afterAll(() => state.database.close())

  test('what is written every minute is one stretch, which goes on until now', async () => {
    const { db } = state.database
    for (const minute of [0, 1, 2]) await keepWatching(db, ['a', 'b'], at(minute))
    const watched = await readWatched(db, at(5))
    expect(minutes(watched.get('a'))).toEqual([[0, 5]])
    expect(minutes(watched.get('b'))).toEqual([[0, 5]])
  })

  test('a restart leaves no gap, a lost half hour does, and what is new begins when it is new', async () => {
    const { db } = state.database
    await keepWatching(db, ['a'], at(9))
    await keepWatching(db, ['a', 'c'], at(40))
    const watched = await readWatched(db, at(41))
    expect(minutes(watched.get('a'))).toEqual([
      [0, 9],
      [40, 41],
    ])
    // Taken out of tocsin.yml after the second minute.
    expect(minutes(watched.get('b'))).toEqual([[0, 2]])
    expect(minutes(watched.get('c'))).toEqual([[40, 41]])
  })

  test('replicas that write at once, one with a slow clock, make one stretch', async () => {
    const { db } = state.database
    await Promise.all([100, 101, 100, 99, 101].map((minute) => keepWatching(db, ['d'], at(minute))))
    const watched = await readWatched(db, at(101))
    expect(watched.get('d')).toHaveLength(1)
  })

  test('when nobody writes any more, the stretch ends where it was last written', async () => {
    const { db } = state.database
    await keepWatching(db, ['e'], at(200))
    expect(minutes((await readWatched(db, at(230))).get('e'))).toEqual([[200, 200]])
  })
})
