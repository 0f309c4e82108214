/** The watch as `perform` knows it, and how it is kept. */
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../../../core/db.ts'
import type { Aggregate } from '../../../../core/perform.ts'
import type { Rules } from '../../rules.ts'
import { commentOf } from '../copies.ts'
import { listCopied } from '../store.ts'
import { type Command, decide, type Event, evolve, type Refused, type Watch } from './domain.ts'
import { effects } from './effects.ts'

export const watchAggregate: Aggregate<Watch, Command, Event, Refused, Rules> = {
  feature: 'silenceWatches',
  newId: () => Promise.reject(new Error('there is one watch, and it has a name')),
  load: loadWatch,
  save,
  enrich,
  decide,
  evolve,
  effects,
}

async function enrich(tx: Db, command: Command, now: Date): Promise<Command> {
  switch (command.type) {
    case 'watch.look': {
      const copied = await listCopied(tx, now)
      const copies = copied.flatMap(({ id, remoteId, reason }) =>
        remoteId === null ? [] : [{ silence: id, id: remoteId, comment: commentOf({ id, reason }) }],
      )
      return { ...command, copies }
    }
    case 'watch.see':
      return { ...command, known: await listCopied(tx, now) }
    default:
      return command
  }
}

export async function loadWatch(tx: Db, id: string): Promise<Watch | null> {
  const [row] = await rows<Watch>(
    tx,
    sql`select id, to_char(looked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lookedAt", trouble
      from silence_watches where id = ${id}`,
  )
  return row ?? null
}

async function save(tx: Db, id: string, { lookedAt, trouble }: Watch): Promise<void> {
  await tx.execute(sql`insert into silence_watches (id, looked_at, trouble) values (${id}, ${lookedAt}, ${trouble})
    on conflict (id) do update set looked_at = excluded.looked_at, trouble = excluded.trouble`)
}
