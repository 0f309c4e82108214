/** How entries are kept, and how a page of a timeline is read: of the journal and of the entries, each by its index. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { Actor } from '../../core/decision.ts'
import type { AttachedFile, Author, Entry, Source } from './domain.ts'

export async function newId(tx: Db): Promise<string> {
  const [row] = await rows<{ id: string }>(tx, sql`select 'n' || nextval('timeline_numbers') as id`)
  if (!row) throw new Error('the sequence timeline_numbers gave nothing')
  return row.id
}

export async function load(tx: Db, id: string): Promise<Entry | null> {
  const [row] = await rows<Row>(tx, sql`select ${columns} from timeline_entries where id = ${id}`)
  return row ? fromRow(row) : null
}

export async function save(tx: Db, id: string, entry: Entry): Promise<void> {
  const { incident, kind, saidAt, author, text, files, source, notedBy, notedAt, status, deletedAt } = entry
  await tx.execute(sql`insert into timeline_entries (id, incident_id, kind, said_at, author_id, author_name, text, files,
      channel_id, message_ts, permalink, is_ours, noted_by, noted_at, status, deleted_at, kept_by_hand, marks, versions)
    values (${id}, ${incident}, ${kind}, ${saidAt}, ${author.id}, ${author.name}, ${text}, ${JSON.stringify(files)}::jsonb,
      ${source?.channelId ?? null}, ${source?.ts ?? null}, ${source?.permalink ?? null}, ${source?.isOurs ?? false}, ${notedBy}, ${notedAt}, ${status},
      ${deletedAt}, ${entry.isKeptByHand}, ${JSON.stringify(entry.marks)}::jsonb, ${JSON.stringify(entry.versions)}::jsonb)
    on conflict (id) do update set said_at = excluded.said_at, text = excluded.text, files = excluded.files,
      status = excluded.status, deleted_at = excluded.deleted_at, kept_by_hand = excluded.kept_by_hand,
      marks = excluded.marks, versions = excluded.versions`)
}

/** The entries that a message in Slack has become: one an incident. */
export async function entriesOf(db: Db, { channelId, ts }: { channelId: string; ts: string }): Promise<string[]> {
  const found = await rows<{ id: string }>(
    db,
    sql`select id from timeline_entries where channel_id = ${channelId} and message_ts = ${ts}`,
  )
  return found.map(({ id }) => id)
}

/** The incidents whose timeline is this one's too: itself, and those that were merged into it. */
export async function incidentsOf(db: Db, incident: string): Promise<string[]> {
  const found = await rows<{ type: string; other: string }>(
    db,
    sql`select type, event ->> 'from' as other from journal where feature = 'incidents' and subject = ${incident}
      and type in ('incident.absorbed', 'incident.released') order by id`,
  )
  const absorbed = new Set<string>()
  for (const { type, other } of found) {
    if (type === 'incident.absorbed') absorbed.add(other)
    else absorbed.delete(other)
  }
  return [incident, ...absorbed]
}

// A move that has an event of its own is told by that, with its reason.
const over = sql`('resolved', 'closed', 'canceled', 'merged')`
const isToldOtherwise = sql`(type = 'incident.statusChanged' and (event ->> 'to' in ${over} or event ->> 'from' in ${over}))`

/** Where a page ends. Of the same moment, entries stand before the journal. */
export interface Cursor {
  at: string
  from: 'entry' | 'journal'
  position: number
}

export interface JournalLine {
  from: 'journal'
  position: number
  at: string
  type: string
  event: Readonly<Record<string, unknown>>
  actor: Actor
  incident: string
}

export interface EntryLine {
  from: 'entry'
  position: number
  at: string
  entry: Entry
  incident: string
}

export type Line = JournalLine | EntryLine

export interface Span {
  incidents: readonly string[]
  /** The kinds of events that a timeline has words for. */
  types: readonly string[]
  limit: number
  /** The lines just before or just after a place; without one, the newest. */
  beside?: { side: 'before' | 'after'; cursor: Cursor }
}

/** The oldest first. Costs the same on a long timeline: each source reads at most `limit` rows along its index. */
export async function readLines(db: Db, span: Span): Promise<Line[]> {
  const isForward = span.beside?.side === 'after'
  const [journal, entries] = await Promise.all([readJournalLines(db, span), readEntryLines(db, span)])
  const sorted = [...journal, ...entries].toSorted(inOrder)
  return isForward ? sorted.slice(0, span.limit) : sorted.slice(-span.limit)
}

