/** Stories, as `perform` knows them. */
import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { type Db, rows } from '../../core/db.ts'
import type { Aggregate } from '../../core/perform.ts'
import { type Command, decide, type Event, evolve, type Refused, type Story } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'
import { load, save } from './store.ts'
import { countSubscribers } from './subscribers.ts'

export const aggregate: Aggregate<Story, Command, Event, Refused, Rules> = {
  feature: 'comms',
  newId,
  load,
  save,
  enrich,
  decide,
  evolve,
  effects,
}

async function newId(tx: Db): Promise<string> {
  const [row] = await rows<{ n: string }>(tx, sql`select nextval('comms_story_numbers')::text as n`)
  return `c${row?.n}`
}

async function enrich(tx: Db, command: Command): Promise<Command> {
  switch (command.type) {
    case 'comms.follow':
      return { ...command, publicId: newPublicId() }
    case 'comms.begin':
      return { ...command, publicId: newPublicId(), reach: await countSubscribers(tx, command.facts.components) }
    case 'comms.write':
      return { ...command, reach: await countSubscribers(tx, command.facts.components) }
    default:
      return command
  }
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Twelve characters of chance: nobody can count our incidents by it. */
function newPublicId(): string {
  return Array.from(randomBytes(12), (byte) => alphabet[byte % alphabet.length]).join('')
}
