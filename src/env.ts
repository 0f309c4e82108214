/** The environment: secrets and addresses, and nothing else. One list; the docs, .env.example and the checks are made from it. */
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { nearest } from './lib/words.ts'

export interface Variable {
  name: string
  meaning: string
  isSecret?: true
  fallback?: string
}

export const variables = [
  { name: 'PORT', meaning: 'the one HTTP port', fallback: '3000' },
  { name: 'HOST', meaning: 'the address to listen on; 127.0.0.1 in try mode, 0.0.0.0 with a real Slack' },
  { name: 'TOCSIN_CONFIG', meaning: 'the configuration file', fallback: 'tocsin.yml' },
  { name: 'TOCSIN_DATA_DIR', meaning: 'the folder of the embedded database', fallback: '.tocsin' },
  { name: 'TOCSIN_TEMPLATES', meaning: 'a folder whose message templates take the place of ours' },
  {
    name: 'TOCSIN_RUNNER',
    meaning: 'where actions run: `here`, or `elsewhere` when `tocsin runner` does it with the same database',
    fallback: 'here',
  },
  { name: 'PUBLIC_URL', meaning: 'where people reach this server, for links' },
  { name: 'DATABASE_URL', meaning: 'PostgreSQL 14 or newer; without it the embedded database', isSecret: true },
  { name: 'SLACK_BOT_TOKEN', meaning: 'xoxb-…; without any Slack variable the simulator runs', isSecret: true },
  { name: 'SLACK_SIGNING_SECRET', meaning: 'for HTTP mode', isSecret: true },
  { name: 'SLACK_APP_TOKEN', meaning: 'xapp-…; for Socket Mode', isSecret: true },
  {
    name: 'SLACK_API_URL',
    meaning: 'another Web API address (proxy, test double)',
    fallback: 'https://slack.com/api/',
  },
  { name: 'PAGERDUTY_ROUTING_KEY', meaning: 'Events API v2 key of the default service', isSecret: true },
  { name: 'PAGERDUTY_TOKEN', meaning: 'REST API key; `doctor` tries it', isSecret: true },
  { name: 'PAGERDUTY_API_URL', meaning: 'another REST address', fallback: 'https://api.pagerduty.com' },
  {
    name: 'PAGERDUTY_EVENTS_URL',
    meaning: 'another Events API address',
    fallback: 'https://events.pagerduty.com/v2/enqueue',
  },
  {
    name: 'PAGERDUTY_WEBHOOK_SECRET',
    meaning: 'signs what PagerDuty tells us; without it /hooks/pagerduty answers 401',
    isSecret: true,
  },
  {
    name: 'SENTRY_CLIENT_SECRET',
    meaning: 'signs what Sentry tells us; without it /hooks/sentry answers 401',
    isSecret: true,
  },
  { name: 'SMTP_URL', meaning: 'smtp://user:password@host:port for e-mail', isSecret: true },
  { name: 'MAIL_FROM', meaning: 'the sender of e-mail; needed with SMTP_URL' },
  { name: 'PROMETHEUS_URL', meaning: 'where runbooks ask for figures, http://prometheus:9090' },
  { name: 'ALERTMANAGER_URL', meaning: 'where silences are kept too, http://alertmanager:9093' },
  { name: 'ALERTMANAGER_TOKEN', meaning: 'bearer token for it, where one is asked for', isSecret: true },
  { name: 'LOG_LEVEL', meaning: 'trace, debug, info, warn, error or silent', fallback: 'info' },
  { name: 'NODE_ENV', meaning: 'as Node programs have it; changes nothing here' },
] as const satisfies readonly Variable[]

/** One more secret for each alert source: the bearer token that its webhook must send. */
export const hookTokenPrefix = 'HOOK_TOKEN_'

export type VariableName = (typeof variables)[number]['name']