export function inOrder(a: Line, b: Line): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  if (a.from !== b.from) return a.from === 'entry' ? -1 : 1
  return a.position - b.position
}

async function readJournalLines(db: Db, { incidents, types, limit, beside }: Span): Promise<JournalLine[]> {
  const found = await rows<Omit<JournalLine, 'from'>>(
    db,
    sql`select one.* from unnest(${textArray(incidents)}) as wanted(id), lateral (
        select journal.id::float8 as position, ${iso(sql`journal.at`)} as at, type, event, actor, incident from journal
        where incident = wanted.id and type = any(${textArray(types)}) and not ${isToldOtherwise}
          and ${besideWhere('journal', beside)}
        order by ${besideOrder('journal', beside)} limit ${limit}) one`,
  )
  return found.map((row) => ({ ...row, from: 'journal' as const }))
}

async function readEntryLines(db: Db, { incidents, limit, beside }: Span): Promise<EntryLine[]> {
  const found = await rows<Row & { position: number }>(
    db,
    sql`select one.* from unnest(${textArray(incidents)}) as wanted(id), lateral (
        select position::float8 as position, ${columns} from timeline_entries
        where incident_id = wanted.id and status = 'kept' and ${besideWhere('entry', beside)}
        order by ${besideOrder('entry', beside)} limit ${limit}) one`,
  )
  return found.map((row) => {
    const entry = fromRow(row)
    return { from: 'entry' as const, position: row.position, at: entry.saidAt, incident: entry.incident, entry }
  })
}

const keys = {
  journal: { at: sql`journal.at`, position: sql`journal.id` },
  entry: { at: sql`timeline_entries.said_at`, position: sql`timeline_entries.position` },
}

function besideWhere(source: Cursor['from'], beside: Span['beside']) {
  if (!beside) return sql`true`
  const { at, position } = keys[source]
  const { side, cursor } = beside
  const bound = boundOf(source, cursor)
  return side === 'before'
    ? sql`(${at}, ${position}) < (${cursor.at}::timestamptz, ${bound})`
    : sql`(${at}, ${position}) > (${cursor.at}::timestamptz, ${bound})`
}

/** Of one moment, all entries stand before all of the journal. */
function boundOf(source: Cursor['from'], cursor: Cursor): number {
  if (source === cursor.from) return cursor.position
  return source === 'entry' ? positionMax : 0
}

const positionMax = Number.MAX_SAFE_INTEGER

function besideOrder(source: Cursor['from'], beside: Span['beside']) {
  const { at, position } = keys[source]
  return beside?.side === 'after' ? sql`${at}, ${position}` : sql`${at} desc, ${position} desc`
}

function textArray(values: readonly string[]) {
  return sql`${`{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`}::text[]`
}

function iso(moment: ReturnType<typeof sql>) {
  return sql`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

const columns = sql`id, incident_id, kind, ${iso(sql`said_at`)} as said_at, author_id, author_name, text, files, channel_id,
  message_ts, permalink, is_ours, noted_by, ${iso(sql`noted_at`)} as noted_at, status, ${iso(sql`deleted_at`)} as deleted_at,
  kept_by_hand, marks, versions`

interface Row {
  id: string
  incident_id: string
  kind: Entry['kind']
  said_at: string
  author_id: string | null
  author_name: string
  text: string
  files: readonly AttachedFile[]
  channel_id: string | null
  message_ts: string | null
  permalink: string | null
  is_ours: boolean
  noted_by: string | null
  noted_at: string
  status: Entry['status']
  deleted_at: string | null
  kept_by_hand: boolean
  marks: Entry['marks']
  versions: Entry['versions']
}

function fromRow(row: Row): Entry {
  const author: Author = { id: row.author_id, name: row.author_name }
  return {
    id: row.id,
    incident: row.incident_id,
    kind: row.kind,
    saidAt: row.said_at,
    author,
    text: row.text,
    files: row.files,
    source: sourceOf(row),
    notedBy: row.noted_by,
    notedAt: row.noted_at,
    status: row.status,
    deletedAt: row.deleted_at,
    isKeptByHand: row.kept_by_hand,
    marks: row.marks,
    versions: row.versions,
  }
}

function sourceOf({ channel_id, message_ts, permalink, is_ours: isOurs }: Row): Source | null {
  return channel_id === null || message_ts === null
    ? null
    : { channelId: channel_id, ts: message_ts, permalink, isOurs }
}
