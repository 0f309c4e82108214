/** The whole bot, a simulated outside and a real database, in one process: what a story plays on. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { type App, type Settings, startApp } from '../../src/app.ts'
import { type Config, parseConfig } from '../../src/config.ts'
import { rows } from '../../src/core/db.ts'
import { loadTemplates, type Templates } from '../../src/core/templates.ts'
import { type MovableClock, movableClock } from '../../src/lib/clock.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Simulator } from '../../src/simulator/types.ts'
import { createSenders, type Senders } from '../../src/stage-senders.ts'
import { freshDatabaseUrl, giveBack } from './database.ts'
import { manifest } from './manifest.ts'
import { quiet } from './port.ts'

export interface Stage {
  simulator: Simulator
  clock: MovableClock
  databaseUrl: string
  hookToken: string
  /** Where actions keep their files; the same over all starts of one stage. */
  dataFolder: string
  /** Those who send alerts, each with its own proof. */
  senders: Senders
  /** The bot that plays now; null between `stopBot` and `startBot`. */
  app: App
  startBot(): Promise<App>
  stopBot(): Promise<void>
  /** What is left to work on or to deliver, in words. */
  openWork(): Promise<string[]>
  close(): Promise<void>
}

export interface StageOptions {
  /** tocsin.yml, changed. */
  config?(example: string): string
  databaseUrl?: string
  withoutPagerDuty?: boolean
  socketMode?: boolean
  /** What tocsin.yml names by an environment variable, in actions and elsewhere. */
  secrets?: Readonly<Record<string, string>>
  /** The bot runs no actions itself. */
  runsElsewhere?: boolean
  prometheusUrl?: string
  /** A real one, instead of the simulator's. */
  alertmanagerUrl?: string
  /** How long the story may take; 60 when left out. */
  secondsMax?: number
  /** Time passes as it does outside: somebody real plays along. */
  isInRealTime?: boolean
}

// Slack hears about a message a second in each channel; nobody has to sit and wait for that. Not faster: a story that
// takes long on a slow machine must not come to the two minutes after which people are reminded.
const speed = 3

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const clock = movableClock(Date.now, options.isInRealTime ? 1 : speed)
  const simulator = await startSimulator({ manifest, clock })
  const databaseUrl = options.databaseUrl ?? (await freshDatabaseUrl())
  const hookToken = randomBytes(12).toString('hex')
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-stage-'))
  const running: { app: App | null } = { app: null }

  const startBot = async () => {
    const app = await startApp({
      settings: settingsFor(simulator, { databaseUrl, hookToken, dataFolder, options }),
      config: exampleConfig(options.config),
      templates: shippedTemplates(),
      clock,
      log: quiet,
    })
    running.app = app
    simulator.connect(`${app.url}/slack/events`)
    return app
  }
  const stopBot = async () => {
    await running.app?.stop()
    running.app = null
  }
  await startBot()
  return {
    simulator,
    clock,
    databaseUrl,
    hookToken,
    dataFolder,
    senders: createSenders({
      simulator,
      url: () => running.app?.url ?? '',
      tokenOf: () => hookToken,
      secretOf: (variable) => secretOf(simulator, variable),
    }),
    get app() {
      if (!running.app) throw new Error('the bot does not run just now')
      return running.app
    },
    startBot,
    stopBot,
    openWork: () => (running.app ? openWorkOf(running.app) : Promise.resolve([])),
    async close() {
      await stopBot()
      await simulator.close()
      if (options.databaseUrl === undefined) await giveBack(databaseUrl)
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

async function openWorkOf({ database }: App): Promise<string[]> {
  const open = await rows<{ what: string }>(
    database.db,
    sql`select 'inbox ' || source || ' ' || key as what from inbox join inbox_work using (id)
      union all select concat_ws(' ', 'outbox', id, stream, effect ->> 'kind', 'after', attempts, 'attempts', last_error)
        from outbox where closed_at is null
      union all select 'action ' || id || ' ' || state from actions where state in ('planning', 'preflight', 'dispatching')
        or (state = 'approved' and (runs_itself or run_asked_by is not null))
      union all select 'mailing ' || story_id from comms_posts post where published_at is not null and not exists (
        select 1 from comms_mailings done where done.story_id = post.story_id and done.post = post.number
          and done_at is not null)`,
  )
  return open.map(({ what }) => what)
}

// Read once by each worker: nothing changes them, and most stories want the same.
const configs = new Map<string, Config>()
const shipped: { templates?: Templates } = {}

export function exampleConfig(change: (example: string) => string = (example) => example): Config {
  const text = change(onAnyDay(readFileSync('tocsin.yml', 'utf8')))
  const known = configs.get(text)
  if (known) return known
  const loaded = parseConfig(text, 'tocsin.yml')
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
  configs.set(text, loaded.config)
  return loaded.config
}

/** A story that lets days pass goes by a Monday or not, as the day on which it is told has it: no hand-over is posted. */
function onAnyDay(example: string): string {
  return example.replace('handOverIn: "#ops"', 'handOverIn: null')
}

export function shippedTemplates(): Templates {
  if (shipped.templates) return shipped.templates
  const loaded = loadTemplates(['message-templates'])
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
  shipped.templates = loaded.templates
  return loaded.templates
}

function secretOf({ env }: Simulator, variable: string): string {
  return env[variable] ?? 'a secret of the story'
}

function settingsFor(
  simulator: Simulator,
  {
    databaseUrl,
    hookToken,
    dataFolder,
    options,
  }: { databaseUrl: string; hookToken: string; dataFolder: string; options: StageOptions },
): Settings {
  const env = options.socketMode ? { ...simulator.env, ...simulator.socketEnv } : simulator.env
  return {
    version: 'story',
    databaseAddress: databaseUrl,
    // Each is a process of the server that learns the tables anew: a fifth of what a story costs there.
    databaseConnections: 2,
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    slack: {
      apiUrl: env.SLACK_API_URL ?? '',
      botToken: env.SLACK_BOT_TOKEN ?? '',
      signingSecret: options.socketMode ? null : (env.SLACK_SIGNING_SECRET ?? null),
      appToken: options.socketMode ? (env.SLACK_APP_TOKEN ?? null) : null,
    },
    pagerduty: options.withoutPagerDuty
      ? null
      : { eventsUrl: env.PAGERDUTY_EVENTS_URL ?? '', routingKeyOf: () => env.PAGERDUTY_ROUTING_KEY ?? null },
    pagerdutyRest: options.withoutPagerDuty
      ? null
      : { apiUrl: env.PAGERDUTY_API_URL ?? '', token: env.PAGERDUTY_TOKEN ?? '' },
    mail: { url: env.SMTP_URL ?? '', from: env.MAIL_FROM ?? '' },
    prometheusUrl: options.prometheusUrl ?? null,
    alertmanager: { url: options.alertmanagerUrl ?? env.ALERTMANAGER_URL ?? '', token: null },
    snsUrl: simulator.url,
    hookTokenOf: () => hookToken,
    secretOf: (variable) => options.secrets?.[variable] ?? secretOf(simulator, variable),
    workers: options.runsElsewhere ? null : { dataFolder, secretOf: (name) => options.secrets?.[name] ?? null },
    tryPage: async () => false,
  }
}
