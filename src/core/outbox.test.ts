import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { databaseKinds } from '../../tests/support/database.ts'
import { outboxBench, page, say } from '../../tests/support/outbox-bench.ts'
import type { RecordingPort } from '../../tests/support/port.ts'
import { rows } from './db.ts'
import type { Effect } from './effects.ts'
import { take } from './outbox-store.ts'
import { DeliveryError } from './ports.ts'

describe.each(databaseKinds)('on $kind', ({ open }) => {
  const on = outboxBench(open)
  const { start, file, said, openRows } = on

  test('a stream is said in the order in which it was decided', async () => {
    await file('a/1', ...Array.from({ length: 10 }, (_, n) => say(`${n}`)))
    start()

    await expect.poll(said).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })

  test("what is said in a subject's channel waits for the channel, whoever says it", async () => {
    on.slack.next = [() => Promise.reject(new DeliveryError('http_503', 'again', { retryAfterSeconds: 60 }))]
    await file('a/1', { kind: 'slack.say', to: 'a/1/channel', message: { text: 'first' } })
    await file('b/7', { kind: 'slack.say', to: 'a/1/channel', message: { text: 'second' } })
    start()
    await expect.poll(said).toEqual(['first'])

    on.clock.advance(61_000)
    await expect.poll(said).toEqual(['first', 'first', 'second'])
  })

  test("what waits for its turn in everybody's channel holds up nothing in the subject's own", async () => {
    on.slack.next = [() => Promise.reject(new DeliveryError('ratelimited', 'again', { retryAfterSeconds: 60 }))]
    await file('a/1', { kind: 'slack.say', to: '#incidents', message: { text: 'announced' } })
    const outbox = start()
    await expect.poll(said).toEqual(['announced'])
    await file('a/1', { kind: 'slack.say', to: 'a/1/channel', message: { text: 'in its own channel' } })
    outbox.wake(['slack'])

    await expect.poll(said).toEqual(['announced', 'in its own channel'])
  })

  test('one stuck stream holds up itself only, and then goes on in order', async () => {
    on.slack.next = [() => Promise.reject(new DeliveryError('http_503', 'again', { retryAfterSeconds: 60 }))]
    await file('a/1', say('stuck'), say('after'))
    const outbox = start()
    await expect.poll(said).toEqual(['stuck'])
    await file('a/2', say('other'))
    outbox.wake(['slack'])
    await expect.poll(said).toEqual(['stuck', 'other'])

    on.clock.advance(61_000)

    await expect.poll(said).toEqual(['stuck', 'other', 'stuck', 'after'])
  })

  test('a page goes out while Slack takes everything and answers nothing', async () => {
    on.slack.next = Array.from(
      { length: 100 },
      () =>
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
    )
    await file('a/1', say('x'), page)
    start()

    await expect.poll(() => on.pager.seen.length).toBe(1)
  })

  test('a command by which somebody may be woken waits for no other command', async () => {
    const command = (id: string, isUrgent: boolean): Effect => {
      const asked = { kind: 'perform' as const, feature: 'a', id, command: { type: 'a.go' } }
      return isUrgent ? { ...asked, isUrgent } : asked
    }
    const release = Promise.withResolvers<void>()
    on.stuck = release.promise
    for (let n = 0; n < 20; n += 1) await file(`a/${n}`, command(`${n}`, false))
    await file('a/20', command('page', true))
    start()

    await expect.poll(() => on.performed.map(({ id }) => id)).toContain('page')
    expect(on.performed.length).toBeLessThan(20)
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
    on.slack.next = Array.from({ length: 15 }, () => away)
    for (let n = 0; n < 30; n += 1) await file(`a/${n}`, say(`${n}`))
    start()

    await expect.poll(() => atOnce.length, { timeout: 10_000 }).toBe(15)
    on.clock.advance(60_000)
    await expect.poll(openRows).toBe(0)
    // What was under way when it went away ends; after that there is never more than one.
    expect(atOnce.slice(12)).toEqual([1, 1, 1])
  })

  test('an attempt whose outcome is not known says so to the next one; one that surely failed does not', async () => {
    on.slack.next = [
      () => Promise.reject(new DeliveryError('http_500', 'again')),
      () => Promise.reject(new DeliveryError('timeout', 'unknown')),
    ]
    await file('a/1', say('x'))
    start()
    await expect.poll(() => on.slack.seen.length).toBe(1)
    on.clock.advance(60_000)
    await expect.poll(() => on.slack.seen.length).toBe(2)
    on.clock.advance(60_000)

    await expect
      .poll(() => on.slack.seen.map((delivery) => [delivery.attempt, delivery.isInDoubt]))
      .toEqual([
        [1, false],
        [2, false],
        [3, true],
      ])
  })

  test('what can never be delivered is given up at once, the operators hear of it, and the stream goes on', async () => {
    on.slack.next = [() => Promise.reject(new DeliveryError('is_archived', 'never'))]
    await file('a/1', say('lost'), say('next'))
    start()

    await expect.poll(async () => said().toSorted()).toEqual(['given up: is_archived', 'lost', 'next'])
    const dead = await rows(on.database.db, sql`select last_error from outbox where outcome = 'dead'`)
    expect(dead).toEqual([{ last_error: 'is_archived' }])
  })

  test('an effect that fails for its own reasons eight times is given up; one that waits for an outage never is', async () => {
    on.slack.next = Array.from({ length: 20 }, (_, n) => ({ effect }) => {
      const isOwn = 'message' in effect && effect.message.text === 'poison'
      return Promise.reject(new DeliveryError(`e${n}`, 'again', { isOutage: !isOwn }))
    })
    await file('a/1', say('poison'))
    await file('a/2', say('patient'))
    start()
    for (let n = 1; n <= 8; n += 1) {
      await expect.poll(() => said().filter((text) => text === 'poison').length).toBe(n)
      await expect
        .poll(() => rows(on.database.db, sql`select 1 as x from outbox where leased_by is not null`))
        .toEqual([])
      on.clock.advance(60_000)
    }

    await expect.poll(() => said().filter((text) => text.startsWith('given up')).length).toBeGreaterThan(0)
    expect(await rows(on.database.db, sql`select outcome from outbox where outcome = 'dead'`)).toHaveLength(1)
  })

  test('a delivery whose worker died is taken over, in doubt', async () => {
    await file('a/1', say('x'))
    await take(on.database.db, {
      ...{ port: 'slack', worker: 'dead worker', limit: 1 },
      now: on.clock.now(),
      isInDoubtAtOnce: true,
    })
    await on.database.db.execute(sql`update outbox set leased_until = now() - interval '1 second'`)
    start('w2')

    await expect.poll(() => on.slack.seen.map((delivery) => delivery.isInDoubt)).toEqual([true])
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
    on.slack.next = [() => answer.promise]
    await file('a/1', say('x'))
    const outbox = start()
    await expect.poll(said).toEqual(['x'])
    const stopped = outbox.stop(2_000)
    answer.resolve({})
    await stopped
    await file('a/1', say('y'))
    outbox.wake(['slack'])

    expect(await rows(on.database.db, sql`select outcome from outbox order by id`)).toEqual([
      { outcome: 'delivered' },
      { outcome: null },
    ])
  })
})
