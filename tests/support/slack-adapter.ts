/** The Slack adapter alone: real Bolt and Web API client, the simulated Slack over HTTP, and an inbox made of an array. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import { createSlack, type Slack, type SlackOptions } from '../../src/adapters/slack/index.ts'
import type { SlackEffect } from '../../src/core/effects.ts'
import type { Incoming } from '../../src/core/inbox-store.ts'
import { createLog } from '../../src/core/log.ts'
import { type Delivered, type Delivery, DeliveryError } from '../../src/core/ports.ts'
import { type MovableClock, movableClock } from '../../src/lib/clock.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import type { Manifest, Simulator, SlackMessage } from '../../src/simulator/types.ts'
import { countedMetrics } from './port.ts'

export interface Bench {
  simulator: Simulator
  slack: Slack
  clock: MovableClock
  /** Where Slack posts to. */
  eventsUrl: string
  /** What the inbox has, each delivery once. */
  kept: Incoming[]
  /** What is known of named things, as the outbox keeps it. */
  observed: Map<string, unknown>
  /** The log, a line each. */
  logged: string[]
  metrics: ReturnType<typeof countedMetrics>
  /** One attempt. */
  attempt(effect: SlackEffect, how?: Partial<Delivery<SlackEffect>>): Promise<Delivered>
  /** As the outbox does it: again and again, carrying the doubt, moving the clock instead of waiting. */
  deliver(effect: SlackEffect, how?: Partial<Delivery<SlackEffect>>): Promise<Delivered>
  close(): Promise<void>
}

export interface BenchOptions extends Partial<SlackOptions> {
  isSocketMode?: boolean
  isStarted?: boolean
}

const attemptsMax = 40

/** For the top of a test file: opens benches, and closes them after each test. */
export function benches(): (options?: BenchOptions) => Promise<Bench> {
  const opened: Bench[] = []
  afterEach(async () => {
    for (const bench of opened.splice(0)) await bench.close()
  })
  return async (options) => {
    const bench = await openBench(options)
    opened.push(bench)
    return bench
  }
}

export function channelId({ simulator }: Bench, name: string): string {
  const found = simulator.slack.channels().find((channel) => channel.name === name)
  if (!found) throw new Error(`there is no #${name}`)
  return found.id
}

export function messagesIn(bench: Bench, name: string): readonly SlackMessage[] {
  return bench.simulator.slack.messages(channelId(bench, name)).filter((message) => !message.deleted)
}

export function textsIn(bench: Bench, name: string): string[] {
  return messagesIn(bench, name).map(({ text }) => text)
}

/** How often a method of the Web API was called. */
export function callsOf({ simulator }: Bench, method: string): number {
  return simulator.slack.calls.filter((call) => call.method === method).length
}

