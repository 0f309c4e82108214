/** How incidents are kept: plain columns, one row each. */
import { desc, eq, ne, sql } from 'drizzle-orm'
import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, rows } from '../../core/db.ts'
import { thingInChannel } from '../../core/things.ts'
import type { Incident, Origin, Status } from './domain.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

export const incidents = pgTable('incidents', {
  id: integer('id').primaryKey(),
  title: text('title').notNull(),
  severity: text('severity').notNull(),
  status: text('status').$type<Status>().notNull(),
  lead: text('lead'),
  declaredBy: text('declared_by'),
  origin: jsonb('origin').$type<Origin>(),
  channelId: text('channel_id'),
  channelName: text('channel_name'),
  channelTrouble: text('channel_trouble'),
  leadAskedCount: integer('lead_asked_count').notNull(),
  cardFacts: jsonb('card_facts').$type<Readonly<Record<string, unknown>>>().notNull(),
  resolution: text('resolution').notNull(),
  declaredAt: moment('declared_at').notNull(),
  leadTakenAt: moment('lead_taken_at'),
  resolvedAt: moment('resolved_at'),
})

export async function newId(tx: Db): Promise<string> {
  const [row] = await rows<{ id: string }>(tx, sql`select nextval('incident_numbers')::text as id`)
  if (!row) throw new Error('the sequence incident_numbers gave nothing')
  return row.id
}

export async function load(tx: Db, id: string): Promise<Incident | null> {
  // A number that a person typed may be larger than any that exists.
  if (!/^\d{1,9}$/.test(id)) return null
  const [row] = await tx
    .select()
    .from(incidents)
    .where(eq(incidents.id, Number(id)))
  return row ? fromRow(row) : null
}

export async function save(tx: Db, id: string, incident: Incident): Promise<void> {
  const row = toRow(Number(id), incident)
  await tx.insert(incidents).values(row).onConflictDoUpdate({ target: incidents.id, set: row })
}

/** What is not resolved, the newest first. */
export async function listOpen(db: Db, limit = 100): Promise<Incident[]> {
  const found = await db
    .select()
    .from(incidents)
    .where(ne(incidents.status, 'resolved'))
    .orderBy(desc(incidents.id))
    .limit(limit)
  return found.map(fromRow)
}

export async function listNewest(db: Db, limit: number): Promise<Incident[]> {
  const found = await db.select().from(incidents).orderBy(desc(incidents.id)).limit(limit)
  return found.map(fromRow)
}

/** The incident that a channel belongs to: also in the moment before the incident itself has heard of its channel. */
export async function idInChannel(db: Db, channelId: string): Promise<string | null> {
  const name = await thingInChannel(db, channelId)
  return name === null ? null : (/^incidents\/(\d+)\/channel$/.exec(name)?.[1] ?? null)
}

type Row = typeof incidents.$inferSelect

function fromRow(row: Row): Incident {
  const { channelId, channelName, ...columns } = row
  return {
    ...columns,
    id: String(row.id),
    channel: channelId === null ? null : { id: channelId, name: channelName ?? '' },
    declaredAt: row.declaredAt.toISOString(),
    leadTakenAt: row.leadTakenAt?.toISOString() ?? null,
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
  }
}

function toRow(id: number, { channel, ...incident }: Incident): Row {
  return {
    ...incident,
    id,
    channelId: channel?.id ?? null,
    channelName: channel?.name ?? null,
    declaredAt: new Date(incident.declaredAt),
    leadTakenAt: incident.leadTakenAt === null ? null : new Date(incident.leadTakenAt),
    resolvedAt: incident.resolvedAt === null ? null : new Date(incident.resolvedAt),
  }
}
