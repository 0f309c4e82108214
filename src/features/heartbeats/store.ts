/** How heartbeats are kept. When one last beat stands beside: it changes with every beat, and nobody decides it. */
import { eq, sql } from 'drizzle-orm'
import { boolean, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, rows } from '../../core/db.ts'
import type { Heartbeat } from './domain.ts'

const heartbeats = pgTable('heartbeats', {
  name: text('name').primaryKey(),
  status: text('status').$type<Heartbeat['status']>().notNull(),
  missingSince: timestamp('missing_since', { withTimezone: true, mode: 'date' }),
  silentSince: timestamp('silent_since', { withTimezone: true, mode: 'date' }),
  hasWaited: boolean('has_waited').notNull(),
})

const beats = pgTable('heartbeat_beats', {
  name: text('name').primaryKey(),
  lastAt: timestamp('last_at', { withTimezone: true, mode: 'date' }).notNull(),
})

export async function load(tx: Db, name: string): Promise<Heartbeat | null> {
  const [row] = await tx.select().from(heartbeats).where(eq(heartbeats.name, name))
  if (!row) return null
  const { missingSince, silentSince } = row
  return { ...row, missingSince: missingSince?.toISOString() ?? null, silentSince: silentSince?.toISOString() ?? null }
}

export async function save(tx: Db, name: string, heartbeat: Heartbeat): Promise<void> {
  const { missingSince, silentSince } = heartbeat
  const row = { ...heartbeat, name, missingSince: dateOf(missingSince), silentSince: dateOf(silentSince) }
  await tx.insert(heartbeats).values(row).onConflictDoUpdate({ target: heartbeats.name, set: row })
}

function dateOf(moment: string | null): Date | null {
  return moment === null ? null : new Date(moment)
}

/** The newest moment that is known of it, with this one: beats may be worked on late, and twice. */
export async function keepBeat(db: Db, name: string, at: Date): Promise<Date> {
  const moment = at.toISOString()
  const [row] = await rows<{ last_at: string | Date }>(
    db,
    sql`insert into heartbeat_beats (name, last_at) values (${name}, ${moment})
      on conflict (name) do update set last_at = greatest(heartbeat_beats.last_at, excluded.last_at)
      returning last_at`,
  )
  return row ? new Date(row.last_at) : at
}

export async function lastBeat(tx: Db, name: string): Promise<Date | null> {
  const [row] = await tx.select({ lastAt: beats.lastAt }).from(beats).where(eq(beats.name, name))
  return row?.lastAt ?? null
}

export interface Known {
  name: string
  status: Heartbeat['status']
  missingSince: Date | null
  lastAt: Date | null
}

export async function listKnown(db: Db): Promise<Known[]> {
  return db
    .select({
      name: heartbeats.name,
      status: heartbeats.status,
      missingSince: heartbeats.missingSince,
      lastAt: beats.lastAt,
    })
    .from(heartbeats)
    .leftJoin(beats, eq(beats.name, heartbeats.name))
}

/** A row for each that was ever heard, so that one that was never missed counts from nought. */
export async function countMissed(db: Db): Promise<{ name: string; n: number }[]> {
  return rows(
    db,
    sql`select heartbeats.name, count(journal.subject)::int as n from heartbeats
      left join journal on journal.feature = 'heartbeats' and journal.subject = heartbeats.name
        and journal.event ->> 'type' = 'heartbeat.missed'
      group by heartbeats.name`,
  )
}
