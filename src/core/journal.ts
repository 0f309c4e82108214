/** What happened, in order, for ever. Written only by `perform`; read by timelines, audits, exports and `replay`. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from './db.ts'
import type { Actor } from './decision.ts'

export interface Entry {
  id: number
  at: string
  feature: string
  subject: string
  actor: Actor
  event: { type: string; [field: string]: unknown }
}

export interface Written {
  feature: string
  subject: string
  at: Date
  actor: Actor
  cause: string
  events: readonly { type: string }[]
}

export async function writeJournal(tx: Db, written: Written): Promise<void> {
  const { feature, subject, at, actor, cause, events } = written
  if (events.length === 0) return
  const values = events.map(
    (event, part) =>
      sql`(${at.toISOString()}, ${feature}, ${subject}, ${event.type}, ${JSON.stringify(event)}::jsonb,
           ${JSON.stringify(actor)}::jsonb, ${cause}, ${part})`,
  )
  await tx.execute(sql`insert into journal (at, feature, subject, type, event, actor, cause, cause_part)
    values ${sql.join(values, sql`, `)}`)
}

/**
 * Until the end of the transaction nobody else writes to the subject, even before its row exists: `for update` cannot lock
 * a row that is not there yet. Returns what this cause already made happen, or null when it is new.
 */
export async function lockAndRecall(tx: Db, subject: string | null, cause: string): Promise<Entry[] | null> {
  const found = await rows<Entry>(
    tx,
    sql`select ${columns} from lock_and_recall(${subject}, ${cause}) order by cause_part`,
  )
  return found.length > 0 ? found : null
}

/** The history of one subject, oldest first. */
export async function readJournal(db: Db, feature: string, subject: string): Promise<Entry[]> {
  return rows<Entry>(
    db,
    sql`select ${columns} from journal where feature = ${feature} and subject = ${subject} order by id`,
  )
}

/** All that happened, subject by subject. */
export async function readWholeJournal(db: Db): Promise<Entry[]> {
  return rows<Entry>(db, sql`select ${columns} from journal order by feature, subject, id`)
}

// Text in ISO 8601, as state and events have it, whatever the driver makes of a timestamptz.
const columns = sql`id::int as id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
  feature, subject, actor, event`
