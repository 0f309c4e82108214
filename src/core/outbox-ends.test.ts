/** Whoever waited for a delivery goes on when it ends. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../tests/support/database.ts'
import { outboxBench, say } from '../../tests/support/outbox-bench.ts'
import { rows } from './db.ts'
import { close, take } from './outbox-store.ts'

const on = outboxBench(freshDatabase)
const { start, file, said } = on

test('an end says where something waits that could be taken, and nowhere else', async () => {
  const now = on.clock.now()
  const go = { kind: 'perform', feature: 'a', id: '1', command: { type: 'a.go' } } as const
  await file('a/1', { ...go, isUrgent: true }, go)
  await file('a/2', say('elsewhere'))
  const { taken } = await take(on.database.db, { port: 'urgent', worker: 'w', limit: 1, now, isInDoubtAtOnce: true })
  const closing = {
    id: taken[0]?.id ?? 0,
    worker: 'w',
    outcome: 'delivered',
    neighbours: ['urgent', 'perform'],
  } as const

  expect(await close(on.database.db, closing, now)).toEqual({ isOurs: true, next: ['perform'] })
  expect(await close(on.database.db, closing, now)).toMatchObject({ isOurs: false })
})

test('who is filed while the one before is being ended goes next, and waits for nobody to look again', async () => {
  const rounds = Array.from({ length: 12 }, (_, round) => round)
  const outbox = start()
  const { db } = on.database
  let waited = 0
  for (const round of rounds) {
    // In sequence: each is a race of its own.
    const answer = Promise.withResolvers<void>()
    on.slack.next = [() => answer.promise.then(() => ({}))]
    await file('a/1', say(`first ${round}`))
    outbox.wake(['slack'])
    await expect.poll(said).toContain(`first ${round}`)
    await db.transaction(async (tx) => {
      await tx.execute(sql`select from outbox where closed_at is null for update`)
      answer.resolve()
      const waiting = () =>
        rows(db, sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
      await expect.poll(async () => (await waiting()).length, { interval: 5 }).toBe(1)
      await file('a/1', say(`second ${round}`))
      outbox.wake(['slack'])
      await new Promise((resolve) => setTimeout(resolve, 30))
    })
    const ended = performance.now()
    await expect.poll(said, { interval: 5 }).toContain(`second ${round}`)
    waited += performance.now() - ended
  }
  // Somebody looks once a second.
  expect(waited).toBeLessThan(rounds.length * 250)
})
