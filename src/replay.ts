/** `tocsin replay`: the journal folded again, held against what is stored. The same check runs after every story. */
import { type Db, openDatabase } from './core/db.ts'
import { ruledOf } from './core/feature.ts'
import { type Entry, readJournal, readWholeJournal } from './core/journal.ts'
import { readEnv } from './env.ts'
import { features } from './features/index.ts'
import { canonical } from './lib/fingerprint.ts'

export interface Difference {
  feature: string
  subject: string
  folded: unknown
  stored: unknown
}

/** Every subject whose journal does not fold to what is stored, both as of one moment: a bot may be at work. */
export function findDifferences(db: Db, only?: { feature: string; subject: string }): Promise<Difference[]> {
  return db.transaction((tx) => differencesIn(tx, only), { isolationLevel: 'repeatable read', accessMode: 'read only' })
}

async function differencesIn(tx: Db, only: { feature: string; subject: string } | undefined): Promise<Difference[]> {
  const found: Difference[] = []
  const entries = only ? await readJournal(tx, only.feature, only.subject) : await readWholeJournal(tx)
  for (const [whose, history] of Map.groupBy(entries, (entry) => JSON.stringify([entry.feature, entry.subject]))) {
    const [feature, subject] = JSON.parse(whose) as [string, string]
    // In sequence: a check, and no hurry.
    const stored = await aggregateOf(feature).load(tx, subject)
    const folded = foldOf(feature, history)
    if (canonical(folded) !== canonical(stored)) found.push({ feature, subject, folded, stored })
  }
  return found
}

export async function fold(db: Db, feature: string, subject: string): Promise<unknown> {
  return foldOf(feature, await readJournal(db, feature, subject))
}

function foldOf(feature: string, history: readonly Entry[]): unknown {
  const aggregate = aggregateOf(feature)
  return history
    .map(({ event }) => event)
    .filter((event) => !(event.type.endsWith('.refused') && 'refused' in event))
    .reduce((state: unknown, event) => aggregate.evolve(state, event), null)
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
