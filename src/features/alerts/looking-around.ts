/** Reads what a group must know of the world around it: one question to the database for all of it. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { Matcher } from '../../lib/matchers.ts'
import { findRunning, incidentAggregate } from '../incidents/index.ts'
import type { Waiting } from './domain.ts'
import type { Inhibitor, Surroundings } from './surroundings.ts'

export interface Asked {
  now: Date
  /** Is there an incident for this service? */
  service: string | null
  /** What still fires for this incident? */
  incident: string | null
}

// More silences, and more of what keeps others quiet, than anybody can have an eye on.
const silencesMax = 500
const inhibitorsMax = 500
const inhibitedMax = 2_000

export async function lookAround(tx: Db, { now, service, incident }: Asked): Promise<Surroundings> {
  const [row] = await rows<Row>(
    tx,
    sql`select
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'match', match, 'until', ${isoUntil}) order by until), '[]')
        from (select * from silences where status = 'active' and until > ${now.toISOString()} limit ${silencesMax}) s) as silences,
      (select coalesce(jsonb_agg(jsonb_build_object('group', group_id, 'fingerprint', fingerprint, 'title', title,
          'labels', labels || jsonb_build_object('source', source))), '[]')
        from (select * from alert_members where status = 'firing' and inhibits limit ${inhibitorsMax}) i) as inhibitors,
      (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'service', service)), '[]')
        from (select * from alert_groups where held_by <> '[]' and held_by ? 'inhibit' limit ${inhibitedMax}) g) as inhibited,
      (select number from alert_storms where status = 'raging' limit 1) as storm,
      (select count(*)::int from alert_groups where incident_id = ${incident} and status = 'firing') as firing,
      (select to_char(max(o.ended_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        from alert_groups g join alert_outbreaks o on o.group_id = g.id and o.number = g.outbreak
        where g.incident_id = ${incident}) as clear_since`,
  )
  const opener = incident === null ? null : await incidentAggregate.load(tx, incident)
  if (!row) throw new Error('the database answered nothing')
  return {
    silences: row.silences,
    inhibitors: row.inhibitors,
    inhibited: row.inhibited,
    storm: row.storm === null ? null : String(row.storm),
    running: service === null ? null : await findRunning(tx, { service }),
    firingForIncident: row.firing,
    clearSince: row.clear_since,
    isOpenedByAlert: opener?.origin?.feature === 'alerts',
  }
}

const isoUntil = sql.raw(`to_char(until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

interface Row {
  silences: { id: string; match: Matcher[]; until: string }[]
  inhibitors: Inhibitor[]
  inhibited: Waiting[]
  storm: number | null
  firing: number
  clear_since: string | null
}
