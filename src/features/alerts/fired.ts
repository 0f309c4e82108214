/** The rules that fired here: what features to the right hold their own against. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { AlertRule } from '../../core/effects.ts'
import { testSource } from './domain.ts'

/** Each with what it said last. Most senders name the rule in a label; for the others its title is its name. */
export async function firedRules(db: Db, since: Date): Promise<AlertRule[]> {
  return rows<AlertRule>(
    db,
    sql`select distinct on (name) name, labels, annotations
      from (select coalesce(labels ->> 'alertname', title) as name, labels, annotations, last_at from alert_members
        where last_at >= ${since.toISOString()} and source <> ${testSource}) fired
      order by name, last_at desc limit 2000`,
  )
}
