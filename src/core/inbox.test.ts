import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseKinds } from '../../tests/support/database.ts'
import { countedMetrics, quiet } from '../../tests/support/port.ts'
import { type MovableClock, movableClock } from '../lib/clock.ts'
import { type Database, rows } from './db.ts'
import { type Inbox, type Lane, startInbox } from './inbox.ts'
import { claimInbox, claimSuspects, type Received } from './inbox-store.ts'

describe.each(databaseKinds)('on $kind', ({ open }) => {
  let database: Database
  let clock: MovableClock
  const running: Inbox[] = []

  beforeEach(async () => {
    database = await open()
    clock = movableClock(Date.now)
  })
  afterEach(async () => {
    for (const inbox of running.splice(0)) await inbox.stop(1_000)
    await database.close()
  })

  function start(
    work: (received: readonly Received[]) => Promise<void>,
    lane: Partial<Lane> = {},
    worker = 'w1',
  ): Inbox {
    const whole: Lane = {
      takes: () => true,
      batch: 1,
      concurrency: 4,
      work: async (received) => {
        await work(received)
        return []
      },
      gaveUp: () => [],
      ...lane,
    }
    const inbox = startInbox({
      db: database.db,
      clock,
      log: quiet,
      metrics: countedMetrics(),
      worker,
      lanes: [whole],
      wake: () => {},
    })
    running.push(inbox)
    return inbox
  }
  const outcomes = () =>
    rows<{ key: string; outcome: string }>(
      database.db,
      sql`select key, case when inbox_work.id is not null then 'open' when gave_up is null then 'done' else 'dead' end as outcome
        from inbox left join inbox_work using (id) order by key`,
    )
  const leave = (key: string, leasedBy: string | null) =>
    database.db.execute(sql`with new as (
        insert into inbox (source, key, body, received_at) values ('slack', ${key}, 'left', now()) returning id)
      insert into inbox_work (id, not_before, leased_by, leased_until)
        select id, now(), ${leasedBy}, now() - interval '1 second' from new`)

  test('a delivery is worked on once it is durable, and closed when the work is done', async () => {
    const bodies: string[] = []
    const inbox = start(async (received) => void bodies.push(...received.map((one) => one.body)))

    await inbox.accept({ source: 'slack', key: 'k1', body: 'hello' })

    await expect.poll(() => bodies).toEqual(['hello'])
    await expect.poll(outcomes).toEqual([{ key: 'k1', outcome: 'done' }])
  })

  test('the same delivery twice has the effect of once, also when both arrive together', async () => {
    let worked = 0
    const inbox = start(async () => {
      worked += 1
    })

    const first = await inbox.accept({ source: 'slack', key: 'k', body: 'x' })
    const [again, together] = await Promise.all([
      inbox.accept({ source: 'slack', key: 'k', body: 'x' }),
      inbox.accept({ source: 'slack', key: 'k', body: 'x' }),
    ])

    expect([first.isNew, again.isNew, together.isNew]).toEqual([true, false, false])
    expect([again.id, together.id]).toEqual([first.id, first.id])
    await expect.poll(outcomes).toEqual([{ key: 'k', outcome: 'done' }])
    expect(worked).toBe(1)
  })

  test('what answers a delivery is filed when it is closed, in one transaction', async () => {
    const tell = { kind: 'slack.tell', person: 'U1', message: { text: 'hi' } } as const
    const inbox = start(async () => {}, { work: async () => [tell] })
    await inbox.accept({ source: 'slack', key: 'k', body: 'x' })

    await expect.poll(() => rows(database.db, sql`select stream from outbox`)).toEqual([{ stream: 'slack:tell/U1' }])
  })

  test('a bad delivery in a handful does not take the others with it', async () => {
    const worked: string[] = []
    const work = async (received: readonly Received[]) => {
      if (received.some((one) => one.body === 'bad')) throw new Error('cannot')
      worked.push(...received.map((one) => one.body))
    }
    const inbox = start(work, { batch: 10, concurrency: 1 })
    await Promise.all(['a', 'bad', 'c'].map((body) => inbox.accept({ source: 'hooks/x', key: body, body })))

    await expect.poll(() => worked).toEqual(['a', 'c'])
  })

  test('in a storm handfuls grow instead of multiplying, and nothing is left lying', async () => {
    const handfuls: string[][] = []
    const inbox = start(async (received) => void handfuls.push(received.map((one) => one.body)), {
      batch: 100,
      concurrency: 1,
      storm: { size: 1, paceMilliseconds: 400 },
    })
    const accept = (body: string) => inbox.accept({ source: 'hooks/x', key: body, body })
    await accept('a')
    await expect.poll(() => handfuls).toEqual([['a']])
    for (const body of ['c', 'd', 'e']) await accept(body)
    expect(handfuls).toHaveLength(1)

    await expect.poll(() => handfuls.slice(1)).toEqual([['c', 'd', 'e']])
  })

  test('after six failures a delivery is given up, and whoever sent it is told', async () => {
    const tell = { kind: 'slack.tell', person: 'U1', message: { text: 'sorry' } } as const
    const inbox = start(() => Promise.reject(new Error('always')), { gaveUp: () => [tell] })
    await inbox.accept({ source: 'slack', key: 'k', body: 'x' })
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await expect
        .poll(() => rows(database.db, sql`select failures from inbox_work where leased_by is null`))
        .toEqual([{ failures: attempt }])
      clock.advance(60_000)
    }

    await expect.poll(outcomes).toEqual([{ key: 'k', outcome: 'dead' }])
    expect(await rows(database.db, sql`select stream from outbox`)).toEqual([{ stream: 'slack:tell/U1' }])
  })

  test('what a dead process left is taken over', async () => {
    const worked: string[] = []
    await leave('k', 'dead')
    start(async (received) => void worked.push(...received.map((one) => one.body)))

    await expect.poll(() => worked).toEqual(['left'])
  })

  /** As often as that, somebody took it and died. */
  async function dieAt(times: number, take: (worker: string) => Promise<readonly Received[]>): Promise<number> {
    let taken = 0
    for (let nth = 0; nth < times; nth += 1) {
      taken += (await take(`dead-${nth}`)).length
      await database.db.execute(sql`update inbox_work set leased_until = now() - interval '1 second'`)
    }
    return taken
  }
  const later = () => new Date(Date.now() + 60_000)

  test('however many processes die while they hold it, an innocent delivery is worked on', async () => {
    await leave('k', null)
    await dieAt(20, (worker) => claimInbox(database.db, worker, 10, later()))
    const worked: string[] = []
    start(async (received) => void worked.push(...received.map((one) => one.body)))

    await expect.poll(outcomes).toEqual([{ key: 'k', outcome: 'done' }])
    expect(worked).toEqual(['left'])
  })

  test('many that were there at every death are tried together, and in ever smaller handfuls while somebody dies of it', async () => {
    for (let nth = 0; nth < 120; nth += 1) await leave(String(nth), null)
    await dieAt(4, (worker) => claimInbox(database.db, worker, 200, later()))
    const sizes: number[] = []
    await dieAt(7, async (worker) => {
      const claimed = await claimSuspects(database.db, worker, later())
      sizes.push(claimed.length)
      return claimed
    })
    expect(sizes).toEqual([100, 20, 10, 10, 10, 10, 10])
    const handfuls: number[] = []
    start(async (received) => void handfuls.push(received.length), { batch: 100, concurrency: 1 })

    await expect.poll(async () => (await outcomes()).filter(({ outcome }) => outcome !== 'done')).toEqual([])
    expect(handfuls).toEqual([...Array.from({ length: 7 }, () => 10), ...Array.from({ length: 50 }, () => 1)])
  })

  test('what was there at every death lets the others go first', async () => {
    await leave('suspect', null)
    await dieAt(4, (worker) => claimInbox(database.db, worker, 10, later()))
    await leave('other', null)
    const worked: number[] = []
    const finish = Promise.withResolvers<void>()
    start(async (received) => {
      worked.push(...received.map((one) => one.id))
      await finish.promise
    })

    await expect.poll(() => worked).toHaveLength(1)
    const stillOpen = await rows(
      database.db,
      sql`select key from inbox join inbox_work using (id) where leased_by is null
      or leased_until < now()`,
    )
    expect(stillOpen).toEqual([{ key: 'suspect' }])
    finish.resolve()
    await expect
      .poll(() => outcomes())
      .toEqual([
        { key: 'other', outcome: 'done' },
        { key: 'suspect', outcome: 'done' },
      ])
  })

  test('what processes die of is given up after six of them, and it is said', async () => {
    const tell = { kind: 'slack.tell', person: 'U1', message: { text: 'sorry' } } as const
    await leave('poison', null)
    await dieAt(4, (worker) => claimInbox(database.db, worker, 10, later()))
    expect(await dieAt(6, (worker) => claimSuspects(database.db, worker, later()))).toBe(6)
    const worked: unknown[] = []
    start(async (received) => void worked.push(received), { gaveUp: async () => [tell] })

    await expect.poll(outcomes).toEqual([{ key: 'poison', outcome: 'dead' }])
    expect(await rows(database.db, sql`select stream from outbox`)).toEqual([{ stream: 'slack:tell/U1' }])
    expect(worked).toEqual([])
  })

  test('waiting for the database is no failure', async () => {
    let tries = 0
    const inbox = start(async () => {
      tries += 1
      if (tries < 9) throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })
    })
    await inbox.accept({ source: 'slack', key: 'k', body: 'x' })
    for (let attempt = 1; attempt < 9; attempt += 1) {
      await expect
        .poll(() => rows(database.db, sql`select failures from inbox_work where leased_by is null`))
        .toEqual([{ failures: 0 }])
      expect(tries).toBe(attempt)
      clock.advance(60_000)
      await expect.poll(() => tries).toBe(attempt + 1)
    }

    await expect.poll(outcomes).toEqual([{ key: 'k', outcome: 'done' }])
  })

  test('a suspect that had to wait for the database was not begun', async () => {
    await leave('suspect', null)
    await dieAt(4, (worker) => claimInbox(database.db, worker, 10, later()))
    start(() => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })))

    await expect
      .poll(() => rows(database.db, sql`select failures, last_error from inbox_work where leased_by is null`))
      .toEqual([{ failures: 0, last_error: 'gone' }])
  })

  test('two replicas looking for orphans never take the same one', async () => {
    for (let n = 0; n < 20; n += 1) await leave(String(n), null)
    const now = new Date(Date.now() + 60_000)
    const [a, b] = await Promise.all([claimInbox(database.db, 'a', 15, now), claimInbox(database.db, 'b', 15, now)])

    expect(new Set([...a, ...b].map((row) => row.id)).size).toBe(20)
  })
})
