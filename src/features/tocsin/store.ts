/** What is asked of the outbox when somebody wants to know whether all is well. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'

export interface Health {
  waiting: number
  oldest: string | null
  dead: readonly { kind: string; stream: string; code: string; at: string }[]
}

export async function readHealth(db: Db): Promise<Health> {
  const [open] = await rows<{ n: number; oldest: string | Date | null }>(
    db,
    // The answer to this very question is not filed yet, so whatever is open here really waits.
    sql`select count(*)::int as n, min(decided_at) as oldest from outbox where closed_at is null`,
  )
  const dead = await rows<{ kind: string; stream: string; code: string; at: string | Date }>(
    db,
    sql`select effect->>'kind' as kind, stream, coalesce(last_error, 'unknown') as code, closed_at as at from outbox
      where outcome = 'dead' and closed_at > now() - interval '7 days' order by closed_at desc limit 10`,
  )
  return {
    waiting: open?.n ?? 0,
    oldest: open?.oldest ? new Date(open.oldest).toISOString() : null,
    dead: dead.map((row) => ({ ...row, at: new Date(row.at).toISOString() })),
  }
}
