/** Where backups are, where they are restored to, and what must be true of what comes back. */
import { z } from 'zod'
import type { Plan } from '../executor.ts'

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

// A program by its absolute path, and what it is given. No shell reads it.
const command = z.tuple([folder], z.string())

/** There is no third way: what is restored over live data cannot be taken back. */
const ending = z.enum(['handOver', 'swap'], {
  error: 'use handOver, or swap, which restores in place: it takes the place of the live one, which is kept (T3)',
})

/** Where the live server runs, on the machine of the runner, for backups that are whole clusters. */
const live = z.strictObject({
  data: folder,
  /** Both end when the server has stopped, or has been told to start: [/usr/bin/systemctl, stop, postgresql@18-main] */
  stop: command,
  start: command,
  /** The environment variable with its address, for the checks once it is live. */
  urlVariable: z.string(),
})
export type LiveServer = z.infer<typeof live>

const common = {
  /** `handOver`: it stays beside, under its own name. `swap`: it takes the place of the live one, which is kept. */
  finally: ending.default('handOver'),
  /** After so many days somebody is reminded of what a swap kept. Nothing is removed by itself. */
  keepDays: z.number().int().min(1).max(365).default(7),
  database,
  /** The folder of pg_restore, pg_ctl and their like, of the server's version or newer. */
  binaries: folder,
  /** The parameter that names the backup: its name, or a moment in ISO 8601. */
  backup: z.string().default('to'),
  /** Who runs these programs, when the bot is root: PostgreSQL refuses to. */
  user: z.strictObject({ uid: z.number().int(), gid: z.number().int() }).optional(),
  checks,
}

const fromDumps = z.strictObject({
  /** Files of `pg_dump --format=custom`, a file a backup. */
  from: z.literal('dumps'),
  folder,
  /** The environment variable with the address of the live server, for a role that may create databases. */
  urlVariable: z.string(),
  jobs: z.number().int().min(1).max(16).default(2),
  ...common,
})
const fromBackRest = z.strictObject({
  /** Backups of pgBackRest, to any moment that its archive holds. Always beside first: in a cluster of its own. */
  from: z.literal('pgbackrest'),
  program: folder.default('/usr/bin/pgbackrest'),
  configFile: folder,
  stanza: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  /** New clusters are made below. For a swap, on the disk of the live one. */
  folder,
  /** For a swap. */
  live: live.optional(),
  /** The restored server listens on a socket below its folder, with this number. */
  port: z.number().int().min(1_024).max(65_535).default(55_433),
  ...common,
})

export const configSchema = z.discriminatedUnion('from', [fromDumps, fromBackRest]).superRefine((config, checked) => {
  if (config.from === 'pgbackrest' && config.finally === 'swap' && !config.live)
    checked.addIssue({
      code: 'custom',
      path: ['live'],
      message: 'is missing: a swap must know the live server. Write live: { data, stop, start, urlVariable }',
    })
})
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
    /** The folder under whose name the live one is kept; null when nothing is swapped. */
    keepAs: z.string().nullable(),
  }),
  z.object({ do: z.literal('swap-clusters'), kept: z.string(), keepAs: z.string() }),
])
export type Job = z.infer<typeof jobSchema>

/** Names of databases and folders made here: sortable, and unmistakable. 20260302_120000_123 */
export function stampOf(now: Date): string {
  return now.toISOString().replace(/[-:Z]/g, '').replace('T', '_').replace('.', '_')
}

const dayMilliseconds = 24 * 60 * 60_000

/** What a swap leaves behind, and until when somebody should have needed it. */
export function keptFor(
  { keepDays }: Pick<Config, 'keepDays'>,
  now: Date,
  kept: { what: string; removal: string },
): NonNullable<Plan['kept']> {
  return { ...kept, until: new Date(now.getTime() + keepDays * dayMilliseconds).toISOString() }
}
