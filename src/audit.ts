/** `tocsin audit`: is the record of actions still what was written, and where does it end? */
import { sql } from 'drizzle-orm'
import { type Db, openDatabase, rows } from './core/db.ts'
import { readEnv } from './env.ts'
import { readAnchors, verifyAudit } from './features/actions/index.ts'

type Print = (line: string) => void

/** False when a row was changed, or rows are missing that an anchor knows. */
export async function auditVerify(print: Print, anchorFile: string | null): Promise<boolean> {
  const anchors = anchorFile === null ? [] : await readAnchors(anchorFile)
  const { firstBad, checked, head, missing } = await withDatabase((db) => verifyAudit(db, anchors))
  if (firstBad !== null)
    print(`Row ${firstBad} is not as it was written. Everything from there on is worth nothing as proof.`)
  for (const anchor of missing)
    print(
      `Row ${anchor.seq} was ${anchor.hash} at ${anchor.at}, and is not any more: rows were cut off or written anew.`,
    )
  if (firstBad !== null || missing.length > 0) return false
  print(`${checked} rows, each as it was written.${head === null ? '' : ` The last is ${head.seq}, ${head.hash}.`}`)
  print(
    anchors.length === 0
      ? 'Without anchors (--anchors) nobody can tell whether the end was cut off.'
      : `${anchors.length} anchors are in it.`,
  )
  return true
}

/** The rows as they were hashed, a line each: `sha256` of a line's payload is its hash, and the next one names it. */
export async function auditExport(print: Print): Promise<void> {
  await withDatabase(async (db) => {
    const atOnce = 500
    let after = 0
    for (;;) {
      // In sequence: pages of one long list.
      const page = await rows<{ seq: string | number; payload: string; hash: string }>(
        db,
        sql`select seq, payload, hash from audit_log where seq > ${after} order by seq limit ${atOnce}`,
      )
      for (const { payload, hash } of page) print(JSON.stringify({ payload, hash }))
      if (page.length < atOnce) return
      after = Number(page.at(-1)?.seq)
    }
  })
}

async function withDatabase<Result>(use: (db: Db) => Promise<Result>): Promise<Result> {
  const { env } = readEnv(process.env)
  const database = await openDatabase(env.databaseUrl?.reveal() ?? env.dataFolder)
  try {
    return await use(database.db)
  } finally {
    await database.close()
  }
}
