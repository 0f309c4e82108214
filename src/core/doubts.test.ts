import { sql } from 'drizzle-orm'
import { expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../../tests/support/database.ts'
import { startDoubts } from './doubts.ts'
import { fileEffects, take } from './outbox-store.ts'

const now = new Date('2026-03-02T12:00:00Z')

async function filed(count: number) {
  const { db, close } = await freshDatabase()
  onTestFinished(close)
  const mails = Array.from({ length: count }, (_, n) => ({ to: [`reader-${n}@example.com`], subject: 's', text: 't' }))
  await fileEffects(
    db,
    'comms/1',
    mails.map((mail) => ({ kind: 'mail.send', ...mail })),
    now,
  )
  return {
    db,
    takeAs: async (worker: string) => {
      const wanted = { port: 'mail', worker, limit: count, now, isInDoubtAtOnce: false } as const
      return (await take(db, wanted)).taken.map(({ id, wasInDoubt }) => ({ id, wasInDoubt }))
    },
    die: () => db.execute(sql`update outbox set leased_until = now() - interval '1 second'`),
  }
}

test('a worker that dies before it speaks of a doubt leaves none; one that spoke leaves its own', async () => {
  const { db, takeAs, die } = await filed(3)
  await takeAs('first')
  await die()

  const taken = await takeAs('second')
  expect(taken.map(({ wasInDoubt }) => wasInDoubt)).toEqual([false, false, false])
  const noteDoubt = startDoubts(db, 'second')
  await Promise.all(taken.slice(0, 2).map(({ id }) => noteDoubt(id)))
  await die()

  expect((await takeAs('third')).map(({ wasInDoubt }) => wasInDoubt)).toEqual([true, true, false])
})

test('who was thought dead, and lives, is told that the effect is not theirs any more', async () => {
  const { db, takeAs, die } = await filed(2)
  const [one, two] = await takeAs('slow')
  await die()
  await takeAs('quick')

  const noteDoubt = startDoubts(db, 'slow')
  const outcomes = await Promise.allSettled([one, two].map((row) => noteDoubt(row?.id ?? 0)))

  expect(outcomes).toMatchObject([{ reason: { code: 'taken_over' } }, { reason: { code: 'taken_over' } }])
})
