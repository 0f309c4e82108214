/** What can be configured about actions, below `actions:` in tocsin.yml: the catalogue, who may what, and when not. */
import { z } from 'zod'
import type { Mismatch } from '../../core/config.ts'
import type { ConfigPart } from '../../core/feature.ts'
import type { SharedConfig } from '../../core/shared-config.ts'
import { Duration } from '../../lib/duration.ts'
import { executors } from './executors/index.ts'
import { freezeSchema } from './freezes.ts'
import { probes } from './probes/index.ts'

const minute = 60_000
const hour = 60 * minute

const word = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'use 1 to 40 small letters, digits and -')
const meaning = z.string().max(100).default('')
const optional = z.boolean().default(false)

/** No free text: whatever reaches an executor is one of a few, has a shape, lies in a range, or exists just now. */
const paramSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enum'), values: z.array(z.string().min(1).max(200)).min(1), meaning, optional }),
  z.strictObject({
    type: z.literal('pattern'),
    pattern: z.string().refine(isPattern, 'is no regular expression'),
    max: z.number().int().min(1).max(200).default(80),
    meaning,
    optional,
  }),
  z.strictObject({ type: z.literal('range'), min: z.number().int(), max: z.number().int(), meaning, optional }),
  /** What the executor finds just now: a version that exists, a backup that can be read. */
  z.strictObject({ type: z.literal('lookup'), meaning, optional }),
])
export type ParamSpec = z.infer<typeof paramSchema>

const needSchema = z.strictObject({ group: z.string(), count: z.number().int().min(1).max(5).default(1) })

const verifySchema = z.strictObject({
  probes: z.array(z.record(z.string(), z.unknown())).min(1),
  /** How often in a row all probes must say yes. */
  passes: z.number().int().min(1).max(100).default(3),
  every: Duration.default(2_000),
  within: Duration.default(2 * minute),
})
export type VerifySpec = z.infer<typeof verifySchema>

const entrySchema = z.strictObject({
  title: z.string().min(1).max(80),
  verb: word,
  targets: z.array(z.string().regex(/^[^/\s*]+\/[^/\s*]+$/, 'write a target as service/environment')).min(1),
  tier: z.enum(['T0', 'T1', 'T2', 'T3']),
  executor: z.string(),
  with: z.unknown().default({}),
  params: z.record(word, paramSchema).default({}),
  request: z.string().default('responders'),
  approve: z.array(needSchema).nullable().default(null),
  confirm: z.enum(['none', 'approver', 'both']).nullable().default(null),
  timeout: Duration,
  verify: verifySchema.nullable().default(null),
  /** The target is held for so long after it worked, so that nothing puts back what was undone. */
  holdAfter: Duration.nullable().default(null),
  freezes: z.enum(['respect', 'ignore']).default('respect'),
  breakGlass: z.enum(['allow', 'delayed', 'never']).default('never'),
  /** Another part of Tocsin may ask for it without a person (it is then approved like any other). */
  mayAutomate: z.boolean().default(false),
})
export type EntryConfig = z.infer<typeof entrySchema>

export const actionsSchema = z
  .strictObject({
    catalogue: z.record(word, entrySchema).default({}),
    /** How long a plan may be approved and begun, by tier. */
    planLives: z
      .strictObject({
        T0: Duration.default(30 * minute),
        T1: Duration.default(30 * minute),
        T2: Duration.default(15 * minute),
        T3: Duration.default(10 * minute),
      })
      .prefault({}),
    /** Who is asked when nobody approved after `askDeputiesAfter`. */
    deputies: z.string().nullable().default(null),
    askDeputiesAfter: Duration.default(2 * minute),
    unknownPagesAfter: Duration.default(5 * minute),
    /** The team that is paged when nobody knows what became of an action. */
    page: z.string().nullable().default(null),
    freezes: z.array(freezeSchema).default([]),
    /** How often may be asked within an hour; a way back is never refused. Reading (T0) is not counted. */
    limits: z
      .strictObject({
        perPerson: z.number().int().min(1).default(20),
        perTarget: z.number().int().min(1).default(10),
      })
      .prefault({}),
    /** How long a hold may last; it can be placed again. */
    holds: z.strictObject({ longest: Duration.default(7 * 24 * hour) }).prefault({}),
    breakGlass: z
      .strictObject({
        group: z.string().default('breakGlass'),
        /** The mildest severity that is grave enough. */
        severity: z.string().default('P1'),
        /** How long a `delayed` one can be vetoed. */
        delay: Duration.default(5 * minute),
        review: Duration.default(72 * hour),
      })
      .prefault({}),
    /** A file that gets a line each hour and after each action, so that an audit that was cut is seen. */
    anchorFile: z.string().nullable().default(null),
    /** How long the files of an action that is over (its output, its orders) stay where it ran. The audit stays for ever. */
    keepRuns: Duration.default(90 * 24 * hour),
    /** A tiny checkout on this machine whose newest release is broken: something to roll back. Null runs none. */
    demoService: z
      .strictObject({ port: z.number().int().min(0).max(65_535) })
      .nullable()
      .default(null),
  })
  .prefault({})
