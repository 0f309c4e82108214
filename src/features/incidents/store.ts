/** How incidents are kept: plain columns, one row each. */
import { and, desc, eq, inArray, or, type SQL, sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { type Db, rows } from '../../core/db.ts'
import { thingInChannel } from '../../core/things.ts'
import type { DataLoss, Incident, Kind, Origin, Similar, Status, Time } from './domain.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const list = (name: string) => jsonb(name).$type<readonly string[]>().notNull()

export const incidents = pgTable('incidents', {
  id: integer('id').primaryKey(),
  title: text('title').notNull(),
  severity: text('severity').notNull(),
  status: text('status').$type<Status>().notNull(),
  kind: text('kind').$type<Kind>().notNull(),
  isPrivate: boolean('is_private').notNull(),
  service: text('service'),
  summary: text('summary').notNull(),
  impact: text('impact').notNull(),
  lead: text('lead'),
  roles: jsonb('roles').$type<Readonly<Record<string, string>>>().notNull(),
  members: list('members'),
  handover: jsonb('handover').$type<Incident['handover']>(),
  declaredBy: text('declared_by'),
  origin: jsonb('origin').$type<Origin>(),
  channelId: text('channel_id'),
  channelName: text('channel_name'),
  channelTrouble: text('channel_trouble'),
  isArchived: boolean('is_archived').notNull(),
  leadAskedCount: integer('lead_asked_count').notNull(),
  leadWantedAt: moment('lead_wanted_at').notNull(),
  closeAskedCount: integer('close_asked_count').notNull(),
  cardFacts: jsonb('card_facts').$type<Readonly<Record<string, unknown>>>().notNull(),
  resolution: text('resolution').notNull(),
  dataLoss: text('data_loss').$type<DataLoss>(),
  startedAt: moment('started_at').notNull(),
  detectedAt: moment('detected_at').notNull(),
  declaredAt: moment('declared_at').notNull(),
  acknowledgedAt: moment('acknowledged_at'),
  mitigatedAt: moment('mitigated_at'),
  resolvedAt: moment('resolved_at'),
  closedAt: moment('closed_at'),
  mergedAt: moment('merged_at'),
  before: text('status_before_merge').$type<Status>(),
  assumed: jsonb('assumed_times').$type<readonly Time[]>().notNull(),
  mergedInto: text('merged_into'),
  absorbed: list('absorbed'),
})

export const openStatuses: readonly Status[] = ['triage', 'investigating', 'identified', 'monitoring']

export async function newId(tx: Db): Promise<string> {
  // One declaration at a time, so that two people who declare the same thing at once are told of each other.
  await rows(tx, sql`select pg_advisory_xact_lock(hashtextextended('incidents/declare', 0))`)
  // No sequence: a declaration that is refused must not leave a gap that people look for.
  const [row] = await rows<{ id: string }>(tx, sql`select (coalesce(max(id), 0) + 1)::text as id from incidents`)
  return row?.id ?? '1'
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

/** Whose eyes it is for: a private one is found by its members only. Null sees what everybody may. */
export interface Reader {
  person: string | null
}

function visibleTo({ person }: Reader): SQL | undefined {
  const isPublic = sql`not ${incidents.isPrivate}`
  return person === null ? isPublic : sql`(${isPublic} or ${incidents.members} ? ${person})`
}

/** What goes on, the newest first. */
export async function listOpen(db: Db, reader: Reader, limit = 100): Promise<Incident[]> {
  return find(db, and(inArray(incidents.status, [...openStatuses]), visibleTo(reader)), limit)
}

export async function listNewest(db: Db, reader: Reader, limit: number): Promise<Incident[]> {
  return find(db, visibleTo(reader), limit)
}

/** What goes on for a service, the gravest, or by its number; and everybody may know of it: an alert may join it. */
export async function findRunning(
  tx: Db,
  wanted: { service: string } | { id: string },
): Promise<(Pick<Incident, 'id' | 'status' | 'severity'> & { declaredAt: string }) | null> {
  const { id, status, severity, declaredAt } = incidents
  const [found] = await tx
    .select({ id, status, severity, declaredAt })
    .from(incidents)
    .where(
      and(
        'service' in wanted ? eq(incidents.service, wanted.service) : eq(incidents.id, Number(wanted.id)),
        inArray(incidents.status, [...openStatuses]),
        eq(incidents.kind, 'real'),
        visibleTo({ person: null }),
      ),
    )
    .orderBy(sql`${incidents.status} = 'triage'`, incidents.severity, desc(incidents.id))
    .limit(1)
  return found ? { ...found, id: String(found.id), declaredAt: found.declaredAt.toISOString() } : null
}

const isOpen = inArray(incidents.status, [...openStatuses])
const isAsked = sql`${incidents.handover} ->> 'to'`

/** Whoever leads, has a role, or is asked to take over, in what still goes on. */
export async function holders(db: Db): Promise<string[]> {
  const found = await rows<{ person: string }>(
    db,
    sql`select distinct person from ${incidents}, lateral (select ${incidents.lead} as person union select ${isAsked}
      union select value from jsonb_each_text(${incidents.roles})) as held where person is not null and ${isOpen}`,
  )
  return found.map(({ person }) => person)
}

/** Where this person leads, has a role, or is asked to take over, of what still goes on. */
export async function heldBy(db: Db, person: string): Promise<string[]> {
  const found = await db
    .select({ id: incidents.id })
    .from(incidents)
    .where(and(isOpen, or(holds(person), sql`${isAsked} = ${person}`)))
    .orderBy(incidents.id)
  return found.map(({ id }) => String(id))
}

function holds(person: string): SQL {
  return sql`(${incidents.lead} = ${person} or exists (select 1 from jsonb_each_text(${incidents.roles}) where value = ${person}))`
}

export interface Wanted {
  severity?: string
  service?: string
  /** Whoever leads it or has a role in it. */
  person?: string
  words?: string
}

/** By severity, service, person and words, the newest first. */
export async function search(db: Db, wanted: Wanted, reader: Reader, limit: number): Promise<Incident[]> {
  const { severity, service, person, words } = wanted
  const conditions = [
    ...(severity ? [eq(incidents.severity, severity)] : []),
    ...(service ? [eq(incidents.service, service)] : []),
    ...(person
      ? [
          // Whoever leads or has a role is a member, and members are indexed.
          sql`${incidents.members} ? ${person} and ${holds(person)}`,
        ]
      : []),
    ...(words ? [sql`${incidents.id} = any(array(${saying(allWords(words))}))`] : []),
    ...[visibleTo(reader)].filter((condition) => condition !== undefined),
  ]
  return find(db, and(...conditions), limit)
}

// To rank is dear, and an old likeness helps little.
const rankedMax = 500

/** What was like it and is over, the likest first: how it ended may help now. */
export async function similarTo(
  db: Db,
  like: { id: string | null; title: string; summary: string; service: string | null },
  reader: Reader,
  limit: number,
): Promise<Incident[]> {
  const query = anyWord(`${like.title} ${like.summary}`)
  const found = await db
    .select()
    .from(incidents)
    .where(
      and(
        sql`${incidents.id} = any(array(select id from (${saying(query)}) as likely order by id desc limit ${rankedMax}))`,
        sql`${incidents.status} in ('resolved', 'closed')`,
        sql`${incidents.kind} = 'real' and ${incidents.id} <> ${Number(like.id ?? 0)}`,
        visibleTo(reader),
      ),
    )
    .orderBy(
      sql`ts_rank(${document}, ${query}) + case when ${incidents.service} = ${like.service ?? ''} then 0.05 else 0 end desc`,
      desc(incidents.id),
    )
    .limit(limit)
  return found.map(fromRow)
}

// Said unasked, it had better be the same: a third of the words, or fewer where it is the same service.
const alike = 0.34
const alikeInService = 0.2
const offeredMax = 3

/** What a new incident's channel is offered by itself: only what everybody may know, and what says how it ended. */
export async function similarBefore(
  tx: Db,
  { title, service }: { title: string; service: string | null },
): Promise<Similar[]> {
  const mine = new Set(plainWords(title))
  if (mine.size === 0) return []
  const found = await similarTo(tx, { id: null, title, summary: '', service }, { person: null }, 20)
  return found
    .filter((one) => {
      const enough = service !== null && one.service === service ? alikeInService : alike
      return one.resolution !== '' && likeness(mine, new Set(plainWords(one.title))) >= enough
    })
    .slice(0, offeredMax)
    .map(({ id, title, severity, resolution }) => ({ id, title, severity, resolution }))
}

/** One merge at a time: of two that go opposite ways, the second finds the first done. */
export async function lockMerges(tx: Db): Promise<void> {
  await rows(tx, sql`select pg_advisory_xact_lock(hashtextextended('incidents/merge', 0))`)
}

const document = sql`to_tsvector('english', ${incidents.title} || ' ' || ${incidents.summary} || ' ' || ${incidents.impact} || ' ' || ${incidents.resolution})`

/** `offset 0` makes PostgreSQL ask the index for the words first. Left alone it reads from the newest on, which for a rare word is all of them. */
function saying(query: SQL): SQL {
  return sql`select ${incidents.id} from ${incidents} where ${document} @@ ${query} offset 0`
}

/** Every word, the last one perhaps not typed to its end. */
function allWords(words: string): SQL {
  const terms = plainWords(words)
  return sql`to_tsquery('english', ${terms.map((term) => `${term}:*`).join(' & ')})`
}

function anyWord(words: string): SQL {
  return sql`to_tsquery('english', ${plainWords(words).join(' | ')})`
}

function plainWords(words: string): string[] {
  return (words.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 20)
}

const twinMilliseconds = 10 * 60_000
// More than half of the words in common is the same thing said twice.
const half = 0.5

/** An open one that was declared a few minutes ago and says the same. Private ones are nobody's twin: that would tell of them. */
export async function findTwin(tx: Db, title: string, now: Date): Promise<{ id: string; title: string } | null> {
  const since = new Date(now.getTime() - twinMilliseconds)
  const recent = await find(
    tx,
    and(
      sql`${incidents.declaredAt} > ${since.toISOString()}`,
      inArray(incidents.status, [...openStatuses]),
      eq(incidents.kind, 'real'),
      visibleTo({ person: null }),
    ),
    20,
  )
  const mine = new Set(plainWords(title))
  const twin = recent.find((one) => likeness(mine, new Set(plainWords(one.title))) > half)
  return twin ? { id: twin.id, title: twin.title } : null
}

// What an alert or a heartbeat is linked to, it hears within this time: from then on whoever asks there sees it.
const linkedWithinMilliseconds = 60_000

/** The open one that a feature's subject opened a moment ago: two people may press its button at once. */
export async function findJustOpened(tx: Db, origin: Origin, now: Date): Promise<string | null> {
  const since = new Date(now.getTime() - linkedWithinMilliseconds)
  const [row] = await rows<{ id: string }>(
    tx,
    sql`select id::text as id from incidents where declared_at > ${since.toISOString()}
      and origin ->> 'feature' = ${origin.feature} and origin ->> 'id' = ${origin.id}
      and status in ('triage', 'investigating', 'identified', 'monitoring') limit 1`,
  )
  return row?.id ?? null
}

function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = a.intersection(b).size
  return both === 0 ? 0 : both / a.union(b).size
}

async function find(db: Db, condition: SQL | undefined, limit: number): Promise<Incident[]> {
  const found = await db.select().from(incidents).where(condition).orderBy(desc(incidents.id)).limit(limit)
  return found.map(fromRow)
}

/** The incident that a channel belongs to: also in the moment before the incident itself has heard of its channel. */
export async function idInChannel(db: Db, channelId: string): Promise<string | null> {
  const name = await thingInChannel(db, channelId)
  return name === null ? null : (/^incidents\/(\d+)\/channel$/.exec(name)?.[1] ?? null)
}

type Row = typeof incidents.$inferSelect

function fromRow(row: Row): Incident {
  const { channelId, channelName, assumed, before, ...columns } = row
  const { startedAt, detectedAt, declaredAt, acknowledgedAt, mitigatedAt, resolvedAt, closedAt, mergedAt, ...rest } =
    columns
  return {
    ...rest,
    id: String(row.id),
    leadWantedAt: row.leadWantedAt.toISOString(),
    channel: channelId === null ? null : { id: channelId, name: channelName ?? '' },
    times: {
      startedAt: startedAt.toISOString(),
      detectedAt: detectedAt.toISOString(),
      declaredAt: declaredAt.toISOString(),
      acknowledgedAt: acknowledgedAt?.toISOString() ?? null,
      mitigatedAt: mitigatedAt?.toISOString() ?? null,
      resolvedAt: resolvedAt?.toISOString() ?? null,
      closedAt: closedAt?.toISOString() ?? null,
      mergedAt: mergedAt?.toISOString() ?? null,
      before,
      assumed,
    },
  }
}

function toRow(id: number, { channel, times, ...incident }: Incident): Row {
  const date = (at: string | null) => (at === null ? null : new Date(at))
  return {
    ...incident,
    id,
    channelId: channel?.id ?? null,
    channelName: channel?.name ?? null,
    leadWantedAt: new Date(incident.leadWantedAt),
    startedAt: new Date(times.startedAt),
    detectedAt: new Date(times.detectedAt),
    declaredAt: new Date(times.declaredAt),
    acknowledgedAt: date(times.acknowledgedAt),
    mitigatedAt: date(times.mitigatedAt),
    resolvedAt: date(times.resolvedAt),
    closedAt: date(times.closedAt),
    mergedAt: date(times.mergedAt),
    before: times.before,
    assumed: times.assumed,
  }
}
