import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseKinds } from '../../tests/support/database.ts'
import { countedMetrics, portsOf, quiet, type RecordingPort, recordingPort } from '../../tests/support/port.ts'
import { type MovableClock, movableClock } from '../lib/clock.ts'
import { type Database, rows } from './db.ts'
import type { Effect, PerformEffect } from './effects.ts'
import { type Outbox, startOutbox } from './outbox.ts'
import { fileEffects, take } from './outbox-store.ts'
import { DeliveryError } from './ports.ts'

const say = (text: string): Effect => ({ kind: 'slack.say', to: '#ops', message: { text } })
const show = (name: 'a/1/card' | 'a/2/card', text: string): Effect => ({
  kind: 'slack.show',
  name,
  to: '#ops',
  message: { text },
})
const page: Effect = { kind: 'pager.trigger', key: 'k', service: 's', summary: 'wake up', severity: 'critical' }

describe.each(databaseKinds)('on $kind', ({ open }) => {
  let database: Database
  let clock: MovableClock
  let slack: RecordingPort
  let pager: RecordingPort
  let performed: PerformEffect[]
  /** What commands that wake nobody wait for. */
  let stuck: Promise<void>
  const running: Outbox[] = []

  beforeEach(async () => {
    database = await open()
    clock = movableClock(Date.now)
    slack = recordingPort()
    pager = recordingPort()
    performed = []
    stuck = Promise.resolve()
  })
  afterEach(async () => {
    for (const outbox of running.splice(0)) await outbox.stop(1_000)
    await database.close()
  })

  function start(worker = 'w1'): Outbox {
    const outbox = startOutbox({
      db: database.db,
      clock,
      log: quiet,
      metrics: countedMetrics(),
      worker,
      ports: portsOf(slack, pager),
      perform: async (effect) => {
        performed.push(effect)
        if (!effect.isUrgent) await stuck
      },
      deadNotice: ({ code }) => ({ kind: 'slack.say', to: '#ops', message: { text: `given up: ${code}` } }),
    })
    running.push(outbox)
    return outbox
  }
  const file = (subject: string, ...effects: Effect[]) => fileEffects(database.db, subject, effects, clock.now())
  const said = () => slack.seen.map(({ effect }) => ('message' in effect ? effect.message.text : effect.kind))
  const openRows = async () => (await rows(database.db, sql`select id from outbox where closed_at is null`)).length

  test('a stream is said in the order in which it was decided', async () => {
    await file('a/1', ...Array.from({ length: 10 }, (_, n) => say(`${n}`)))
    start()

    await expect.poll(said).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })

  test("what is said in a subject's channel waits for the channel, whoever says it", async () => {
    slack.next = [() => Promise.reject(new DeliveryError('http_503', 'again', { retryAfterSeconds: 60 }))]
    await file('a/1', { kind: 'slack.say', to: 'a/1/channel', message: { text: 'first' } })
    await file('b/7', { kind: 'slack.say', to: 'a/1/channel', message: { text: 'second' } })
    start()
    await expect.poll(said).toEqual(['first'])

    clock.advance(61_000)
    await expect.poll(said).toEqual(['first', 'first', 'second'])
  })

  test("what waits for its turn in everybody's channel holds up nothing in the subject's own", async () => {
    slack.next = [() => Promise.reject(new DeliveryError('ratelimited', 'again', { retryAfterSeconds: 60 }))]
    await file('a/1', { kind: 'slack.say', to: '#incidents', message: { text: 'announced' } })
    start()
    await expect.poll(said).toEqual(['announced'])
    await file('a/1', { kind: 'slack.say', to: 'a/1/channel', message: { text: 'in its own channel' } })
    running[0]?.wake(['slack'])

    await expect.poll(said).toEqual(['announced', 'in its own channel'])
  })

  test('one stuck stream holds up itself only, and then goes on in order', async () => {
    slack.next = [() => Promise.reject(new DeliveryError('http_503', 'again', { retryAfterSeconds: 60 }))]
    await file('a/1', say('stuck'), say('after'))
    start()
    await expect.poll(said).toEqual(['stuck'])
    await file('a/2', say('other'))
    running[0]?.wake(['slack'])
    await expect.poll(said).toEqual(['stuck', 'other'])

    clock.advance(61_000)

    await expect.poll(said).toEqual(['stuck', 'other', 'stuck', 'after'])
  })

  test('a page goes out while Slack takes everything and answers nothing', async () => {
    slack.next = Array.from(
      { length: 100 },
      () =>
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    )
    await file('a/1', say('x'), page)
    start()

    await expect.poll(() => pager.seen.length).toBe(1)
  })

  test('a command by which somebody may be woken waits for no other command', async () => {
    const command = (id: string, isUrgent: boolean): Effect => {
      const asked = { kind: 'perform' as const, feature: 'a', id, command: { type: 'a.go' } }
      return isUrgent ? { ...asked, isUrgent } : asked
    }
    const release = Promise.withResolvers<void>()
    stuck = release.promise
    for (let n = 0; n < 20; n += 1) await file(`a/${n}`, command(`${n}`, false))
    await file('a/20', command('page', true))
    start()

    await expect.poll(() => performed.map(({ id }) => id)).toContain('page')
    expect(performed.length).toBeLessThan(20)
    release.resolve()
  })

  test('while Slack is away one delivery at a time asks whether it is back, and then all go out', async () => {
    let underWay = 0
    const atOnce: number[] = []
    const away: RecordingPort['next'][number] = async () => {
      underWay += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
      atOnce.push(underWay)
      underWay -= 1
      throw new DeliveryError('http_503', 'again', { isOutage: true })
    }
    slack.next = Array.from({ length: 15 }, () => away)
    for (let n = 0; n < 30; n += 1) await file(`a/${n}`, say(`${n}`))
    start()

    await expect.poll(() => atOnce.length, { timeout: 10_000 }).toBe(15)
    clock.advance(60_000)
    await expect.poll(openRows).toBe(0)
    // What was under way when it went away ends; after that there is never more than one.
    expect(atOnce.slice(12)).toEqual([1, 1, 1])
  })

  test('a storm of changes to one thing is one delivery, of the newest', async () => {
    for (let n = 1; n <= 50; n += 1) await file('a/1', show('a/1/card', `version ${n}`))
    start()

    await expect.poll(said).toEqual(['version 50'])
    await expect.poll(openRows).toBe(0)
  })

  test('what changed while a delivery was under way is delivered after it', async () => {
    let finish = () => {}
    slack.next = [
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
    expect(slack.seen[1]?.observed).toEqual({ ts: '1.1' })
  })

  test('a delivery in doubt hands its doubt to the newer state that replaces it', async () => {
    let fail = () => {}
    slack.next = [
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
    expect(slack.seen.map((delivery) => delivery.isInDoubt)).toEqual([false, true])
  })

  test('an attempt whose outcome is not known says so to the next one; one that surely failed does not', async () => {
    slack.next = [
      () => Promise.reject(new DeliveryError('http_500', 'again')),
      () => Promise.reject(new DeliveryError('timeout', 'unknown')),
    ]
    await file('a/1', say('x'))
    start()
    await expect.poll(() => slack.seen.length).toBe(1)
    clock.advance(60_000)
    await expect.poll(() => slack.seen.length).toBe(2)
    clock.advance(60_000)

    await expect
      .poll(() => slack.seen.map((delivery) => [delivery.attempt, delivery.isInDoubt]))
      .toEqual([
        [1, false],
        [2, false],
        [3, true],
      ])
  })

  test('what can never be delivered is given up at once, the operators hear of it, and the stream goes on', async () => {
    slack.next = [() => Promise.reject(new DeliveryError('is_archived', 'never'))]
    await file('a/1', say('lost'), say('next'))
    start()

    await expect.poll(async () => said().toSorted()).toEqual(['given up: is_archived', 'lost', 'next'])
    const dead = await rows(database.db, sql`select last_error from outbox where outcome = 'dead'`)
    expect(dead).toEqual([{ last_error: 'is_archived' }])
  })

  test('an effect that fails for its own reasons eight times is given up; one that waits for an outage never is', async () => {
    slack.next = Array.from({ length: 20 }, (_, n) => ({ effect }) => {
      const isOwn = 'message' in effect && effect.message.text === 'poison'
      return Promise.reject(new DeliveryError(`e${n}`, 'again', { isOutage: !isOwn }))
    })
    await file('a/1', say('poison'))
    await file('a/2', say('patient'))
    start()
    for (let n = 1; n <= 8; n += 1) {
      await expect.poll(() => said().filter((text) => text === 'poison').length).toBe(n)
      await expect.poll(() => rows(database.db, sql`select 1 as x from outbox where leased_by is not null`)).toEqual([])
      clock.advance(60_000)
    }

    await expect.poll(() => said().filter((text) => text.startsWith('given up')).length).toBeGreaterThan(0)
    expect(await rows(database.db, sql`select outcome from outbox where outcome = 'dead'`)).toHaveLength(1)
  })

  test('what a thing is followed by happens once, after its first delivery, with what was observed', async () => {
    const channel: Effect = {
      kind: 'slack.channel',
      name: 'a/1/channel',
      desired: { name: 'x', isPrivate: false, topic: '', members: [] },
      whenDone: { feature: 'a', id: '1', command: { type: 'a.use' } },
      whenGivenUp: { feature: 'a', id: '1', command: { type: 'a.without' } },
    }
    slack.next = [async () => ({ observed: { channelId: 'C1' } }), async () => ({ observed: { channelId: 'C1' } })]
    await file('a/1', channel)
    const outbox = start()
    await expect.poll(() => performed.length).toBe(1)
    await file('a/1', channel)
    outbox.wake(['slack'])
    await expect.poll(() => slack.seen.length).toBe(2)
    await expect.poll(openRows).toBe(0)

    expect(performed.map(({ command }) => command)).toEqual([{ type: 'a.use', observed: { channelId: 'C1' } }])
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
    slack.next = [
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
    clock.advance(61_000)
    await expect.poll(openRows).toBe(0)
    expect(slack.seen.map(({ isLook }) => isLook === true).at(-1)).toBe(true)
    expect(performed.map(({ command }) => command.type)).toEqual(['a.use'])
  })

  test('an edit that was wanted before its message was there waits where edits wait', async () => {
    const posting = Promise.withResolvers<void>()
    slack.next = [
      () => posting.promise.then(() => ({ observed: { channelId: 'C1', ts: '1.1' } })),
      () => Promise.reject(new DeliveryError('paced', 'again', { retryAfterSeconds: 60 })),
    ]
    await file('a/1', show('a/1/card', 'one'))
    const outbox = start()
    await expect.poll(said).toEqual(['one'])
    await file('a/1', show('a/1/card', 'two'), say('what comes next'))
    posting.resolve()

    await expect.poll(said).toEqual(['one', 'two', 'what comes next'])
    clock.advance(61_000)
    outbox.wake(['slack'])
    await expect.poll(said).toEqual(['one', 'two', 'what comes next', 'two'])
  })

  test('what is archived ends after what was said before, and is opened again before anything else is said', async () => {
    slack.next = [async () => ({ observed: { channelId: 'C1' } })]
    await file('a/1', channel('one'))
    const outbox = start()
    await expect.poll(openRows).toBe(0)
    slack.next = [async () => ({}), async () => ({ observed: { channelId: 'C1', isArchived: true } })]

    await file('a/1', inChannel('last words'), channel('one', { isArchived: true }))
    outbox.wake(['slack'])
    await expect.poll(openRows).toBe(0)
    await file('a/1', channel('two'), inChannel('here again'))
    outbox.wake(['slack'])

    await expect.poll(openRows).toBe(0)
    expect(said()).toEqual(['slack.channel', 'last words', 'slack.channel', 'slack.channel', 'here again'])
  })

  test('of one thing one delivery is under way at a time, also where two lines hold one', async () => {
    slack.next = [async () => ({ observed: { channelId: 'C1' } })]
    await file('a/1', channel('one'))
    const outbox = start()
    await expect.poll(openRows).toBe(0)
    const slow = Promise.withResolvers<void>()
    slack.next = [() => slow.promise.then(() => ({}))]
    await file('a/1', channel('two'))
    outbox.wake(['slack'])
    await expect.poll(() => slack.seen.length).toBe(2)

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
    await database.db.execute(sql`update outbox set closed_at = now(), outcome = 'delivered'`)
    await database.db.execute(sql`update things set observed = '{"channelId":"C1"}'`)
    slack.next = [async () => ({ observed: { channelId: 'C1' }, changed: { name: 'war-room' } })]

    await file('inbox/1', look, look)
    await file('a/1', channel('two'))
    start()
    await expect.poll(() => performed.length).toBe(1)
    await expect.poll(openRows).toBe(0)

    expect(slack.seen).toMatchObject([{ isLook: true, effect: { desired: { topic: 'two' } } }])
    expect(performed.map(({ command }) => command)).toEqual([{ type: 'a.change', changed: { name: 'war-room' } }])
  })

  test('a look that could not be made is made by whoever comes after it', async () => {
    await file('a/1', show('a/1/card', 'one'))
    const outbox = start()
    await expect.poll(openRows).toBe(0)
    slack.next = [
      async () => {
        await file('a/1', show('a/1/card', 'two'))
        throw new DeliveryError('http_503', 'again')
      },
    ]

    await file('inbox/1', { kind: 'slack.look', name: 'a/1/card' })
    outbox.wake(['slack'])
    await expect.poll(() => slack.seen.length).toBe(3)

    expect(slack.seen.map((delivery) => delivery.isLook)).toEqual([false, true, true])
  })

  test('a delivery whose worker died is taken over, in doubt', async () => {
    await file('a/1', say('x'))
    await take(database.db, {
      ...{ port: 'slack', worker: 'dead worker', limit: 1 },
      now: clock.now(),
      isInDoubtAtOnce: true,
    })
    await database.db.execute(sql`update outbox set leased_until = now() - interval '1 second'`)
    start('w2')

    await expect.poll(() => slack.seen.map((delivery) => delivery.isInDoubt)).toEqual([true])
  })

  test('two replicas share the work, and nothing is said twice', async () => {
    for (let n = 0; n < 40; n += 1) await file(`a/${n}`, say(`${n}`))
    start('w1')
    start('w2')

    await expect.poll(openRows).toBe(0)
    expect(new Set(said()).size).toBe(40)
    expect(said()).toHaveLength(40)
  })

  test('a process that stops finishes what is under way', async () => {
    const answer = Promise.withResolvers<Record<string, never>>()
    slack.next = [() => answer.promise]
    await file('a/1', say('x'), say('y'))
    const outbox = start()
    await expect.poll(said).toEqual(['x'])
    const stopped = outbox.stop(2_000)
    answer.resolve({})
    await stopped

    expect(await rows(database.db, sql`select outcome from outbox order by id`)).toEqual([
      { outcome: 'delivered' },
      { outcome: null },
    ])
  })
})