export type ActionsConfig = z.infer<typeof actionsSchema>

export const actionsConfig: ConfigPart = {
  schema: actionsSchema,
  check(config) {
    const own = config.actions as ActionsConfig
    const found = Object.entries(own.catalogue).flatMap(([name, entry]) =>
      checkEntry(entry, config).map((one) => ({ ...one, path: ['catalogue', name, ...one.path] })),
    )
    const words = Object.entries(own.catalogue).flatMap(([name, { verb, targets }]) =>
      targets.map((target) => ({ name, what: `${verb} ${target}` })),
    )
    const seen = new Map<string, string>()
    for (const { name, what } of words) {
      const other = seen.get(what)
      if (other !== undefined && other !== name)
        found.push({
          path: ['catalogue', name, 'verb'],
          problem: `"${what}" is ${other} already`,
          accepted: 'Use another verb or target',
        })
      seen.set(what, name)
    }
    return [...found, ...checkOthers(own, config)]
  },
}

function checkEntry(entry: EntryConfig, config: SharedConfig): Mismatch[] {
  const found: Mismatch[] = []
  const groups = Object.keys(config.groups)
  const group = (path: (string | number)[], name: string) => {
    if (!groups.includes(name))
      found.push({ path, problem: `"${name}" is no group`, accepted: `Use ${groups.join(', ')}` })
  }
  group(['request'], entry.request)
  for (const [index, need] of (entry.approve ?? []).entries()) group(['approve', index, 'group'], need.group)
  for (const [index, target] of entry.targets.entries()) found.push(...checkTarget(['targets', index], target, config))

  const tier = Number(entry.tier.slice(1))
  const approvals = (entry.approve ?? []).reduce((sum, need) => sum + need.count, 0)
  if (tier === 3 && (approvals < 2 || new Set(entry.approve?.map((need) => need.group)).size < 2))
    found.push({
      path: ['approve'],
      problem: 'T3 needs two approvals from two groups',
      accepted: 'Write [{ group: a }, { group: b }]',
    })
  if (tier === 2 && entry.approve !== null && approvals < 1)
    found.push({
      path: ['approve'],
      problem: 'T2 needs an approval',
      accepted: 'Name a group, or leave the key out for approvers',
    })
  if (tier >= 2 && entry.approve === null) group(['approve'], 'approvers')
  if (tier > 0 && entry.verify === null)
    found.push({
      path: ['verify'],
      problem: 'is missing: above T0 nothing counts as done before probes say so',
      accepted: 'Write verify: { probes: [ … ] }',
    })
  if (tier === 3 && entry.breakGlass === 'allow')
    found.push({
      path: ['breakGlass'],
      problem: '"allow" is too quick for T3',
      accepted: 'Use delayed or never',
    })
  if (tier === 3 && entry.confirm !== null && entry.confirm !== 'both')
    found.push({ path: ['confirm'], problem: 'T3 is confirmed by both', accepted: 'Use both, or leave the key out' })
  return [...found, ...checkExecutor(entry, tier), ...checkProbes(entry)]
}

