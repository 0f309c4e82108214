/** The opening as `perform` knows it, and how it is kept. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../core/db.ts'
import type { Aggregate } from '../../../core/perform.ts'
import { findRunning } from '../../incidents/index.ts'
import type { LinkedIncident } from '../alert.ts'
import type { Rules } from '../rules.ts'
import { type Command, decide, type Event, evolve, type Opening, type Refused } from './domain.ts'
import { effects } from './effects.ts'

export const openingAggregate: Aggregate<Opening, Command, Event, Refused, Rules> = {
  feature: 'alertOpenings',
  newId: () => Promise.reject(new Error('an opening is named by what it is for')),
  load,
  save,
  enrich,
  decide,
  evolve,
  effects,
}

/** What runs by now for the service; in a storm, what was opened in it and still runs. */
async function enrich(tx: Db, command: Command): Promise<Command> {
  if (command.type !== 'opening.want') return command
  return { ...command, running: await runningNow(tx, command) }
}

async function runningNow(
  tx: Db,
  { service, key }: Extract<Command, { type: 'opening.want' }>,
): Promise<LinkedIncident | null> {
  const known = service === null ? ((await load(tx, key))?.incident ?? null) : null
  const found =
    service !== null ? await findRunning(tx, { service }) : known === null ? null : await findRunning(tx, { id: known })
  return found && { id: found.id, status: found.status, severity: found.severity }
}

async function load(tx: Db, id: string): Promise<Opening | null> {
  const [row] = await rows<Opening>(
    tx,
    sql`select id, status, severity, as_triage as "asTriage", opener, waiting, incident_id as incident,
        to_char(began_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "beganAt"
      from alert_openings where id = ${id}`,
  )
  return row ?? null
}

async function save(tx: Db, id: string, opening: Opening): Promise<void> {
  const { status, severity, asTriage, opener, waiting, incident, beganAt } = opening
  await tx.execute(sql`
    insert into alert_openings (id, status, severity, as_triage, opener, waiting, incident_id, began_at)
    values (${id}, ${status}, ${severity}, ${asTriage}, ${opener}, ${JSON.stringify(waiting)}, ${incident}, ${beganAt})
    on conflict (id) do update set status = excluded.status, severity = excluded.severity, as_triage = excluded.as_triage,
      opener = excluded.opener, waiting = excluded.waiting, incident_id = excluded.incident_id, began_at = excluded.began_at`)
}
