/** How escalations are kept: one row an incident. Nobody asks about them by column, so the state is one value. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { Escalation } from './domain.ts'

export async function load(tx: Db, id: string): Promise<Escalation | null> {
  const [row] = await rows<{ state: Escalation }>(tx, sql`select state from escalations where id = ${id}`)
  return row?.state ?? null
}

export async function save(tx: Db, id: string, escalation: Escalation): Promise<void> {
  await tx.execute(sql`insert into escalations (id, state, updated_at)
    values (${id}, ${JSON.stringify(escalation)}::jsonb, now())
    on conflict (id) do update set state = excluded.state, updated_at = excluded.updated_at`)
}
