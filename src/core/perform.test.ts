import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bells, byAna, makeBells, spineFor } from '../../tests/support/bell.ts'
import { databaseKinds } from '../../tests/support/database.ts'
import { type Database, rows } from './db.ts'
import { readJournal } from './journal.ts'
import { newSubject, perform } from './perform.ts'
import { on, subscriptionsOf } from './subscriptions.ts'

describe.each(databaseKinds)('on $kind', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
    await makeBells(database.db)
  })
  afterAll(() => database.close())

  test('state, journal and outbox change together', async () => {
    const spine = spineFor(database.db)
    const say = [{ kind: 'slack.say', to: '#ops', message: { text: 'ding' } }] as const

    await perform(spine, bells, 'a', { type: 'bell.ring', times: 2, say }, byAna('1'))

    expect(await bells.load(database.db, 'a')).toEqual({ rung: 2 })
    expect((await readJournal(database.db, 'bells', 'a')).map((entry) => entry.event.type)).toEqual([
      'bell.rung',
      'bell.rung',
    ])
    expect(
      await rows(database.db, sql`select stream, effect->>'to' as to from outbox where stream = 'slack:bells/a #ops'`),
    ).toEqual([
      { stream: 'slack:bells/a #ops', to: '#ops' },
      { stream: 'slack:bells/a #ops', to: '#ops' },
    ])
  })

  test('what is drawn from the state is drawn once, however much changed', async () => {
    const redraw = ({ rung }: { rung: number }) =>
      [{ kind: 'slack.show', name: 'bells/drawn/card', to: '#ops', message: { text: `${rung} times` } }] as const

    await perform(spineFor(database.db), { ...bells, redraw }, 'drawn', { type: 'bell.ring', times: 3 }, byAna('drawn'))

    const shown = sql`select desired -> 'message' ->> 'text' as text from things where name = 'bells/drawn/card'`
    expect(await rows(database.db, shown)).toEqual([{ text: '3 times' }])
  })

  test('when the outbox cannot take an effect, nothing at all has changed', async () => {
    const unfit = [
      {
        kind: 'timer.set',
        key: 'x',
        at: 'not a time',
        fire: { feature: 'bells', id: 'b', command: { type: 'bell.ring' } },
      },
    ] as const

    await expect(
      perform(spineFor(database.db), bells, 'b', { type: 'bell.ring', say: unfit }, byAna('2')),
    ).rejects.toThrow()

    expect(await bells.load(database.db, 'b')).toBeNull()
    expect(await readJournal(database.db, 'bells', 'b')).toEqual([])
  })

  test('a refusal changes nothing and is journalled with its reason', async () => {
    const outcome = await perform(spineFor(database.db), bells, 'c', { type: 'bell.refuse' }, byAna('3'))

    expect(outcome).toEqual({ id: 'c', refused: 'no', details: { because: 'asked to' } })
    const [entry] = await readJournal(database.db, 'bells', 'c')
    expect(entry?.event).toEqual({ type: 'bell.refuse.refused', refused: 'no', details: { because: 'asked to' } })
    expect(entry?.actor).toEqual({ kind: 'person', id: 'U_ANA' })
  })

  test('the same cause has its effect once, and tells again what it did', async () => {
    const spine = spineFor(database.db)
    const first = await perform(spine, bells, newSubject, { type: 'bell.ring' }, byAna('4'))
    const again = await perform(spine, bells, newSubject, { type: 'bell.ring' }, byAna('4'))

    expect(again).toEqual(first)
    expect(await bells.load(database.db, first.id)).toEqual({ rung: 1 })
  })

  test('twenty who want the same subject at once get it one after the other', async () => {
    const spine = spineFor(database.db)
    const ring = (n: number) => perform(spine, bells, 'd', { type: 'bell.ring' }, byAna(`5.${n}`))
    await Promise.all(Array.from({ length: 20 }, (_, n) => ring(n)))

    expect(await bells.load(database.db, 'd')).toEqual({ rung: 20 })
  })

  test('two replicas that work on one delivery at once do it once', async () => {
    const spine = spineFor(database.db)
    const both = await Promise.all(
      [1, 2].map(() => perform(spine, bells, newSubject, { type: 'bell.ring' }, byAna('6'))),
    )

    expect(new Set(both.map((outcome) => outcome.id)).size).toBe(1)
  })

  test('a feature on the right hears the event, and what it asks for is filed in the same transaction', async () => {
    const follow = { kind: 'perform', feature: 'bells', id: 'echo', command: { type: 'bell.ring' } } as const
    const subscriptions = subscriptionsOf([on('bell.rung', () => [follow])])

    await perform({ ...spineFor(database.db), subscriptions }, bells, 'e', { type: 'bell.ring' }, byAna('7'))

    expect(await rows(database.db, sql`select stream from outbox where port = 'perform'`)).toEqual([
      { stream: 'perform:bells/echo' },
    ])
  })
})
