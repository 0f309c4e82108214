/**
 * A command of this machine, run under a supervisor that outlives the bot. A second, short command says beforehand what
 * the first one would do; it prints a forecast as JSON, in which every "previous" has become an immutable name.
 */
import path from 'node:path'
import { z } from 'zod'
import { canonical } from '../../../../lib/fingerprint.ts'
import { askToStop, findSupervised, lookAt, prepareHere, startSupervised } from '../../supervised/index.ts'
import { lastLine, runShort, type ShortCommand } from '../../supervised/short.ts'
import type { Asked, Executor, Io, Json, NoPlan, Order, Plan } from '../executor.ts'
import { BadValue, commandLine, commandSchema, fillArguments, paramsIn, valuesOf } from '../slots.ts'

const configSchema = z.strictObject({
  run: commandSchema,
  /** Prints a forecast as JSON. It may only read. */
  forecast: commandSchema.optional(),
  /** What a lookup parameter may be, by its name: a command that prints a value a line, a tab, and words for people. */
  choices: z.record(z.string(), commandSchema).default({}),
  folder: z.string().default('.'),
  env: z.record(z.string(), z.string()).default({}),
  /** Name in the child's environment, and the variable of ours that holds the secret. */
  secrets: z.record(z.string(), z.string()).default({}),
  graceSeconds: z.number().min(0).max(600).default(10),
  user: z.strictObject({ uid: z.number().int(), gid: z.number().int() }).optional(),
  /** What people read when there is no forecast. */
  blastRadius: z.string().max(200).default(''),
})
type Config = z.infer<typeof configSchema>

const value = z.union([z.string(), z.number(), z.boolean()])
const forecastSchema = z.union([
  z.object({ refused: z.string().min(1).max(500) }),
  z.object({
    before: z.string().max(500),
    after: z.string().max(500),
    blastRadius: z.string().max(500),
    lost: z.string().max(500).nullable().default(null),
    takesSeconds: z.number().nullable().default(null),
    steps: z.array(z.string().max(500)).max(50).default([]),
    /** Facts that must still be so when it begins. */
    observed: z.json(),
    /** Immutable names for what was asked: `{resolved.release}` in the command. */
    resolved: z.record(z.string(), z.string()).default({}),
    inverse: z
      .object({ action: z.string().optional(), params: z.record(z.string(), value) })
      .nullable()
      .default(null),
    remarks: z.array(z.string().max(500)).max(20).default([]),
  }),
])

const forecastSeconds = 50
const subject = 'The forecast'

