/** The weather as `perform` knows it, and how it is kept. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../core/db.ts'
import type { Aggregate } from '../../../core/perform.ts'
import type { Rules } from '../rules.ts'
import { waitingFor } from '../store.ts'
import { type Command, decide, type Event, everywhere, evolve, type Refused, type Weather } from './domain.ts'
import { effects } from './effects.ts'

export const stormAggregate: Aggregate<Weather, Command, Event, Refused, Rules> = {
  feature: 'alertStorms',
  newId: () => Promise.reject(new Error('there is one weather, and it has a name')),
  load,
  save,
  enrich,
  decide,
  evolve,
  effects,
}

/** What waits for the end of the storm. */
async function enrich(tx: Db, command: Command): Promise<Command> {
  if (command.type !== 'storm.calm') return command
  const number = (await load(tx, everywhere))?.number ?? 0
  const released = await waitingFor(tx, { by: 'storm', what: String(number) })
  return { ...command, released, passed: await countPassed(tx, number) }
}

/** Over before anybody saw a message of it. */
async function countPassed(tx: Db, storm: number): Promise<number> {
  const [row] = await rows<{ n: number }>(
    tx,
    sql`select count(*)::int as n from alert_outbreaks o
      left join things on things.name = 'alerts/' || o.group_id || '/message-' || o.number
      where o.storm = ${storm} and o.ended_at is not null and not o.is_acted and things.observed is null`,
  )
  return row?.n ?? 0
}

async function load(tx: Db, id: string): Promise<Weather | null> {
  const [row] = await rows<Weather>(
    tx,
    sql`select id, number, status, ${iso('began_at')} as "beganAt", ${iso('last_at')} as "lastAt",
      ${iso('ended_at')} as "endedAt", group_count as "groupCount", alert_count as "alertCount"
      from alert_storms where id = ${id}`,
  )
  return row ?? null
}

async function save(tx: Db, id: string, weather: Weather): Promise<void> {
  const { number, status, beganAt, lastAt, endedAt, groupCount, alertCount } = weather
  await tx.execute(sql`
    insert into alert_storms (id, number, status, began_at, last_at, ended_at, group_count, alert_count)
    values (${id}, ${number}, ${status}, ${beganAt}, ${lastAt}, ${endedAt}, ${groupCount}, ${alertCount})
    on conflict (id) do update set number = excluded.number, status = excluded.status, began_at = excluded.began_at,
      last_at = excluded.last_at, ended_at = excluded.ended_at, group_count = excluded.group_count,
      alert_count = excluded.alert_count`)
}

const iso = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

export interface Sky {
  isRaging: boolean
  /** How many of these groups fire already, and how many broke out within the last while. */
  firing: ReadonlySet<string>
  recent: number
}

/** Asked once for each handful of alerts. */
export async function lookAtSky(db: Db, groups: readonly string[], withinMilliseconds: number): Promise<Sky> {
  const [row] = await rows<{ raging: boolean; firing: string[]; recent: number }>(
    db,
    sql`select exists (select 1 from alert_storms where status = 'raging') as raging,
      (select coalesce(jsonb_agg(id), '[]') from alert_groups
        where status = 'firing' and id in (select jsonb_array_elements_text(${JSON.stringify(groups)}::jsonb))) as firing,
      (select count(*)::int from alert_outbreaks
        where number > 0 and noted_at > now() - ${withinMilliseconds} * interval '1 millisecond') as recent`,
  )
  return { isRaging: row?.raging ?? false, firing: new Set(row?.firing ?? []), recent: row?.recent ?? 0 }
}
