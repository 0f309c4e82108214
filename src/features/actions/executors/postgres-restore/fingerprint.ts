/**
 * What is in a database, as numbers: rows and a checksum for each table, whatever the order of the rows. Taken with a
 * backup and written beside it, they prove afterwards that everything came back.
 */
import { z } from 'zod'
import type { Conversation } from '../../../../core/other-databases.ts'

/** `<backup file>.json`, beside it. Whoever makes the backup writes it, in the same snapshot. */
export const manifestSchema = z.object({
  sha256: z.string().optional(),
  takenAt: z.iso.datetime({ offset: true }).optional(),
  tables: z.record(z.string(), z.object({ rows: z.number(), checksum: z.string() })).optional(),
})
export type Tables = Readonly<Record<string, { rows: number; checksum: string }>>

export async function fingerprintOf({ ask }: Conversation): Promise<Tables> {
  // A row's text depends on these; the same on both sides, or nothing can be compared.
  await ask("set timezone = 'UTC'")
  await ask("set datestyle = 'ISO'")
  await ask("set intervalstyle = 'postgres'")
  await ask('set extra_float_digits = 1')
  await ask("set bytea_output = 'hex'")
  const tables = await ask(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  )
  const counted: [string, { rows: number; checksum: string }][] = []
  // One after another: they share one connection and one snapshot.
  for (const { name } of tables) {
    const [row] = await ask(
      `select count(*)::text as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as checksum from only ${name} t`,
    )
    counted.push([String(name), { rows: Number(row?.rows), checksum: String(row?.checksum) }])
  }
  return Object.fromEntries(counted)
}

/** Sentences about what is not as it was; none when all is. */
export function differences(wanted: Tables, found: Tables): string[] {
  return Object.entries(wanted).flatMap(([name, { rows, checksum }]) => {
    const here = found[name]
    if (!here) return [`${name} is missing`]
    if (here.rows !== rows) return [`${name} has ${here.rows} rows instead of ${rows}`]
    return here.checksum === checksum ? [] : [`${name} has ${rows} rows, and other content`]
  })
}

/** Without a manifest: what the live database has must be there too, though with other content. */
export function emptied(live: Tables, found: Tables): string[] {
  return Object.entries(live).flatMap(([name, { rows }]) => {
    const here = found[name]
    if (!here) return [`${name} is missing`]
    return rows > 0 && here.rows === 0 ? [`${name} is empty, and is not in the live database`] : []
  })
}
