/** How moments to come are kept: one row a key, set again means moved. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'
import type { Callback, TimerEffect } from './effects.ts'

export async function applyTimers(tx: Db, effects: readonly TimerEffect[], now: Date): Promise<void> {
  for (const effect of effects) {
    // In sequence: a change may cancel a timer and set it anew.
    if (effect.kind === 'timer.cancel') await tx.execute(sql`delete from timers where key = ${effect.key}`)
    else {
      await tx.execute(sql`insert into timers (key, due_at, fire, set_at)
        values (${effect.key}, ${effect.at}, ${JSON.stringify(effect.fire)}::jsonb, ${now.toISOString()})
        on conflict (key) do update set due_at = excluded.due_at, fire = excluded.fire, set_at = excluded.set_at`)
    }
  }
}

export interface DueTimer {
  key: string
  dueAt: Date
  fire: Callback
}

/** Takes due timers off the table; whoever commits has them, on any replica. */
export async function takeDueTimers(tx: Db, now: Date, limit: number): Promise<DueTimer[]> {
  const taken = await rows<{ key: string; due_at: string | Date; fire: Callback }>(
    tx,
    sql`delete from timers where key in (
      select key from timers where due_at <= ${now.toISOString()} order by due_at limit ${limit} for update skip locked)
      returning key, due_at, fire`,
  )
  const due = taken.map((row) => ({ key: row.key, dueAt: new Date(row.due_at), fire: row.fire }))
  return due.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime())
}

export async function nextTimer(db: Db): Promise<Date | null> {
  const [row] = await rows<{ at: string | null }>(db, sql`select min(due_at) as at from timers`)
  return row?.at ? new Date(row.at) : null
}