/** A text that never prints. */
export class Secret {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  reveal(): string {
    return this.#text
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
  [inspect.custom](): string {
    return '[secret]'
  }
}

export interface Env {
  isTry: boolean
  port: number
  host: string
  /** Without a slash at its end. */
  publicUrl: string | null
  configFile: string
  dataFolder: string
  templatesFolder: string | null
  databaseUrl: Secret | null
  slack: { apiUrl: string; botToken: Secret; signingSecret: Secret | null; appToken: Secret | null } | null
  pagerduty: { eventsUrl: string; routingKeyOf(variable: string): string | null } | null
  pagerdutyRest: { apiUrl: string; token: Secret } | null
  mail: { url: Secret; from: string } | null
  prometheusUrl: string | null
  alertmanager: { url: string; token: Secret | null } | null
  logLevel: string
  hookTokenOf(source: string): string | null
  /** The value of a variable that tocsin.yml names. */
  secretOf(variable: string): string | null
  runsActions: boolean
  /** What an action's settings name: any variable but Tocsin's own secrets. */
  secretOfAction(name: string): string | null
}

export type Given = Readonly<Record<string, string | undefined>>

export interface ReadEnv {
  env: Env
  /** Each stops the start, and says which variable mends it. */
  problems: readonly string[]
  /** Probably a slip of the fingers. */
  warnings: readonly string[]
}

export function readEnv(given: Given, read: (file: string) => string = (file) => readFileSync(file, 'utf8')): ReadEnv {
  const problems: string[] = []
  const text = (name: string): string | null => lookUp(given, name, read, problems)
  const of = (name: VariableName): string => text(name) ?? fallbackOf(name)
  const secret = (name: VariableName): Secret | null => {
    const found = text(name)
    return found === null ? null : new Secret(found)
  }

  const slack = readSlack(secret, of, problems)
  const isTry = slack === null
  const smtp = secret('SMTP_URL')
  const from = text('MAIL_FROM')
  if (smtp && !from) problems.push('SMTP_URL is set and MAIL_FROM is not: set MAIL_FROM to the sender of our e-mail')
  if (from && !smtp && !isTry) problems.push('MAIL_FROM is set and SMTP_URL is not: set SMTP_URL, or remove MAIL_FROM')
  const port = Number(of('PORT'))
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push(`PORT is "${of('PORT')}": write a number from 0 to 65535`)
  const databaseUrl = secret('DATABASE_URL')
  if (databaseUrl && !/^postgres(ql)?:\/\//.test(databaseUrl.reveal())) {
    problems.push(
      'DATABASE_URL does not begin with postgres://: write postgres://user:password@host:5432/name, or remove it',
    )
  }
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent']
  if (!levels.includes(of('LOG_LEVEL'))) problems.push(`LOG_LEVEL is "${of('LOG_LEVEL')}": use ${levels.join(', ')}`)

  const runner = of('TOCSIN_RUNNER')
  if (!['here', 'elsewhere'].includes(runner))
    problems.push(`TOCSIN_RUNNER is "${runner}": write here, or elsewhere when \`tocsin runner\` runs the actions`)
  if (runner === 'elsewhere' && !databaseUrl)
    problems.push('TOCSIN_RUNNER is elsewhere and DATABASE_URL is not set: both processes need one PostgreSQL')

  const env: Env = {
    isTry,
    port,
    host: text('HOST') ?? (isTry ? '127.0.0.1' : '0.0.0.0'),
    publicUrl: text('PUBLIC_URL')?.replace(/\/+$/, '') ?? null,
    configFile: of('TOCSIN_CONFIG'),
    dataFolder: of('TOCSIN_DATA_DIR'),
    templatesFolder: text('TOCSIN_TEMPLATES'),
    databaseUrl,
    slack,
    pagerduty: secret('PAGERDUTY_ROUTING_KEY') ? { eventsUrl: of('PAGERDUTY_EVENTS_URL'), routingKeyOf: text } : null,
    pagerdutyRest: readRest(secret('PAGERDUTY_TOKEN'), of('PAGERDUTY_API_URL')),
    mail: smtp && from ? { url: smtp, from } : null,
    prometheusUrl: text('PROMETHEUS_URL')?.replace(/\/+$/, '') ?? null,
    alertmanager: readAlertmanager(text('ALERTMANAGER_URL'), secret('ALERTMANAGER_TOKEN'), problems),
    logLevel: of('LOG_LEVEL'),
    hookTokenOf: (source) => text(`${hookTokenPrefix}${source.toUpperCase().replaceAll('-', '_')}`),
    secretOf: text,
    runsActions: runner === 'here',
    secretOfAction: (name) => (isOurs(name) ? null : text(name)),
  }
  return { env, problems, warnings: findSlips(given) }
}

/** The keys to Slack, the pager and the database are nothing that an action may be given. */
function isOurs(name: string): boolean {
  return name.startsWith(hookTokenPrefix) || variables.some((variable) => variable.name === name)
}

function readAlertmanager(url: string | null, token: Secret | null, problems: string[]): Env['alertmanager'] {
  if (url === null && token !== null)
    problems.push('ALERTMANAGER_TOKEN is set and ALERTMANAGER_URL is not: set the address, or remove the token')
  if (url !== null && !/^https?:\/\//.test(url))
    problems.push('ALERTMANAGER_URL does not begin with http:// or https://: write http://alertmanager:9093')
  return url === null ? null : { url: url.replace(/\/+$/, ''), token }
}

function readRest(token: Secret | null, apiUrl: string): Env['pagerdutyRest'] {
  return token === null ? null : { apiUrl, token }
}

function readSlack(
  secret: (name: VariableName) => Secret | null,
  of: (name: VariableName) => string,
  problems: string[],
): Env['slack'] {
  const botToken = secret('SLACK_BOT_TOKEN')
  const signingSecret = secret('SLACK_SIGNING_SECRET')
  const appToken = secret('SLACK_APP_TOKEN')
  if (!botToken && !signingSecret && !appToken) return null
  if (!botToken)
    problems.push(
      'SLACK_BOT_TOKEN is missing while other Slack variables are set: set it, or remove them to try Tocsin without Slack',
    )
  if (botToken && !signingSecret && !appToken) {
    problems.push(
      'SLACK_BOT_TOKEN is set alone: set SLACK_SIGNING_SECRET for HTTP mode, or SLACK_APP_TOKEN for Socket Mode',
    )
  }
  if (botToken && !botToken.reveal().startsWith('xoxb-'))
    problems.push('SLACK_BOT_TOKEN does not begin with xoxb-: take the "Bot User OAuth Token"')
  if (appToken && !appToken.reveal().startsWith('xapp-'))
    problems.push('SLACK_APP_TOKEN does not begin with xapp-: take an app-level token with connections:write')
  const apiUrl = of('SLACK_API_URL').replace(/\/*$/, '/')
  return { apiUrl, botToken: botToken ?? new Secret(''), signingSecret, appToken }
}

/** `<NAME>_FILE` holds the name of a file with the value, as container platforms hand out secrets. */
function lookUp(given: Given, name: string, read: (file: string) => string, problems: string[]): string | null {
  const value = given[name]
  if (value !== undefined && value !== '') return value
  const file = given[`${name}_FILE`]
  if (file === undefined || file === '') return null
  try {
    return read(file).trim()
  } catch {
    problems.push(`${name}_FILE names ${file}, which cannot be read`)
    return null
  }
}

function fallbackOf(name: VariableName): string {
  const variable: Variable | undefined = variables.find((candidate) => candidate.name === name)
  return variable?.fallback ?? ''
}

const ourPrefixes = /^(TOCSIN|SLACK|PAGERDUTY|SMTP|MAIL|ALERTMANAGER|HOOK_TOKEN)_/

function findSlips(given: Given): string[] {
  const known: string[] = variables.flatMap(({ name }) => [name, `${name}_FILE`])
  const unknown = Object.keys(given).filter(
    (name) => ourPrefixes.test(name) && !known.includes(name) && !name.startsWith(hookTokenPrefix),
  )
  return unknown.map((name) => {
    const [close] = nearest(name, known)
    return close ? `${name} is not known here: did you mean ${close}?` : `${name} is not known here and changes nothing`
  })
}