function checkTarget(path: (string | number)[], target: string, config: SharedConfig): Mismatch[] {
  const [service = '', environment = ''] = target.split('/')
  const known = config.services[service]
  if (!known)
    return [{ path, problem: `"${service}" is no service`, accepted: `Use ${Object.keys(config.services).join(', ')}` }]
  if (known.environments.includes(environment)) return []
  return [
    {
      path,
      problem: `"${environment}" is no environment of ${service}`,
      accepted: `Use ${known.environments.join(', ')}`,
    },
  ]
}

function checkExecutor(entry: EntryConfig, tier: number): Mismatch[] {
  const executor = executors.find((one) => one.name === entry.executor)
  if (!executor)
    return [
      {
        path: ['executor'],
        problem: `"${entry.executor}" is no executor`,
        accepted: `Use ${executors.map((one) => one.name).join(', ')}`,
      },
    ]
  const parsed = executor.configSchema.safeParse(entry.with)
  if (!parsed.success) return misfits(['with'], parsed.error.issues)
  const tierMin = executor.tierMin?.(parsed.data) ?? 0
  if (tier < tierMin)
    return [
      {
        path: ['tier'],
        problem: `${entry.executor} with these settings is T${tierMin} at least`,
        accepted: `Use T${tierMin}`,
      },
    ]
  if (tier > executor.tierMax)
    return [
      {
        path: ['tier'],
        problem: `${entry.executor} is good for T${executor.tierMax} at most`,
        accepted: 'Use another executor',
      },
    ]
  const lookups = Object.entries(entry.params).filter(([, { type }]) => type === 'lookup')
  if (!executor.choices && lookups.length > 0)
    return lookups.map(([name]) => ({
      path: ['params', name, 'type'],
      problem: `${entry.executor} cannot say what there is to look up`,
      accepted: 'Use enum, pattern or range',
    }))
  return executor
    .paramsOf(parsed.data)
    .filter((name) => entry.params[name] === undefined)
    .map((name) => ({
      path: ['params'],
      problem: `the executor's settings speak of "${name}", which is no parameter`,
      accepted: `Declare params: { ${name}: … }`,
    }))
}

function checkProbes(entry: EntryConfig): Mismatch[] {
  return (entry.verify?.probes ?? []).flatMap((given, index) => {
    const [name = '', ...others] = Object.keys(given)
    const probe = probes.find((one) => one.name === name)
    const path = ['verify', 'probes', index]
    if (!probe || others.length > 0)
      return [
        {
          path,
          problem: `"${Object.keys(given).join(', ')}" is no probe`,
          accepted: `Use ${probes.map((one) => one.name).join(', ')}`,
        },
      ]
    const parsed = probe.configSchema.safeParse(given[name])
    return parsed.success ? [] : misfits([...path, name], parsed.error.issues)
  })
}

function misfits(path: (string | number)[], issues: readonly z.core.$ZodIssue[]): Mismatch[] {
  return issues.map((issue) => ({
    path: [...path, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))],
    problem: issue.message,
    accepted: '',
  }))
}

function checkOthers(own: ActionsConfig, config: SharedConfig): Mismatch[] {
  const found: Mismatch[] = []
  const oneOf = (path: (string | number)[], name: string | null, accepted: readonly string[], what: string) => {
    if (name !== null && !accepted.includes(name))
      found.push({ path, problem: `"${name}" is no ${what}`, accepted: `Use ${accepted.join(', ')}` })
  }
  const groups = Object.keys(config.groups)
  oneOf(['deputies'], own.deputies, groups, 'group')
  oneOf(['page'], own.page, Object.keys(config.teams), 'team')
  oneOf(['breakGlass', 'severity'], own.breakGlass.severity, Object.keys(config.severities), 'severity')
  const isBreakable = Object.values(own.catalogue).some((entry) => entry.breakGlass !== 'never')
  if (isBreakable) oneOf(['breakGlass', 'group'], own.breakGlass.group, groups, 'group')
  for (const [index, freeze] of own.freezes.entries()) {
    for (const group of freeze.exempt.groups) oneOf(['freezes', index, 'exempt', 'groups'], group, groups, 'group')
    oneOf(['freezes', index, 'exempt', 'severity'], freeze.exempt.severity, Object.keys(config.severities), 'severity')
  }
  return found
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
