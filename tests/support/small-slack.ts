/** A simulated Slack, the client that bots use, and the smallest bot there is: it writes down what it is told. */
import { randomUUID } from 'node:crypto'
import http, { type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Logger, LogLevel, WebClient } from '@slack/web-api'
import { type MovableClock, movableClock } from '../../src/lib/clock.ts'
import { type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts'
import type { Manifest, PersonHands, Simulator, SlackMessage } from '../../src/simulator/types.ts'

export interface SmallSlack {
  simulator: Simulator
  /** Stands still until it is moved. */
  clock: MovableClock
  web: WebClient
  bot: SmallBot
  person(name: string): PersonHands
  channelId(name: string): string
  messages(channelName: string): readonly SmallMessage[]
  /** The newest one. */
  lastMessage(channelName: string): SlackMessage
  close(): Promise<void>
}

type SmallMessage = Pick<SlackMessage, 'text' | 'onlyFor' | 'user'>

export interface SmallBot {
  url: string
  heard: Heard[]
  /** What it answers to everything; `null` never answers. */
  answer(heard: Heard): { status?: number; body?: unknown; headers?: Record<string, string> } | null
  close(): Promise<void>
}

export interface Heard {
  headers: IncomingHttpHeaders
  raw: string
  /** The form of a command, the payload of an interaction, the envelope of an event. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects.
  payload: any
}

export const allScopes = [
  'channels:manage',
  'channels:read',
  'channels:history',
  'channels:join',
  'groups:write',
  'groups:read',
  'groups:history',
  'im:write',
  'im:read',
  'im:history',
  'chat:write',
  'commands',
  'pins:write',
  'pins:read',
  'bookmarks:write',
  'bookmarks:read',
  'reactions:write',
  'reactions:read',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'usergroups:write',
  'files:read',
  'files:write',
  'team:read',
]

export interface SmallOptions extends Partial<Omit<SimulatorOptions, 'manifest'>> {
  scopes?: string[]
  events?: string[]
}

export async function openSmallSlack({
  scopes = allScopes,
  events = [],
  ...options
}: SmallOptions = {}): Promise<SmallSlack> {
  const clock = options.clock ?? movableClock(() => Date.parse('2026-11-20T12:00:00Z'))
  const simulator = await startSimulator({ ...options, manifest: smallManifest(scopes, events), clock })
  const bot = await startSmallBot()
  simulator.connect(bot.url)
  const { slack } = simulator
  const channelId = (name: string) => {
    const found = slack.channels().find((channel) => channel.name === name)
    if (!found) throw new Error(`there is no #${name}`)
    return found.id
  }
  return {
    simulator,
    clock,
    web: clientOf(simulator.env),
    bot,
    person: (name) => slack.person(name),
    channelId,
    messages: (name) => slack.messages(channelId(name)),
    lastMessage(name) {
      const message = slack.messages(channelId(name)).at(-1)
      if (!message) throw new Error(`nothing was said in #${name}`)
      return message
    },
    async close() {
      await bot.close()
      await simulator.close()
    },
  }
}

export function clientOf(env: Record<string, string>, token = env.SLACK_BOT_TOKEN): WebClient {
  return new WebClient(token, {
    slackApiUrl: env.SLACK_API_URL ?? '',
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  })
}

/** Refusals are what most of these tests are about; nobody wants to read of them twice. */
export const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
}

function smallManifest(scopes: string[], events: string[]): Manifest {
  return {
    features: {
      slash_commands: [
        { command: '/inc', description: 'Run an incident', should_escape: true },
        { command: '/raw', description: 'Hear what was typed' },
      ],
      shortcuts: [
        { name: 'Declare incident', type: 'message', callback_id: 'declare', description: 'From here' },
        { name: 'New launch', type: 'global', callback_id: 'launch', description: 'From anywhere' },
      ],
    },
    oauth_config: { scopes: { bot: scopes } },
    settings: { event_subscriptions: { bot_events: events } },
  }
}

async function startSmallBot(): Promise<SmallBot> {
  // A port of the machine may have been somebody else's a moment ago, who is still called at it.
  const path = `/slack/${randomUUID()}`
  const server = http.createServer(async (req, res) => {
    if (req.url !== path) return void res.writeHead(404).end()
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const raw = Buffer.concat(chunks).toString()
    const heard = { headers: req.headers, raw, payload: payloadIn(raw) }
    bot.heard.push(heard)
    const answer = bot.answer(heard)
    if (!answer) return
    const { status = 200, body = '', headers = {} } = answer
    res.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bot: SmallBot = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    heard: [],
    answer: () => ({}),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return bot
}

function payloadIn(raw: string): unknown {
  if (raw.startsWith('{')) return JSON.parse(raw)
  const form = Object.fromEntries(new URLSearchParams(raw))
  return form.payload === undefined ? form : JSON.parse(form.payload)
}

/** Slack's code for why a call was refused. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const { data } = await failureOf(call)
  return data?.error ?? 'no code'
}

export interface Failure extends Error {
  retryAfter?: number
  data?: { error?: string; response_metadata?: { messages?: string[] }; [field: string]: unknown }
}

export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  try {
    await call
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('the call went well')
}
