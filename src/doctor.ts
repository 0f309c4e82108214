/** `tocsin doctor`: tries everything that Tocsin needs of the outside. Each failure names its fix. */

import { sql } from 'drizzle-orm'
import { checkPagerDuty } from './adapters/pagerduty/check.ts'
import { checkNamed } from './adapters/pagerduty/check-named.ts'
import { createSlack } from './adapters/slack/index.ts'
import { type Config, readConfig } from './config.ts'
import { printProblem } from './core/config.ts'
import { type Db, openDatabase, rows } from './core/db.ts'
import type { Finding } from './core/finding.ts'
import type { Signed } from './core/hooks.ts'
import { createLog } from './core/log.ts'
import { manifestFor } from './core/manifest.ts'
import { createMetrics } from './core/metrics.ts'
import { pendingMigrations, readMigrations } from './core/migrations.ts'
import { loadTemplates } from './core/templates.ts'
import { type Env, hookTokenPrefix, readEnv } from './env.ts'
import { features } from './features/index.ts'
import { namedThere } from './features/oncall/index.ts'
import { systemClock } from './main.ts'

const clockSkewSecondsMax = 5

export async function doctor(print: (line: string) => void): Promise<boolean> {
  const { env, problems } = readEnv(process.env)
  const found: Finding[] = problems.map((problem) => ({
    what: 'the environment is complete',
    isFine: false,
    fix: problem,
  }))
  const config = readConfig(env.configFile)
  const templates = loadTemplates(['message-templates', ...(env.templatesFolder ? [env.templatesFolder] : [])])
  for (const loaded of [config, templates]) {
    if ('problems' in loaded)
      found.push(
        ...loaded.problems.map((problem) => ({
          what: 'configuration and templates are in order',
          isFine: false,
          fix: printProblem(problem),
        })),
      )
  }
  found.push(...(await checkDatabase(env)))
  if ('config' in config) found.push(...(await checkSlack(env, Object.values(config.config.channels))))
  found.push(...checkHooks(env), ...(await checkPaging(env, 'config' in config ? config.config : null)))
  for (const { what, isFine, fix } of found) print(`${isFine ? 'ok  ' : 'FAIL'} ${what}${fix ? `\n     ${fix}` : ''}`)
  return found.every((finding) => finding.isFine)
}

async function checkDatabase(env: Env): Promise<Finding[]> {
  const what = env.databaseUrl ? 'the database answers' : `the embedded database in ${env.dataFolder} opens`
  try {
    const database = await openDatabase(env.databaseUrl?.reveal() ?? env.dataFolder)
    try {
      return [{ what, isFine: true }, await checkClock(database.db), await checkMigrations(database.db)]
    } finally {
      await database.close()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [
      { what, isFine: false, fix: env.databaseUrl ? `check DATABASE_URL and that the server runs: ${reason}` : reason },
    ]
  }
}

async function checkClock(db: Db): Promise<Finding> {
  const [row] = await rows<{ seconds: number }>(
    db,
    sql`select extract(epoch from clock_timestamp())::float8 as seconds`,
  )
  const skew = Math.abs((row?.seconds ?? 0) - Date.now() / 1_000)
  const what = 'the clocks of this machine and of the database agree'
  return skew <= clockSkewSecondsMax
    ? { what, isFine: true }
    : { what, isFine: false, fix: `they differ by ${Math.round(skew)} s: run a time service on both` }
}

async function checkMigrations(db: Db): Promise<Finding> {
  const what = 'the database has the shape of this release'
  const pending = await pendingMigrations(db, readMigrations('migrations')).catch(() => ['all'])
  return pending.length === 0
    ? { what, isFine: true }
    : { what, isFine: false, fix: 'run `npx tocsin migrate`, or just start the bot' }
}

async function checkSlack(env: Env, channels: readonly string[]): Promise<Finding[]> {
  if (!env.slack) return [{ what: 'Slack is simulated: no Slack variable is set', isFine: true }]
  const slack = await createSlack({
    apiUrl: env.slack.apiUrl,
    botToken: env.slack.botToken.reveal(),
    signingSecret: null,
    appToken: null,
    clock: systemClock,
    log: createLog({ level: 'silent' }),
    metrics: createMetrics(''),
    accept: async () => ({ isNew: false }),
    checkForm: () => null,
    isOurs: async () => false,
    observedOf: async () => null,
    missingChannels: 'report',
  })
  const { scopes } = manifestFor({ features, publicUrl: null }).oauth_config
  return slack.check(channels, scopes.bot)
}

/** A source that nobody uses may well be closed; that all are is a mistake. */
function checkHooks(env: Env): Finding[] {
  if (env.isTry) return []
  const hooks = features.flatMap((feature) => feature.hooks ?? [])
  const signed = Object.assign({}, ...hooks.map((hook) => hook.signed ?? {})) as Record<string, Signed>
  const sources = [...new Set(hooks.flatMap((hook) => hook.sources))]
  const looked = sources.map((source) => ({ source, ...doorOf(env, source, signed[source]) }))
  const isAnyOpen = looked.some(({ source, isOpen }) => isOpen && !isByCertificate(signed[source]))
  return looked.map(({ source, isOpen, how }) =>
    isOpen
      ? { what: `/hooks/${source} is open${how}`, isFine: true }
      : { what: `/hooks/${source} answers 401 to all`, isFine: isAnyOpen, fix: `to open it, set ${how}` },
  )
}

function doorOf(env: Env, source: string, signed: Signed | undefined): { isOpen: boolean; how: string } {
  if (isByCertificate(signed)) return { isOpen: true, how: ' to what is signed and listed in alerts.cloudwatch.topics' }
  const variable =
    signed && 'secretVariable' in signed
      ? signed.secretVariable
      : `${hookTokenPrefix}${source.toUpperCase().replaceAll('-', '_')}`
  const isOpen = (signed ? env.secretOf(variable) : env.hookTokenOf(source)) !== null
  return { isOpen, how: isOpen ? '' : variable }
}

function isByCertificate(signed: Signed | undefined): boolean {
  return signed !== undefined && !('secretVariable' in signed)
}

async function checkPaging(env: Env, config: Config | null): Promise<Finding[]> {
  if (env.pagerdutyRest) {
    const options = { apiUrl: env.pagerdutyRest.apiUrl, token: env.pagerdutyRest.token.reveal() }
    const token = await checkPagerDuty(options)
    return token.isFine && config ? [token, ...(await checkNamed(options, namedThere(config)))] : [token]
  }
  if (env.isTry || env.pagerduty) return []
  return [
    {
      what: 'somebody can be paged',
      isFine: false,
      fix: 'set PAGERDUTY_ROUTING_KEY, or take `page:` out of tocsin.yml',
    },
  ]
}
