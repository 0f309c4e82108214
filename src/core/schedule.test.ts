import { createTask } from 'node-cron'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../tests/support/database.ts'
import { quiet } from '../../tests/support/port.ts'
import type { Database } from './db.ts'
import { newestMissed, startSchedule, takeSlot } from './schedule.ts'

const daily = createTask('17 3 * * *', () => {}, { timezone: 'UTC' })
const state = {} as { database: Database }
beforeAll(async () => {
  state.database = await freshDatabase()
})
afterAll(() => state.database.close())

test('of several replicas, one runs a slot', async () => {
  const slot = new Date('2026-11-20T03:17:00Z')
  const taken = await Promise.all([1, 2, 3].map(() => takeSlot(state.database.db, 'x', slot)))

  expect(taken.filter(Boolean)).toHaveLength(1)
  expect(await takeSlot(state.database.db, 'x', new Date('2026-11-21T03:17:00Z'))).toBe(true)
})

test('after three days away the newest missed slot is due, and only that one', () => {
  const missed = newestMissed(daily, new Date('2026-11-17T03:17:00Z'), new Date('2026-11-21T10:00:00Z'))

  expect(missed).toEqual(new Date('2026-11-21T03:17:00Z'))
})

test('whoever ran at the time has missed nothing', () => {
  expect(newestMissed(daily, new Date('2026-11-21T03:17:00Z'), new Date('2026-11-21T10:00:00Z'))).toBeNull()
})

test('what was missed while nobody ran is run once at start', async () => {
  await takeSlot(state.database.db, 'late', new Date(Date.now() - 3 * 86_400_000))
  const slots: Date[] = []
  const job = {
    name: 'late',
    cron: '17 3 * * *',
    runs: 'once',
    run: async (slot: Date) => void slots.push(slot),
  } as const
  const first = await startSchedule(state.database.db, quiet, [job])
  const second = await startSchedule(state.database.db, quiet, [job])

  expect(slots).toHaveLength(1)
  await Promise.all([first.stop(), second.stop()])
})
