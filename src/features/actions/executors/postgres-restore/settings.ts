/** Where backups are, where they are restored to, and what must be true of what comes back. */
import { z } from 'zod'

const folder = z.string().regex(/^\//, 'write an absolute path')
// PostgreSQL cuts names at 63 bytes, and ours add a word and a moment.
const database = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,29}$/, 'use the name of a database: up to 30 small letters, digits, _')

const checks = z
  .strictObject({
    /** Each must give this as the first column of its first row. */
    queries: z.array(z.strictObject({ query: z.string(), is: z.string() })).default([]),
    /** The time of the newest record, and how far it may lie before the moment that the backup stands for. */
    newest: z.strictObject({ query: z.string(), withinMinutes: z.number().min(0) }).optional(),
    /** Reads every page and index with pg_amcheck, where that is installed. */
    amcheck: z.boolean().default(true),
  })
  .prefault({})
export type Checks = z.infer<typeof checks>

const common = {
  database,
  /** The folder of pg_restore, pg_ctl and their like, of the server's version or newer. */
  binaries: folder,
  /** The parameter that names the backup: its name, or a moment in ISO 8601. */
  backup: z.string().default('to'),
  /** Who runs these programs, when the bot is root: PostgreSQL refuses to. */
  user: z.strictObject({ uid: z.number().int(), gid: z.number().int() }).optional(),
  checks,
}

export const configSchema = z.discriminatedUnion('from', [
  z.strictObject({
    /** Files of `pg_dump --format=custom`, a file a backup. */
    from: z.literal('dumps'),
    folder,
    /** The environment variable with the address of the live server, for a role that may create databases. */
    urlVariable: z.string(),
    /** `handOver`: it stays beside, under its own name. `swap`: it takes the place of the live one, which is kept. */
    finally: z.enum(['handOver', 'swap']).default('handOver'),
    jobs: z.number().int().min(1).max(16).default(2),
    ...common,
  }),
  z.strictObject({
    /** Backups of pgBackRest, to any moment that its archive holds. Always beside: in a cluster of its own. */
    from: z.literal('pgbackrest'),
    program: folder.default('/usr/bin/pgbackrest'),
    configFile: folder,
    stanza: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
    /** New clusters are made below. */
    folder,
    /** The restored server listens on a socket below its folder, with this number. */
    port: z.number().int().min(1_024).max(65_535).default(55_433),
    ...common,
  }),
])
export type Config = z.infer<typeof configSchema>
export type DumpConfig = Extract<Config, { from: 'dumps' }>
export type BackRestConfig = Extract<Config, { from: 'pgbackrest' }>

/** Everything the worker needs, with nothing left to choose. */
export const jobSchema = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('restore-dump'),
    file: z.string(),
    sha256: z.string(),
    bytes: z.number(),
    takenAt: z.string(),
    /** The new database's name, and, for a swap, the name under which the live one is kept. */
    beside: z.string(),
    keepAs: z.string().nullable(),
  }),
  z.object({ do: z.literal('swap-back'), kept: z.string(), keepAs: z.string() }),
  z.object({
    do: z.literal('restore-cluster'),
    set: z.string(),
    /** Null: as it was when the set was complete. */
    moment: z.string().nullable(),
    standsFor: z.string(),
    cluster: z.string(),
    bytes: z.number(),
  }),
])
export type Job = z.infer<typeof jobSchema>

/** Names of databases and folders made here: sortable, and unmistakable. 20260302_120000_123 */
export function stampOf(now: Date): string {
  return now.toISOString().replace(/[-:Z]/g, '').replace('T', '_').replace('.', '_')
}
