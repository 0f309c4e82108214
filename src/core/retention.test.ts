import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../../tests/support/database.ts'
import { type Database, rows } from './db.ts'
import { forget } from './retention.ts'

const now = new Date('2026-11-20T03:17:00Z')
const days = { inbox: 14, outbox: 30 }
let database: Database

beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.close())

test('deliveries and effects that are over are forgotten after their days; what is still open stays', async () => {
  const { db } = database
  const aged = (count: number) => new Date(now.getTime() - count * 86_400_000).toISOString()
  await db.execute(sql`insert into inbox (source, key, body, received_at) values
    ('slack', 'open', 'x', ${aged(90)}), ('slack', 'old', 'x', ${aged(15)}), ('slack', 'new', 'x', ${aged(13)})`)
  await db.execute(sql`insert into inbox_work (id, not_before) select id, now() from inbox where key = 'open'`)
  await db.execute(sql`insert into outbox (port, stream, priority, effect, decided_at, not_before, closed_at) values
    ('slack', 'open', 1, '{}', now(), now(), null), ('slack', 'old', 1, '{}', now(), now(), ${aged(31)}),
    ('slack', 'new', 1, '{}', now(), now(), ${aged(29)})`)

  expect(await forget(db, days, now)).toBe(2)
  expect(await rows(db, sql`select key from inbox order by id`)).toEqual([{ key: 'open' }, { key: 'new' }])
  expect(await rows(db, sql`select stream from outbox order by id`)).toEqual([{ stream: 'open' }, { stream: 'new' }])
  expect(await forget(db, days, now)).toBe(0)
})

test('a night that finds more than a bite takes all of it but what is open', async () => {
  const { db } = database
  await db.execute(sql`insert into inbox (source, key, body, received_at)
    select 'slack', n::text, 'x', ${now.toISOString()}::timestamptz - interval '20 days' from generate_series(1, 4500) n`)
  // One that nobody can finish, among the oldest, must not end the night early.
  await db.execute(sql`insert into inbox_work (id, not_before) select id, now() from inbox where key = '1'`)

  expect(await forget(db, days, now)).toBe(4_499)
})
