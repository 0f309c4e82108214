/** How holds are kept. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../core/db.ts'
import type { Aggregate } from '../../../core/perform.ts'
import { decideHold, evolveHold, type Hold, type HoldCommand, type HoldEvent, type HoldRefused } from './domain.ts'
import { type HoldRules, holdEffects } from './effects.ts'

export const holds: Aggregate<Hold, HoldCommand, HoldEvent, HoldRefused, HoldRules> = {
  feature: 'holds',
  async newId(tx) {
    const [row] = await rows<{ id: string }>(tx, sql`select nextval('hold_numbers')::text as id`)
    if (!row) throw new Error('the sequence hold_numbers gave nothing')
    return row.id
  },
  async load(tx, id) {
    if (!/^\d{1,9}$/.test(id)) return null
    const [row] = await rows<Row>(tx, sql`select * from action_holds where id = ${Number(id)}`)
    return row ? fromRow(row) : null
  },
  async save(tx, id, { scope, owner, action, reason, placedAt, until, released }) {
    await tx.execute(sql`insert into action_holds
        (id, scope, owner, action, reason, placed_at, until, released_at, released_by, release_reason)
      values (${Number(id)}, ${scope}, ${owner}, ${action}, ${reason}, ${placedAt}, ${until}, ${released?.at ?? null},
        ${released?.by ?? null}, ${released?.reason ?? null})
      on conflict (id) do update set until = excluded.until, released_at = excluded.released_at,
        released_by = excluded.released_by, release_reason = excluded.release_reason`)
  },
  decide: decideHold,
  evolve: evolveHold,
  effects: holdEffects,
}

/** What is held just now, the newest first. */
export async function activeHolds(db: Db, now: Date): Promise<Hold[]> {
  const found = await rows<Row>(
    db,
    sql`select * from action_holds where released_at is null and until > ${now.toISOString()}::timestamptz
      order by id desc limit 100`,
  )
  return found.map(fromRow)
}

interface Row {
  id: number
  scope: string
  owner: string | null
  action: string | null
  reason: string
  placed_at: string | Date
  until: string | Date
  released_at: string | Date | null
  released_by: string | null
  release_reason: string | null
}

function fromRow(row: Row): Hold {
  return {
    id: String(row.id),
    scope: row.scope,
    owner: row.owner,
    action: row.action,
    reason: row.reason,
    placedAt: new Date(row.placed_at).toISOString(),
    until: new Date(row.until).toISOString(),
    released:
      row.released_at === null
        ? null
        : {
            by: row.released_by,
            reason: row.release_reason ?? '',
            at: new Date(row.released_at).toISOString(),
          },
  }
}
