/** `tocsin replay`: the journal folded again, held against what is stored. The same check runs after every story. */
import { sql } from 'drizzle-orm'
import { type Db, openDatabase, rows } from './core/db.ts'
import { ruledOf } from './core/feature.ts'
import { readJournal } from './core/journal.ts'
import { readEnv } from './env.ts'
import { features } from './features/index.ts'
import { canonical } from './lib/fingerprint.ts'

export interface Difference {
  feature: string
  subject: string
  folded: unknown
  stored: unknown
}

/** Every subject whose journal does not fold to what is stored. */
export async function findDifferences(db: Db, only?: { feature: string; subject: string }): Promise<Difference[]> {
  const found: Difference[] = []
  const subjects = only
    ? [only]
    : await rows<{ feature: string; subject: string }>(
        db,
        sql`select distinct feature, subject from journal order by feature, subject`,
      )
  for (const { feature, subject } of subjects) {
    // In sequence: a check, and no hurry.
    const stored = await aggregateOf(feature).load(db, subject)
    const folded = await fold(db, feature, subject)
    if (canonical(folded) !== canonical(stored)) found.push({ feature, subject, folded, stored })
  }
  return found
}

export async function fold(db: Db, feature: string, subject: string): Promise<unknown> {
  const aggregate = aggregateOf(feature)
  let state: unknown = null
  for (const { event } of await readJournal(db, feature, subject)) {
    if (event.type.endsWith('.refused') && 'refused' in event) continue
    state = aggregate.evolve(state, event)
  }
  return state
}

function aggregateOf(name: string) {
  const ruled = features.flatMap(ruledOf).find(({ aggregate }) => aggregate.feature === name)
  if (!ruled) throw new Error(`the journal speaks of ${name}, which is no feature of this release`)
  return ruled.aggregate
}

export async function replay(incident: string, print: (line: string) => void): Promise<boolean> {
  const { env } = readEnv(process.env)
  const database = await openDatabase(env.databaseUrl?.reveal() ?? env.dataFolder)
  try {
    const folded = await fold(database.db, 'incidents', incident)
    if (folded === null) {
      print(`The journal knows no incident ${incident}.`)
      return false
    }
    print(JSON.stringify(folded, null, 2))
    const [difference] = await findDifferences(database.db, { feature: 'incidents', subject: incident })
    if (difference) print(`The stored state differs:\n${JSON.stringify(difference.stored, null, 2)}`)
    return difference === undefined
  } finally {
    await database.close()
  }
}