async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const { isSocketMode = false, isStarted = true, ...changed } = options
  const clock = movableClock(Date.now)
  const simulator = await startSimulator({ manifest, clock })
  const kept: Incoming[] = []
  const observed = new Map<string, unknown>()
  const logged: string[] = []
  const metrics = countedMetrics()
  const { SLACK_API_URL = '', SLACK_BOT_TOKEN = '', SLACK_SIGNING_SECRET = '' } = simulator.env
  const slack = createSlack({
    apiUrl: SLACK_API_URL,
    botToken: SLACK_BOT_TOKEN,
    signingSecret: isSocketMode ? null : SLACK_SIGNING_SECRET,
    appToken: isSocketMode ? (simulator.socketEnv.SLACK_APP_TOKEN ?? null) : null,
    clock,
    log: createLog({ level: 'debug', destination: { write: (line: string) => void logged.push(line) } }),
    metrics,
    accept: async (incoming) => keepOnce(kept, incoming),
    checkForm: () => null,
    isOurs: async () => true,
    observedOf: async (name) => observed.get(name) ?? null,
    missingChannels: 'report',
    ...changed,
  })
  const server = await listen(slack)
  const eventsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`
  if (!isSocketMode) simulator.connect(eventsUrl)
  if (isStarted) await slack.start()

  const ids = { last: 0 }
  const deliveryOf = (effect: SlackEffect, how: Partial<Delivery<SlackEffect>>): Delivery<SlackEffect> => {
    ids.last += 1
    const now = clock.now()
    const before = 'name' in effect ? (observed.get(effect.name) ?? null) : null
    return {
      id: String(ids.last),
      effect,
      attempt: 1,
      isInDoubt: false,
      decidedAt: now,
      now,
      observed: before,
      signal: new AbortController().signal,
      ...how,
    }
  }
  const attempt = async (delivery: Delivery<SlackEffect>): Promise<Delivered> => {
    const delivered = await slack.port.deliver(delivery)
    if ('name' in delivery.effect) observed.set(delivery.effect.name, delivered.observed)
    return delivered
  }

  return {
    simulator,
    slack,
    clock,
    eventsUrl,
    kept,
    observed,
    logged,
    metrics,
    attempt: (effect, how = {}) => attempt(deliveryOf(effect, how)),
    async deliver(effect, how = {}) {
      let delivery = deliveryOf(effect, how)
      for (;;) {
        try {
          const delivered = await attempt(delivery)
          if (!delivered.isUnfinished) return delivered
          // As the outbox does with what is there, but not all that it should be.
          delivery = deliveryOf(effect, { ...how, isLook: true, isInDoubt: false })
        } catch (error) {
          if (!(error instanceof DeliveryError) || error.outcome === 'never' || delivery.attempt >= attemptsMax)
            throw error
          clock.advance((error.retryAfterSeconds ?? 1) * 1_000)
          delivery = {
            ...delivery,
            attempt: delivery.attempt + 1,
            isInDoubt: error.outcome === 'unknown',
            now: clock.now(),
          }
        }
      }
    },
    async close() {
      await slack.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await simulator.close()
    },
  }
}

function keepOnce(kept: Incoming[], incoming: Incoming): { isNew: boolean } {
  if (kept.some(({ source, key }) => source === incoming.source && key === incoming.key)) return { isNew: false }
  kept.push(incoming)
  return { isNew: true }
}

async function listen(slack: Slack): Promise<http.Server> {
  const server = http.createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const { status, body } = await slack.receive({ headers: req.headers, rawBody: Buffer.concat(chunks) })
    const isJson = typeof body === 'object'
    res
      .writeHead(status, isJson ? { 'content-type': 'application/json' } : {})
      .end(isJson ? JSON.stringify(body) : (body ?? ''))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** An app with a command, shortcuts and events of its own, so that what the features declare does not matter here. */
export const manifest: Manifest = {
  features: {
    slash_commands: [{ command: '/bell', description: 'Rings', should_escape: true }],
    shortcuts: [
      { name: 'Ring for this', type: 'message', callback_id: 'bell.forMessage', description: 'Rings about a message' },
      { name: 'Ring', type: 'global', callback_id: 'bell.ring', description: 'Rings' },
    ],
  },
  oauth_config: {
    scopes: {
      bot: [
        ...[
          'app_mentions:read',
          'commands',
          'chat:write',
          'channels:manage',
          'channels:read',
          'channels:history',
          'channels:join',
        ],
        ...[
          'groups:history',
          'groups:read',
          'groups:write',
          'im:write',
          'im:history',
          'pins:write',
          'reactions:read',
          'reactions:write',
          'bookmarks:read',
          'bookmarks:write',
          'files:read',
          'files:write',
          'users:read',
          'dnd:read',
          'usergroups:read',
          'usergroups:write',
        ],
      ],
    },
  },
  settings: {
    event_subscriptions: {
      bot_events: ['message', 'message.channels', 'app_mention', 'reaction_added', 'user_change'],
    },
  },
}
