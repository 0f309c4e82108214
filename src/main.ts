/** The process: environment, configuration, the app, and a decent end. */
import module from 'node:module'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Settings, startApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { printProblem } from './core/config.ts'
import { createLog, type Log } from './core/log.ts'
import { loadTemplates, type Templates } from './core/templates.ts'
import { type Env, readEnv } from './env.ts'
import type { ActionsConfig } from './features/actions/config.ts'
import type { Clock } from './lib/clock.ts'
import { startRunnerProcess } from './runner.ts'
import { type DemoService, demoFolder, startDemoService } from './simulator/demo-service/index.ts'
import { startStage } from './stage.ts'

export async function start(version: string): Promise<void> {
  const { env, config, templates } = readAll()
  const log = createLog({ level: env.isTry ? quieter(env.logLevel) : env.logLevel })
  const stage = env.isTry ? await startStage(env, config) : null
  const app = await startApp({
    settings: stage ? { ...settingsOf(env, version), ...stage.settings } : settingsOf(env, version),
    config,
    templates,
    clock: stage?.clock ?? systemClock,
    log,
  })
  const starting = startDemo(config, env, log)
  endDecently(log, async () => {
    await app.stop()
    await (await starting)?.close()
    await stage?.close()
  })
  stage?.ready(app)
  stage?.greet(app, await starting)
  setTimeout(tidyUp, 1_000).unref()
  log.info({ url: app.url, version, database: app.database.kind, isTry: env.isTry }, 'tocsin is up')
}

/** Something to roll back: the example configuration's own entry leads here, with a simulated Slack and a real one. */
async function startDemo(config: Config, env: Env, log: Log): Promise<DemoService | null> {
  const { demoService } = config.actions as ActionsConfig
  if (!demoService || !env.runsActions) return null
  try {
    const demo = await startDemoService({ folder: demoFolder(env.dataFolder), port: demoService.port })
    log.info({ service: demo.status() }, 'the demo service was started')
    return demo
  } catch (error) {
    // Whatever is wrong with it, it must not keep the bot from starting.
    log.warn({ err: error }, 'the demo service could not be started')
    return null
  }
}

/** The runner of actions alone: it needs the database and the keys of production, and nothing of Slack. */
export async function run(): Promise<void> {
  const { env, config, templates } = readAll()
  if (!env.databaseUrl) {
    process.stderr.write('DATABASE_URL is not set: the runner and the bot meet in one PostgreSQL\n')
    process.exit(1)
  }
  const log = createLog({ level: env.logLevel })
  const runner = await startRunnerProcess({
    databaseUrl: env.databaseUrl.reveal(),
    publicUrl: env.publicUrl ?? '',
    config,
    templates,
    clock: systemClock,
    log,
    dataFolder: env.dataFolder,
    secretOf: env.secretOfAction,
  })
  endDecently(log, () => runner.stop())
  log.info('the runner is up')
}

/** Whatever is wrong with what was given is said at once, all of it, and stops the start. */
function readAll(): { env: Env; config: Config; templates: Templates } {
  const { env, problems, warnings } = readEnv(process.env)
  const config = readConfig(env.configFile)
  const templates = loadTemplates(['message-templates', ...(env.templatesFolder ? [env.templatesFolder] : [])])
  const found = [config, templates].flatMap((loaded) => ('problems' in loaded ? loaded.problems.map(printProblem) : []))
  for (const line of [...warnings, ...problems, ...found]) process.stderr.write(`${line}\n`)
  if (problems.length > 0 || 'problems' in config || 'problems' in templates) process.exit(1)
  return { env, config: config.config, templates: templates.templates }
}

/**
 * Starting leaves garbage that nothing would soon collect: a new embedded database is built in an instance of its own,
 * and that one's memory is the largest thing this process ever holds.
 *
 * What was compiled is kept now and not only at a decent end: whoever was killed starts again as quickly as others.
 */
function tidyUp(): void {
  module.flushCompileCache()
  v8.setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
}

export const systemClock: Clock = {
  now: () => new Date(),
  timerUntil: (moment) => Math.max(moment.getTime() - Date.now(), 0),
  onMove: () => () => {},
}

export function settingsOf(env: Env, version: string): Settings {
  return {
    version,
    databaseAddress: env.databaseUrl?.reveal() ?? env.dataFolder,
    host: env.host,
    port: env.port,
    publicUrl: env.publicUrl,
    slack: {
      apiUrl: env.slack?.apiUrl ?? '',
      botToken: env.slack?.botToken.reveal() ?? '',
      signingSecret: env.slack?.signingSecret?.reveal() ?? null,
      appToken: env.slack?.appToken?.reveal() ?? null,
    },
    pagerduty: env.pagerduty,
    pagerdutyRest: env.pagerdutyRest && { ...env.pagerdutyRest, token: env.pagerdutyRest.token.reveal() },
    mail: env.mail ? { url: env.mail.url.reveal(), from: env.mail.from } : null,
    prometheusUrl: env.prometheusUrl,
    alertmanager: env.alertmanager && { url: env.alertmanager.url, token: env.alertmanager.token?.reveal() ?? null },
    snsUrl: null,
    hookTokenOf: env.hookTokenOf,
    secretOf: env.secretOf,
    workers: env.runsActions ? { dataFolder: env.dataFolder, secretOf: env.secretOfAction } : null,
    tryPage: null,
  }
}

/** In try mode the page is the product; the log shall not drown its address. */
function quieter(level: string): string {
  return level === 'info' ? 'warn' : level
}

// SIGTERM promises an end within ten seconds, whatever hangs.
const endSeconds = 9.5

function endDecently(log: Log, stop: () => Promise<void>): void {
  const state = { isEnding: false }
  const end = async (signal: string) => {
    if (state.isEnding) return
    state.isEnding = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), endSeconds * 1_000).unref()
    try {
      await stop()
      process.exit(0)
    } catch (error) {
      log.error({ err: error }, 'stopping failed')
      process.exit(1)
    }
  }
  process.on('SIGTERM', () => void end('SIGTERM'))
  process.on('SIGINT', () => void end('SIGINT'))
}
