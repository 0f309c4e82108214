import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseKinds } from '../../../tests/support/database.ts'
import type { Database } from '../../core/db.ts'
import { claim, extend, release } from './leases.ts'

describe.each(databaseKinds)('$kind', ({ open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
    for (const id of [1, 2, 3])
      await database.db.execute(sql`insert into actions (id, name, verb, title, target, service, environment, tier, executor,
        params, entry_sha, is_private, home, reason, standing, pings, needs, confirms, runs_itself, timeout_seconds, state,
        plan_number, detail, tail, probes, settlements, deputies_asked, requested_at) values (${id}, 'r', 'r', 'R', ${`a/${id}`},
        'a', 'b', 2, 'rehearsal', '{}', 's', false, '#ops', 'clients see errors', '[]', '{}', '[]', 'none', true, 60,
        'planning', 1, '', '', '[]', '[]', false, now())`)
  })
  afterAll(() => database.close())

  const later = () => database.db.execute(sql`update action_leases set until = until - interval '6 seconds'`)

  test('two runners never take the same; what one lets go another takes', async () => {
    const { db } = database
    const [first, second] = await Promise.all([claim(db, 'one', 2), claim(db, 'two', 3)])
    expect([...first, ...second].toSorted()).toEqual(['1', '2', '3'])
    expect(await claim(db, 'three', 3)).toEqual([])
    for (const id of first) await release(db, 'one', id)
    expect((await claim(db, 'two', 3)).toSorted()).toEqual(first.toSorted())
  })

  test('a lease that nobody works under runs out, though its process lives and keeps others', async () => {
    const { db } = database
    await later()
    expect(await extend(db, 'two', ['1'])).toEqual(['1'])
    await later()
    expect((await claim(db, 'three', 3)).toSorted()).toEqual(['2', '3'])
    expect(await extend(db, 'two', ['1', '2'])).toEqual(['1'])
  })
})