export const processExecutor: Executor<Config> = {
  name: 'process',
  summary: 'a command of this machine, supervised, without a shell',
  tierMax: 2,
  canStop: true,
  configSchema,
  paramsOf: ({ run, forecast, choices }) =>
    paramsIn([...run, ...(forecast ?? []), ...Object.values(choices).flat()].filter((word) => word !== '')),

  async plan(asked, io): Promise<Plan | NoPlan> {
    try {
      if (!asked.config.forecast) return plainPlan(asked, io)
      const forecast = await ask(asked, io)
      if ('refused' in forecast) return forecast
      const { resolved, inverse, ...told } = forecast
      const argv = fillArguments(asked.config.run, valuesOf(asked, { ...homeOf(io), ...names(resolved) }))
      return {
        ...told,
        observed: told.observed as Json,
        inverse: inverse && {
          ...(inverse.action === undefined ? {} : { action: inverse.action }),
          params: inverse.params,
        },
        payload: { argv },
        steps: told.steps.length > 0 ? told.steps : [`run ${shown(argv)}`],
      }
    } catch (error) {
      if (error instanceof BadValue) return { refused: `${error.message}.` }
      throw error
    }
  },
  async observe(order, io) {
    prepareHere(io)
    if (!order.config.forecast) return order.plan.observed
    const forecast = await ask(order, io)
    return 'refused' in forecast ? { refused: forecast.refused } : (forecast.observed as Json)
  },
  async dispatch(order, key, io) {
    const { config, timeoutSeconds } = order
    const secretEnv = secretsOf(config, io)
    return startSupervised(
      {
        argv: argvOf(order),
        cwd: path.resolve(config.folder),
        env: { ...config.env, TOCSIN_ACTION_KEY: key },
        secretEnv,
        timeoutSeconds,
        graceSeconds: config.graceSeconds,
        user: config.user,
      },
      key,
      io,
    )
  },
  poll: (_, handle, io) => lookAt(handle, io),
  stop: (_order, _handle, io) => askToStop(io),
  reconcile: (_, key, io) => findSupervised(key, io),
  async choices(param, asked, io) {
    const words = asked.config.choices[param]
    if (!words) return []
    const said = await runShort(
      short(asked.config, commandLine(words, valuesOf({ ...asked, params: {} }, homeOf(io))), io),
    )
    if (said.exitCode !== 0) return []
    return said.stdout
      .split('\n')
      .filter((line) => line !== '')
      .slice(0, 100)
      .map((line) => {
        const [first = '', ...rest] = line.split('\t')
        return { value: first, label: rest.join(' ') || first }
      })
  },
  example: {
    run: ['/usr/local/bin/release', 'set', '{target.service}', '{resolved.release}'],
    forecast: ['/usr/local/bin/release', 'forecast', '{target.service}', '{to}'],
    choices: { to: ['/usr/local/bin/release', 'list', '{target.service}'] },
    secrets: { RELEASE_TOKEN: 'CHECKOUT_RELEASE_TOKEN' },
    graceSeconds: 10,
  },
}

/** Without a forecast people read the command itself, and nothing can be found to have changed meanwhile. */
function plainPlan(asked: Asked<Config>, io: Io): Plan {
  const argv = fillArguments(asked.config.run, valuesOf(asked, homeOf(io)))
  return {
    payload: { argv },
    before: 'not known: this action has no forecast',
    after: 'what the command makes of it',
    blastRadius: asked.config.blastRadius || `${asked.target.service} in ${asked.target.environment}`,
    lost: null,
    takesSeconds: null,
    steps: [`run ${shown(argv)}`],
    observed: { command: canonical(argv) },
    inverse: null,
  }
}

async function ask(asked: Asked<Config>, io: Io): Promise<z.infer<typeof forecastSchema>> {
  const words = asked.config.forecast
  if (!words) throw new Error('asked for a forecast that is not configured')
  const said = await runShort(short(asked.config, commandLine(words, valuesOf(asked, homeOf(io))), io))
  if (said.exitCode !== 0)
    return { refused: `${subject} ${said.problem ?? `ended with ${said.exitCode}`}: ${lastLine(said)}` }
  const parsed = forecastSchema.safeParse(jsonOf(said.stdout))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return { refused: `${subject} is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}` }
}

function short(config: Config, argv: [string, ...string[]], io: Io): ShortCommand {
  return {
    argv,
    cwd: path.resolve(config.folder),
    env: config.env,
    secretEnv: secretsOf(config, io),
    secondsMax: forecastSeconds,
    user: config.user,
    signal: io.signal,
  }
}

function secretsOf(config: Config, io: Io): Record<string, string> {
  return Object.fromEntries(Object.entries(config.secrets).map(([name, variable]) => [name, io.secrets(variable)]))
}

const Payload = z.object({ argv: z.tuple([z.string()], z.string()) })

/** What was approved, word by word; `node` became a path only now, because that is this machine's own affair. */
function argvOf(order: Order<Config>): [string, ...string[]] {
  const [file, ...rest] = Payload.parse(order.plan.payload).argv
  return [file === 'node' ? process.execPath : file, ...rest]
}

function homeOf(io: Io): { home: string } {
  return { home: path.resolve(io.homeDir) }
}

function names(resolved: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(resolved).map(([name, text]) => [`resolved.${name}`, text]))
}

/** For reading, not for running: a word with blanks is put in quotes. */
function shown(argv: readonly string[]): string {
  return argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
