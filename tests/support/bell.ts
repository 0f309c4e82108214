/** The smallest feature there is: a bell that rings. For the tests of the core, which know no real feature. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../src/core/db.ts'
import type { Effect } from '../../src/core/effects.ts'
import type { Aggregate, Spine } from '../../src/core/perform.ts'
import { subscriptionsOf } from '../../src/core/subscriptions.ts'

export interface Bell {
  rung: number
}
export type BellCommand = { type: 'bell.ring'; times?: number; say?: readonly Effect[] } | { type: 'bell.refuse' }
export type BellEvent = { type: 'bell.rung'; say: readonly Effect[] }

export const bells: Aggregate<Bell, BellCommand, BellEvent, 'no', { loud: boolean }> = {
  feature: 'bells',
  newId: async (tx) => {
    const [row] = await rows<{ id: string }>(tx, sql`select nextval('bell_numbers')::text as id`)
    return row?.id ?? ''
  },
  load: async (tx, id) => {
    const [row] = await rows<Bell>(tx, sql`select rung from bells where id = ${id}`)
    return row ?? null
  },
  save: async (tx, id, { rung }) => {
    await tx.execute(
      sql`insert into bells (id, rung) values (${id}, ${rung}) on conflict (id) do update set rung = excluded.rung`,
    )
  },
  decide: (_bell, command) => {
    if (command.type === 'bell.refuse') return { refused: 'no', details: { because: 'asked to' } }
    return Array.from({ length: command.times ?? 1 }, () => ({ type: 'bell.rung', say: command.say ?? [] }))
  },
  evolve: (bell) => ({ rung: (bell?.rung ?? 0) + 1 }),
  effects: (_bell, event) => event.say,
}

export async function makeBells(db: Db): Promise<void> {
  await db.execute(sql`create table bells (id text primary key, rung integer not null)`)
  await db.execute(sql`create sequence bell_numbers`)
}

export function spineFor(db: Db, now: () => Date = () => new Date()): Spine {
  return { db, now, policyOf: () => ({ loud: true }), subscriptions: subscriptionsOf([]), wake: () => {} }
}

export const byAna = (cause: string) => ({ actor: { kind: 'person', id: 'U_ANA' }, cause }) as const
