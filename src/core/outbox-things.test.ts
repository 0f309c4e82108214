import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { databaseKinds } from '../../tests/support/database.ts'
import { outboxBench, say, show } from '../../tests/support/outbox-bench.ts'
import type { Effect } from './effects.ts'
import { DeliveryError } from './ports.ts'

describe.each(databaseKinds)('on $kind', ({ open }) => {
  const on = outboxBench(open)
  const { start, file, said, openRows } = on

  test('a storm of changes to one thing is one delivery, of the newest', async () => {
    for (let n = 1; n <= 50; n += 1) await file('a/1', show('a/1/card', `version ${n}`))
    start()

    await expect.poll(said).toEqual(['version 50'])
    await expect.poll(openRows).toBe(0)
  })

  test('what changed while a delivery was under way is delivered after it', async () => {
    let finish = () => {}
    on.slack.next = [
      () =>
        new Promise((resolve) => {
          finish = () => resolve({ observed: { ts: '1.1' } })
        }),
    ]
    await file('a/1', show('a/1/card', 'old'))
    const outbox = start()
    await expect.poll(said).toEqual(['old'])
    await file('a/1', show('a/1/card', 'newer'))
    await file('a/1', show('a/1/card', 'newest'))
    finish()
    outbox.wake(['slack'])

    await expect.poll(said).toEqual(['old', 'newest'])
    expect(on.slack.seen[1]?.observed).toEqual({ ts: '1.1' })
  })

  test('a delivery in doubt hands its doubt to the newer state that replaces it', async () => {
    let fail = () => {}
    on.slack.next = [
      () =>
        new Promise((_, reject) => {
          fail = () => reject(new DeliveryError('timeout', 'unknown', { isOutage: true }))
        }),
    ]
    await file('a/1', show('a/1/card', 'old'))
    start()
    await expect.poll(said).toEqual(['old'])
    await file('a/1', show('a/1/card', 'new'))
    fail()

    await expect.poll(said, { timeout: 5_000 }).toEqual(['old', 'new'])
    expect(on.slack.seen.map((delivery) => delivery.isInDoubt)).toEqual([false, true])
  })

  test('what a thing is followed by happens once, after its first delivery, with what was observed', async () => {
    const channel: Effect = {
      kind: 'slack.channel',
      name: 'a/1/channel',
      desired: { name: 'x', isPrivate: false, topic: '', members: [] },
      whenDone: { feature: 'a', id: '1', command: { type: 'a.use' } },
      whenGivenUp: { feature: 'a', id: '1', command: { type: 'a.without' } },
    }
    on.slack.next = [async () => ({ observed: { channelId: 'C1' } }), async () => ({ observed: { channelId: 'C1' } })]
    await file('a/1', channel)
    const outbox = start()
    await expect.poll(() => on.performed.length).toBe(1)
    await file('a/1', channel)
    outbox.wake(['slack'])
    await expect.poll(() => on.slack.seen.length).toBe(2)
    await expect.poll(openRows).toBe(0)

    expect(on.performed.map(({ command }) => command)).toEqual([{ type: 'a.use', observed: { channelId: 'C1' } }])
  })

  const callback = (type: string) => ({ feature: 'a', id: '1', command: { type } })
  const channel = (topic: string, desired: { isArchived?: boolean } = {}): Effect => ({
    kind: 'slack.channel',
    name: 'a/1/channel',
    desired: { name: 'x', isPrivate: false, topic, members: [], ...desired },
    whenDone: callback('a.use'),
    whenGivenUp: callback('a.without'),
    whenChanged: callback('a.change'),
  })
  const inChannel = (text: string): Effect => ({ kind: 'slack.say', to: 'a/1/channel', message: { text } })

  test('in a channel that is there people read at once; its topic may wait for Slack', async () => {
    const pace = () => Promise.reject(new DeliveryError('paced', 'again', { retryAfterSeconds: 60 }))
    on.slack.next = [
      async () => ({ observed: { channelId: 'C1' }, isUnfinished: true }),
      ...Array.from(
        { length: 3 },
        () => (delivery: { isLook?: boolean }) => (delivery.isLook ? pace() : Promise.resolve({})),
      ),
    ]
    await file('a/1', channel('one'), inChannel('first'), inChannel('second'))
    start()

    await expect.poll(openRows).toBe(1)
    expect(said().toSorted()).toEqual(['first', 'second', 'slack.channel', 'slack.channel'])
    on.clock.advance(61_000)
    await expect.poll(openRows).toBe(0)
    expect(on.slack.seen.map(({ isLook }) => isLook === true).at(-1)).toBe(true)
    expect(on.performed.map(({ command }) => command.type)).toEqual(['a.use'])
  })

  test('an edit that was wanted before its message was there waits where edits wait', async () => {
    const posting = Promise.withResolvers<void>()
    on.slack.next = [
      () => posting.promise.then(() => ({ observed: { channelId: 'C1', ts: '1.1' } })),
      () => Promise.reject(new DeliveryError('paced', 'again', { retryAfterSeconds: 60 })),
    ]
    await file('a/1', show('a/1/card', 'one'))
    const outbox = start()
    await expect.poll(said).toEqual(['one'])
    await file('a/1', show('a/1/card', 'two'), say('what comes next'))
    posting.resolve()

    await expect.poll(said).toEqual(['one', 'two', 'what comes next'])
    on.clock.advance(61_000)
    outbox.wake(['slack'])
    await expect.poll(said).toEqual(['one', 'two', 'what comes next', 'two'])
  })

  test('what is archived ends after what was said before, and is opened again before anything else is said', async () => {
    on.slack.next = [async () => ({ observed: { channelId: 'C1' } })]
    await file('a/1', channel('one'))
    const outbox = start()
    await expect.poll(openRows).toBe(0)
    on.slack.next = [async () => ({}), async () => ({ observed: { channelId: 'C1', isArchived: true } })]

    await file('a/1', inChannel('last words'), channel('one', { isArchived: true }))
    outbox.wake(['slack'])
    await expect.poll(openRows).toBe(0)
    await file('a/1', channel('two'), inChannel('here again'))
    outbox.wake(['slack'])

    await expect.poll(openRows).toBe(0)
    expect(said()).toEqual(['slack.channel', 'last words', 'slack.channel', 'slack.channel', 'here again'])
  })

  test('of one thing one delivery is under way at a time, also where two lines hold one', async () => {
    on.slack.next = [async () => ({ observed: { channelId: 'C1' } })]
    await file('a/1', channel('one'))
    const outbox = start()
    await expect.poll(openRows).toBe(0)
    const slow = Promise.withResolvers<void>()
    on.slack.next = [() => slow.promise.then(() => ({}))]
    await file('a/1', channel('two'))
    outbox.wake(['slack'])
    await expect.poll(() => on.slack.seen.length).toBe(2)

    await file('a/1', channel('two', { isArchived: true }), inChannel('behind it'), say('elsewhere'))
    outbox.wake(['slack'])
    await expect.poll(said).toEqual(['slack.channel', 'slack.channel', 'elsewhere'])
    slow.resolve()

    await expect.poll(openRows).toBe(0)
    expect(said().slice(3)).toEqual(['slack.channel', 'behind it'])
  })

  test('a look is one delivery with what else is wanted, and what people changed is told once', async () => {
    const look: Effect = { kind: 'slack.look', name: 'a/1/channel' }
    await file('a/1', channel('one'))
    await on.database.db.execute(sql`update outbox set closed_at = now(), outcome = 'delivered'`)
    await on.database.db.execute(sql`update things set observed = '{"channelId":"C1"}'`)
    on.slack.next = [async () => ({ observed: { channelId: 'C1' }, changed: { name: 'war-room' } })]

    await file('inbox/1', look, look)
    await file('a/1', channel('two'))
    start()
    await expect.poll(() => on.performed.length).toBe(1)
    await expect.poll(openRows).toBe(0)

    expect(on.slack.seen).toMatchObject([{ isLook: true, effect: { desired: { topic: 'two' } } }])
    expect(on.performed.map(({ command }) => command)).toEqual([{ type: 'a.change', changed: { name: 'war-room' } }])
  })

  test('a look that could not be made is made by whoever comes after it', async () => {
    await file('a/1', show('a/1/card', 'one'))
    const outbox = start()
    await expect.poll(openRows).toBe(0)
    on.slack.next = [
      async () => {
        await file('a/1', show('a/1/card', 'two'))
        throw new DeliveryError('http_503', 'again')
      },
    ]

    await file('inbox/1', { kind: 'slack.look', name: 'a/1/card' })
    outbox.wake(['slack'])
    await expect.poll(() => on.slack.seen.length).toBe(3)

    expect(on.slack.seen.map((delivery) => delivery.isLook)).toEqual([false, true, true])
  })
})
