/** How the kill switch is kept: one row, read by the database itself before anything begins. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../core/db.ts'
import type { Aggregate } from '../../../core/perform.ts'
import {
  type ActionSwitch,
  decideSwitch,
  evolveSwitch,
  type SwitchCommand,
  type SwitchEvent,
  type SwitchRefused,
  type SwitchRules,
  switchEffects,
} from './domain.ts'

/** The only subject there is. */
export const theSwitch = 'all'

export const actionSwitch: Aggregate<ActionSwitch, SwitchCommand, SwitchEvent, SwitchRefused, SwitchRules> = {
  feature: 'actionSwitch',
  newId: async () => theSwitch,
  load: (tx) => readSwitch(tx),
  async save(tx, _id, { isOff, by, reason, at }) {
    await tx.execute(sql`insert into action_switches (id, is_off, by, reason, at)
      values (${theSwitch}, ${isOff}, ${by}, ${reason}, ${at}) on conflict (id) do update
      set is_off = excluded.is_off, by = excluded.by, reason = excluded.reason, at = excluded.at`)
  },
  decide: decideSwitch,
  evolve: evolveSwitch,
  effects: switchEffects,
}

export async function readSwitch(db: Db): Promise<ActionSwitch | null> {
  const [row] = await rows<{ is_off: boolean; by: string | null; reason: string; at: string | Date }>(
    db,
    sql`select is_off, by, reason, at from action_switches where id = ${theSwitch}`,
  )
  return row ? { isOff: row.is_off, by: row.by, reason: row.reason, at: new Date(row.at).toISOString() } : null
}
