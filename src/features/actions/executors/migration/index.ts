/**
 * A database's schema, down to a named version, by your own migration tool. Two commands: `status` tells all
 * migrations as JSON, `down` goes to a version. Each migration on the way must say that it can be undone; one that says
 * nothing cannot.
 */
import path from 'node:path'
import { z } from 'zod'
import { askToStop, findSupervised, lookAt, prepareHere, startSupervised } from '../../supervised/index.ts'
import { lastLine, runShort } from '../../supervised/short.ts'
import type { Asked, Executor, Io, NoPlan, Plan } from '../executor.ts'
import { commandLine, commandSchema, fillArguments, paramsIn, valuesOf } from '../slots.ts'
import { NoAnswer, observeFrom, parseJson, planFrom } from '../wire.ts'

const configSchema = z.strictObject({
  /** Prints [{"version", "name", "applied": true, "reversible": true, "loses": "what is gone" | null}, …], oldest first. */
  status: commandSchema,
  /** `{version}` is the version that shall be the newest afterwards. */
  down: commandSchema.refine((words) => words.some((word) => word.includes('{version}')), 'must hold {version}'),
  folder: z.string().default('.'),
  env: z.record(z.string(), z.string()).default({}),
  secrets: z.record(z.string(), z.string()).default({}),
  /** The parameter with the version. */
  version: z.string().default('to'),
  graceSeconds: z.number().min(0).max(600).default(30),
})
type Config = z.infer<typeof configSchema>

const Migrations = z.array(
  z.object({
    version: z.string(),
    name: z.string().default(''),
    applied: z.boolean(),
    reversible: z.boolean().default(false),
    loses: z.string().nullable().default(null),
  }),
)
type Migration = z.infer<typeof Migrations>[number]
const Payload = z.object({ argv: z.tuple([z.string()], z.string()) })
const statusSeconds = 50

export const migration: Executor<Config> = {
  name: 'migration',
  summary: "a database's schema, down to a named version",
  tierMax: 3,
  canStop: true,
  configSchema,
  paramsOf: ({ status, down, version }) => [
    ...new Set([...paramsIn([...status, ...down]).filter((name) => name !== 'version'), version]),
  ],
  plan: (asked, io) => planFrom(() => make(asked, io)),
  observe: (order, io) =>
    observeFrom(async () => {
      prepareHere(io)
      return (await appliedOf(order, io)).map((one) => one.version)
    }),
  async dispatch(order, key, io) {
    const { config, timeoutSeconds } = order
    const [file, ...rest] = Payload.parse(order.plan.payload).argv
    return startSupervised(
      {
        argv: [file === 'node' ? process.execPath : file, ...rest],
        cwd: path.resolve(config.folder),
        env: { ...config.env, TOCSIN_ACTION_KEY: key },
        secretEnv: secretsOf(config, io),
        timeoutSeconds,
        graceSeconds: config.graceSeconds,
      },
      key,
      io,
    )
  },
  poll: (_, handle, io) => lookAt(handle, io),
  stop: (_order, _handle, io) => askToStop(io),
  reconcile: (_, key, io) => findSupervised(key, io),
  async choices(param, asked, io) {
    if (param !== asked.config.version) return []
    const applied = await appliedOf({ ...asked, params: {} }, io)
    return applied
      .slice(0, -1)
      .toReversed()
      .map(({ version, name }) => ({ value: version, label: `${version} ${name}`.trim() }))
  },
  example: {
    status: ['/usr/local/bin/shop-migrate', 'status', '--json'],
    down: ['/usr/local/bin/shop-migrate', 'down', '--to', '{version}'],
    secrets: { DATABASE_URL: 'SHOP_MIGRATION_URL' },
    version: 'to',
  },
}

async function make(asked: Asked<Config>, io: Io): Promise<Plan | NoPlan> {
  const { config, params } = asked
  const applied = await appliedOf(asked, io)
  const current = applied.at(-1)
  const wanted = params[config.version]
  const known = applied
    .slice(0, -1)
    .map((one) => one.version)
    .slice(-5)
  if (!current) return { refused: 'No migration is applied.' }
  if (wanted === undefined) return { refused: `Name the version to go down to. Use ${known.join(', ')}.` }
  const index = applied.findIndex((one) => one.version === String(wanted))
  if (index < 0 || index === applied.length - 1)
    return { refused: `${shown(String(wanted))} is no earlier version. Use ${known.join(', ')}.` }
  const undone = applied.slice(index + 1).toReversed()
  const stuck = undone.filter((one) => !one.reversible)
  if (stuck.length > 0)
    return {
      refused: `${stuck.map(named).join(', ')} cannot be undone: it is not marked reversible. Roll forward instead, or restore.`,
    }
  const lost = undone.flatMap((one) => (one.loses === null ? [] : [`${named(one)}: ${one.loses}`]))
  const target = applied[index]
  return {
    payload: { argv: fillArguments(config.down, valuesOf(asked, { version: String(wanted) })) },
    before: named(current),
    after: target ? named(target) : String(wanted),
    blastRadius: `the database of ${asked.target.service} in ${asked.target.environment}: ${undone.length} migrations undone`,
    lost: lost.length > 0 ? lost.join('; ') : null,
    takesSeconds: null,
    steps: undone.map((one) => `undo ${named(one)}`),
    observed: applied.map((one) => one.version),
    // Going up again is a deployment, not a rollback, and what was lost does not come back.
    inverse: null,
  }
}

async function appliedOf(asked: Asked<Config>, io: Io): Promise<Migration[]> {
  const { config } = asked
  const said = await runShort({
    argv: commandLine(config.status, valuesOf(asked)),
    cwd: path.resolve(config.folder),
    env: config.env,
    secretEnv: secretsOf(config, io),
    secondsMax: statusSeconds,
    signal: io.signal,
  })
  if (said.exitCode !== 0)
    throw new NoAnswer(`The status command ${said.problem ?? `ended with ${said.exitCode}`}: ${lastLine(said)}.`)
  const parsed = Migrations.safeParse(parseJson(said.stdout))
  if (!parsed.success) throw new NoAnswer('The status command does not print a list of migrations as JSON.')
  return parsed.data.filter((one) => one.applied)
}

function secretsOf(config: Config, io: Io): Record<string, string> {
  return Object.fromEntries(Object.entries(config.secrets).map(([name, variable]) => [name, io.secrets(variable)]))
}

function named({ version, name }: Migration): string {
  return name ? `${version} ${name}` : version
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
