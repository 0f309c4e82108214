/** The simulated Slack as one piece: its world, its Web API, and what it tells the bot. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Clock } from '../../lib/clock.ts'
import { type FaultBox, send } from '../faults.ts'
import type { Manifest, Simulator, SlackWorld } from '../types.ts'
import { createApi } from './api.ts'
import { createDeliveries } from './deliveries.ts'
import { createEvents, type Emit } from './events.ts'
import { createPermits } from './permits.ts'
import { handsOf } from './person.ts'
import { respond } from './respond.ts'
import { seedWorld } from './seed.ts'
import { isRecord } from './shape.ts'
import { createSocketHub } from './socket-mode.ts'
import { createState, deactivate, messagesOf, type World } from './state.ts'
import { takeUpload } from './web-api/files.ts'

export interface SlackOptions {
  manifest: Manifest
  clock: Clock
  server: Server
  baseUrl(): string
  faults: FaultBox
  enforceRates: boolean
  /** What `dump` returned yesterday. */
  kept: unknown
  changed(): void
}

export interface Slack {
  world: SlackWorld
  env(): Record<string, string>
  socketEnv: Record<string, string>
  sockets: Simulator['sockets']
  connect(slackEventsUrl: string): void
  /** False when the path is none of Slack's. */
  handle(req: IncomingMessage, res: ServerResponse, body: string): Promise<boolean>
  dump(): unknown
  close(): void
}

// Secrets of nobody: they open a toy on this machine, and are the same every day so that a kept bot finds its way back.
const botToken = 'xoxb-simulator'
const appToken = 'xapp-simulator'
const signingSecret = 'simulator-signing-secret'

// Raised when the world gets another shape; one that is older than `worldIn` knows of is left behind.
const keptVersion = 3

export function createSlack(options: SlackOptions): Slack {
  const { manifest, clock, faults, changed, baseUrl } = options
  const state = createState(worldIn(options.kept) ?? seedWorld(clock.now()), clock, changed)
  const { world } = state
  const permits = createPermits(clock)
  const sockets = createSocketHub(options.server, baseUrl, world.appId)
  const deliveries = createDeliveries({ clock, faults: faults.faults, signingSecret, sockets, changed })
  const emit: Emit = (event) =>
    deliveries.deliverEvent({ kind: 'event', what: event.type, payload: envelope(world, clock, event) })
  const subscribed = new Set(manifest.settings.event_subscriptions?.bot_events ?? [])
  const events = createEvents({ state, subscribed, emit })
  const { bot, bot_optional: optional = [] } = manifest.oauth_config.scopes
  const api = createApi({
    state,
    permits,
    events,
    faults,
    scopes: [...bot, ...optional],
    botToken,
    appToken,
    enforceRates: options.enforceRates,
    openSocket: () => sockets.newAddress(),
    baseUrl,
  })
  const wires = { state, permits, events, deliveries, baseUrl }
  const personNamed = (nameOrId: string) => {
    const found = world.people.find((person) => [person.id, person.name, person.realName].includes(nameOrId))
    if (found) return found
    throw new Error(`there is no ${nameOrId}; there are ${world.people.map((person) => person.name).join(', ')}`)
  }

  return {
    world: {
      manifest,
      people: () => world.people,
      channels: () => world.channels,
      messages: (channelId) => messagesOf(state, channelId),
      person: (nameOrId) => handsOf(personNamed(nameOrId), wires, manifest),
      async deactivate(nameOrId) {
        const person = personNamed(nameOrId)
        deactivate(state, person)
        await events.personChanged(person)
      },
      async show(nameOrId, whereabouts) {
        const person = personNamed(nameOrId)
        Object.assign(person, whereabouts)
        changed()
        await events.personChanged(person)
      },
      calls: api.calls,
      faults: faults.faults,
      deliveries: deliveries.done,
    },
    env: () => ({ SLACK_API_URL: `${baseUrl()}/api/`, SLACK_BOT_TOKEN: botToken, SLACK_SIGNING_SECRET: signingSecret }),
    socketEnv: { SLACK_APP_TOKEN: appToken },
    sockets: { count: () => sockets.count(), refresh: () => sockets.refresh() },
    connect: deliveries.connect,
    async handle(req, res, body) {
      const path = URL.parse(req.url ?? '/', baseUrl())?.pathname ?? '/'
      const method = /^\/api\/([\w.]+)$/.exec(path)?.[1]
      if (method !== undefined) await api.handle(method, req, res, body)
      else if (!/^\/(respond|upload)\//.test(path)) return false
      else if (faults.faults.mode === 'down')
        send(res, { status: 503, body: { ok: false, error: 'service_unavailable' } })
      else if (path.startsWith('/upload/'))
        send(res, takeUpload(state, path, body) ? { status: 200, body: 'OK' } : { status: 404, body: 'no such upload' })
      else send(res, respond(wires, path, body))
      return true
    },
    dump: () => ({ version: keptVersion, world }),
    close: () => sockets.close(),
  }
}

function worldIn(kept: unknown): World | null {
  if (!isRecord(kept)) return null
  if (kept.version === 2) return withoutFiles(kept.world as World)
  return kept.version === keptVersion ? (kept.world as World) : null
}

/** Until version 2 messages had none. */
function withoutFiles(world: World): World {
  for (const message of Object.values(world.messages).flat()) message.files = []
  return world
}

/** The same for every attempt: a bot knows a repeated event by its id. */
function envelope(world: World, clock: Clock, event: Record<string, unknown>): Record<string, unknown> {
  return {
    token: 'legacy',
    team_id: world.teamId,
    api_app_id: world.appId,
    event,
    type: 'event_callback',
    event_id: `Ev${randomUUID().replaceAll('-', '').slice(0, 12).toUpperCase()}`,
    event_time: Math.floor(clock.now().getTime() / 1_000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: world.teamId,
        user_id: world.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  }
}
