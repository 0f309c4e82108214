/** How silences are kept: plain columns, one row each. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../core/db.ts'
import { matches } from '../../../lib/matchers.ts'
import { firingOf, type Waiting } from '../domain.ts'
import { labelsOf } from '../pipeline.ts'
import { firingGroups } from '../store.ts'
import type { Silence } from './domain.ts'

export async function newId(tx: Db): Promise<string> {
  const [row] = await rows<{ id: string }>(tx, sql`select 'S-' || nextval('silence_numbers') as id`)
  if (!row) throw new Error('the sequence silence_numbers gave nothing')
  return row.id
}

export async function load(tx: Db, id: string): Promise<Silence | null> {
  const [row] = await rows<Silence>(tx, sql`${all} where id = ${id}`)
  return row ?? null
}

export async function save(tx: Db, id: string, silence: Silence): Promise<void> {
  const { match, reason, createdBy, createdAt, until, status, endedBy, endedAt, remoteId, remoteTrouble } = silence
  const { endedThere, changedThereAt, copies } = silence
  await tx.execute(sql`
    insert into silences (id, match, reason, created_by, created_at, until, status, ended_by, ended_at, remote_id,
      remote_trouble, ended_there, changed_there_at, copies)
    values (${id}, ${JSON.stringify(match)}, ${reason}, ${createdBy}, ${createdAt}, ${until}, ${status}, ${endedBy},
      ${endedAt}, ${remoteId}, ${remoteTrouble}, ${endedThere}, ${changedThereAt}, ${copies})
    on conflict (id) do update set match = excluded.match, until = excluded.until, status = excluded.status,
      ended_by = excluded.ended_by, ended_at = excluded.ended_at, remote_id = excluded.remote_id,
      remote_trouble = excluded.remote_trouble, ended_there = excluded.ended_there,
      changed_there_at = excluded.changed_there_at, copies = excluded.copies`)
}

/** Those that hold now, the one that ends first above. */
export async function listActive(db: Db, limit: number): Promise<Silence[]> {
  return rows<Silence>(db, sql`${all} where status = 'active' order by silences.until limit ${limit}`)
}

// Somebody may give it more time there in its last moment, which is seen only by the next look.
const afterItsTimeMilliseconds = 3 * 60_000

/** Those whose copy in Alertmanager may say something new. */
export async function listCopied(db: Db, now: Date): Promise<Silence[]> {
  const since = new Date(now.getTime() - afterItsTimeMilliseconds).toISOString()
  return rows<Silence>(
    db,
    sql`${all} where remote_id is not null and (status = 'active' or (status = 'ended' and ended_at >= silences.until
      and silences.until > ${since})) order by silences.until limit ${copiesMax}`,
  )
}

// More silences than anybody can have an eye on.
const copiesMax = 1_000

// More groups than this do not fire at once but in a storm, and then each is looked at when it is heard of next.
const affectedMax = 2_000

/** The groups in which something fires that it is for. */
export async function affectedBy(db: Db, { match }: Pick<Silence, 'match'>): Promise<Waiting[]> {
  const firing = await firingGroups(db, affectedMax)
  const affected = firing.filter((group) =>
    firingOf(group).some((member) => matches(match, labelsOf({ ...member, source: group.source }))),
  )
  return affected.map(({ id, service }) => ({ id, service }))
}

const iso = (column: string) => sql.raw(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`)

const all = sql`select id, match, reason, created_by as "createdBy", ${iso('created_at')} as "createdAt",
  ${iso('until')} as until, status, ended_by as "endedBy", ${iso('ended_at')} as "endedAt", remote_id as "remoteId",
  remote_trouble as "remoteTrouble", ended_there as "endedThere", ${iso('changed_there_at')} as "changedThereAt", copies
  from silences`
