/** How the roster is kept: one row, because it is read as a whole. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../core/db.ts'
import type { Entry, Roster, UserThere } from './domain.ts'

interface Row {
  asked_at: string | Date | null
  seen_at: string | Date | null
  failing_since: string | Date | null
  failure: string | null
  entries: readonly Entry[]
  users: readonly UserThere[]
  users_seen_at: string | Date | null
}

export async function loadRoster(tx: Db, id: string): Promise<Roster | null> {
  const [row] = await rows<Row>(
    tx,
    sql`select asked_at, seen_at, failing_since, failure, entries, users, users_seen_at from oncall_rosters where id = ${id}`,
  )
  if (!row) return null
  return {
    askedAt: instant(row.asked_at),
    seenAt: instant(row.seen_at),
    failingSince: instant(row.failing_since),
    failure: row.failure,
    entries: row.entries,
    users: row.users,
    usersSeenAt: instant(row.users_seen_at),
  }
}

export async function saveRoster(tx: Db, id: string, roster: Roster): Promise<void> {
  const { askedAt, seenAt, failingSince, failure, entries, users, usersSeenAt } = roster
  await tx.execute(sql`insert into oncall_rosters (id, asked_at, seen_at, failing_since, failure, entries, users, users_seen_at)
    values (${id}, ${askedAt}, ${seenAt}, ${failingSince}, ${failure}, ${JSON.stringify(entries)}::jsonb,
      ${JSON.stringify(users)}::jsonb, ${usersSeenAt})
    on conflict (id) do update set asked_at = excluded.asked_at, seen_at = excluded.seen_at,
      failing_since = excluded.failing_since, failure = excluded.failure, entries = excluded.entries, users = excluded.users,
      users_seen_at = excluded.users_seen_at`)
}

function instant(given: string | Date | null): string | null {
  return given === null ? null : new Date(given).toISOString()
}
