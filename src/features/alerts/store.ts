/** How groups of alerts are kept: plain columns; a row a group, a row an alert, a row an outbreak. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { Alert, AlertGroup, Hold, Labels, Link, Member, Outbreak, Verdict, Waiting } from './domain.ts'
import { firingOf, membersOf } from './domain.ts'
import { ruleOf } from './words.ts'

export async function load(tx: Db, id: string): Promise<AlertGroup | null> {
  const [row] = await rows<GroupRow>(tx, sql`${groupsWithMembers} where g.id = ${id}`)
  return row ? fromRow(row) : null
}

export async function save(tx: Db, id: string, group: AlertGroup): Promise<void> {
  const { source, route, key, service, status, firings, dropped, outbreak, incident } = group
  const json = (value: unknown) => JSON.stringify(value)
  await tx.execute(sql`
    with own as (
      insert into alert_groups (id, source, route, key, service, status, firings, dropped, outbreak, incident_id,
        incident_status, incident_severity, held_by)
      values (${id}, ${source}, ${route}, ${json(key)}, ${service}, ${status}, ${json(firings)}, ${json(dropped)},
        ${outbreak.number}, ${incident?.id ?? null}, ${incident?.status ?? null}, ${incident?.severity ?? null},
        ${json(heldBy(group))})
      on conflict (id) do update set service = excluded.service, status = excluded.status, firings = excluded.firings,
        dropped = excluded.dropped, outbreak = excluded.outbreak, incident_id = excluded.incident_id,
        incident_status = excluded.incident_status, incident_severity = excluded.incident_severity,
        held_by = excluded.held_by, changed_at = now())
    insert into alert_outbreaks (group_id, number, rule, began_at, started_at, ended_at, fired_count, is_shown, is_acted,
      paged, acknowledged_by, acknowledged_at, led_to, is_declined, verdict, clear_asked_count, storm)
    values (${id}, ${outbreak.number}, ${ruleOf(group)}, ${outbreak.startedAt}, ${outbreak.startedAt}, ${outbreak.endedAt},
      ${outbreak.firedCount}, ${outbreak.isShown}, ${outbreak.isActed}, ${outbreak.paged}, ${outbreak.acknowledgedBy},
      ${outbreak.acknowledgedAt}, ${outbreak.ledTo}, ${outbreak.isDeclined}, ${outbreak.verdict}, ${outbreak.clearAskedCount},
      ${outbreak.storm})
    on conflict (group_id, number) do update set started_at = excluded.started_at, ended_at = excluded.ended_at,
      fired_count = excluded.fired_count, is_shown = excluded.is_shown, is_acted = excluded.is_acted,
      paged = excluded.paged, acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,
      led_to = excluded.led_to, is_declined = excluded.is_declined, verdict = excluded.verdict, clear_asked_count = excluded.clear_asked_count,
      storm = excluded.storm`)
  await saveMembers(tx, id, group)
}

/** Only what changed is written, and what is forgotten goes. */
async function saveMembers(tx: Db, id: string, group: AlertGroup): Promise<void> {
  const values = membersOf(group).map((member) => ({
    fingerprint: member.fingerprint,
    title: member.title,
    labels: member.labels,
    annotations: member.annotations,
    links: member.links,
    extra: member.extra,
    status: member.status,
    started_at: member.startedAt,
    ended_at: member.endedAt,
    last_at: member.lastAt,
    holds: member.holds,
    inhibits: member.inhibits,
  }))
  await tx.execute(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as given (fingerprint text, title text,
        labels jsonb, annotations jsonb, links jsonb, extra jsonb, status text, started_at timestamptz,
        ended_at timestamptz, last_at timestamptz, holds jsonb, inhibits boolean)),
    forgotten as (
      delete from alert_members where group_id = ${id} and fingerprint not in (select fingerprint from given))
    insert into alert_members as known (group_id, source, fingerprint, title, labels, annotations, links, extra, status,
      started_at, ended_at, last_at, holds, inhibits)
    select ${id}, ${group.source}, given.* from given
    on conflict (group_id, fingerprint) do update set title = excluded.title, labels = excluded.labels,
      annotations = excluded.annotations, links = excluded.links, extra = excluded.extra, status = excluded.status,
      started_at = excluded.started_at, ended_at = excluded.ended_at, last_at = excluded.last_at, holds = excluded.holds,
      inhibits = excluded.inhibits
    where known is distinct from excluded`)
}

function heldBy(group: AlertGroup): string[] {
  return [...new Set(firingOf(group).flatMap(({ holds }) => holds.map(heldName)))]
}

export function heldName({ by, what }: Pick<Hold, 'by' | 'what'>): string {
  // Whoever ends an inhibition does not know its words, so all go by one name.
  return by === 'inhibit' ? by : `${by} ${what}`
}

/** Groups of which something is kept quiet by this, oldest first. */
export async function waitingFor(db: Db, held: Pick<Hold, 'by' | 'what'>): Promise<Waiting[]> {
  return rows<Waiting>(
    db,
    sql`select id, service from alert_groups where held_by <> '[]' and held_by ? ${heldName(held)} and status = 'firing'
      order by changed_at limit ${waitingMax}`,
  )
}

const waitingMax = 2_000

/** Where these alerts fire: their end must reach them there, whatever the routes say by now. */
export async function homesOf(
  db: Db,
  alerts: readonly Pick<Alert, 'source' | 'fingerprint'>[],
): Promise<{ group: string; source: string; fingerprint: string; route: string; key: Labels }[]> {
  if (alerts.length === 0) return []
  const wanted = JSON.stringify(alerts.map(({ source, fingerprint }) => ({ source, fingerprint })))
  return rows(
    db,
    sql`select m.group_id as "group", m.source, m.fingerprint, g.route, g.key
      from jsonb_to_recordset(${wanted}::jsonb) as wanted (source text, fingerprint text)
      join alert_members m on m.source = wanted.source and m.fingerprint = wanted.fingerprint and m.status = 'firing'
      join alert_groups g on g.id = m.group_id`,
  )
}

/** By the beginning of an id, as people read and type it: none, one, or more than one. */
export async function findByPrefix(db: Db, prefix: string): Promise<AlertGroup[]> {
  if (!/^[0-9a-f]{4,20}$/.test(prefix)) return []
  const found = await rows<GroupRow>(
    db,
    sql`${groupsWithMembers} where g.id like ${`${prefix}%`} order by g.id limit 2`,
  )
  return found.map(fromRow)
}

/** What fires, the newest first. */
export async function listFiring(db: Db, limit: number): Promise<AlertGroup[]> {
  const found = await rows<GroupRow>(
    db,
    sql`${groupsWithMembers} where g.status = 'firing' order by o.started_at desc, g.id limit ${limit}`,
  )
  return found.map(fromRow)
}

export async function firingGroups(db: Db, limit: number): Promise<AlertGroup[]> {
  const found = await rows<GroupRow>(
    db,
    sql`${groupsWithMembers} where g.status = 'firing' order by g.id limit ${limit}`,
  )
  return found.map(fromRow)
}

export async function countFiring(db: Db): Promise<number> {
  const [row] = await rows<{ n: number }>(db, sql`select count(*)::int as n from alert_groups where status = 'firing'`)
  return row?.n ?? 0
}

/** The groups that still fire for an incident. */
export async function firingFor(db: Db, incident: string): Promise<AlertGroup[]> {
  const found = await rows<GroupRow>(
    db,
    sql`${groupsWithMembers} where g.incident_id = ${incident} and g.status = 'firing' order by o.started_at limit 10`,
  )
  return found.map(fromRow)
}

const iso = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

const groupsWithMembers = sql`select g.id, g.source, g.route, g.key, g.service, g.status, g.firings, g.dropped,
    g.incident_id, g.incident_status, g.incident_severity,
    jsonb_build_object('number', o.number, 'startedAt', ${iso('o.started_at')}, 'endedAt', ${iso('o.ended_at')},
      'firedCount', o.fired_count, 'isShown', o.is_shown, 'isActed', o.is_acted, 'paged', o.paged,
      'acknowledgedBy', o.acknowledged_by, 'acknowledgedAt', ${iso('o.acknowledged_at')}, 'ledTo', o.led_to, 'isDeclined', o.is_declined,
      'verdict', o.verdict, 'clearAskedCount', o.clear_asked_count, 'storm', o.storm::text) as outbreak,
    (select coalesce(jsonb_object_agg(m.fingerprint, jsonb_build_object('fingerprint', m.fingerprint, 'title', m.title,
      'labels', m.labels, 'annotations', m.annotations, 'links', m.links, 'extra', m.extra, 'status', m.status,
      'startedAt', ${iso('m.started_at')}, 'endedAt', ${iso('m.ended_at')}, 'lastAt', ${iso('m.last_at')},
      'holds', m.holds, 'inhibits', m.inhibits)), '{}') from alert_members m where m.group_id = g.id) as members
  from alert_groups g join alert_outbreaks o on o.group_id = g.id and o.number = g.outbreak`

interface GroupRow {
  id: string
  source: string
  route: string
  key: Labels
  service: string | null
  status: AlertGroup['status']
  firings: string[]
  dropped: AlertGroup['dropped']
  incident_id: string | null
  incident_status: string | null
  incident_severity: string | null
  outbreak: Outbreak & { verdict: Verdict | null }
  members: Record<string, Member & { links: Link[] }>
}

function fromRow(row: GroupRow): AlertGroup {
  const { incident_id: id, incident_status: status, incident_severity: severity, members, ...group } = row
  return {
    ...group,
    members: new Map(Object.entries(members)),
    incident: id === null ? null : { id, status: status ?? '', severity: severity ?? '' },
  }
}
