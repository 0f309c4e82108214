/**
 * The outside, played over the wire: Slack, PagerDuty and a mail server. It speaks their protocols, refuses what they
 * refuse, and can be made to fail. It serves the try page, the stories and the benchmarks, and knows nothing of the bot.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type MovableClock, movableClock } from '../lib/clock.ts'
import { createFaults } from './faults.ts'
import { startMailbox } from './mailbox.ts'
import { createPagerDuty } from './pagerduty.ts'
import { keepFile, readKept } from './persist.ts'
import { createApi } from './slack/api.ts'
import { createDeliveries, eventEnvelope } from './slack/deliveries.ts'
import { handsOf } from './slack/person.ts'
import { respond } from './slack/respond.ts'
import { seedWorld } from './slack/seed.ts'
import { createSocketHub } from './slack/socket-mode.ts'
import { createState, messagesOf, type World } from './slack/state.ts'
import type { Manifest, Simulator, SlackWorld } from './types.ts'

export interface SimulatorOptions {
  manifest: Manifest
  clock?: MovableClock
  /** Where yesterday's world is kept; without it the world ends with the process. */
  stateFile?: string
  port?: number
  isRateLimited?: boolean
}

const [botToken, appToken, signingSecret] = ['xoxb-simulator', 'xapp-simulator', 'simulator-signing-secret']
// The largest body that is read; a message of Slack's is far smaller.
const bodyBytesMax = 8 * 1024 * 1024

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const clock = options.clock ?? movableClock(Date.now)
  const listeners = new Set<() => void>()
  const kept = readKept(options.stateFile)
  const keeper = keepFile(options.stateFile, () => ({ slack: state.world, pagerduty: pagerduty.dump(), mail: mail.dump() }))
  const changed = () => {
    keeper.changed()
    for (const listener of listeners) listener()
  }

  const state = createState((kept.slack as World | undefined) ?? seedWorld(clock.now()), clock, changed)
  const faults = createFaults(changed)
  const pagerduty = createPagerDuty({ clock, changed })
  const mail = await startMailbox({ clock, changed })
  pagerduty.restore(kept.pagerduty)
  mail.restore(kept.mail)

  const address = { url: '' }
  const server = http.createServer((req, res) => void serve(req, res))
  const sockets = createSocketHub(server, () => address.url)
  const { manifest } = options
  const deliveries = createDeliveries({
    clock,
    faults: faults.faults,
    signingSecret,
    sockets,
    envelope: eventEnvelope(state.world, clock),
    changed,
  })
  const subscribed = new Set(manifest.settings.event_subscriptions?.bot_events ?? [])
  const emit = (subscription: string, event: Record<string, unknown>) => {
    if (!subscribed.has(subscription)) return
    void deliveries.deliverEvent({ type: subscription, event_ts: state.newTs(), ...event })
  }
  const isRateLimited = options.isRateLimited ?? true
  const api = createApi({ state, manifest, faults, botToken, appToken, isRateLimited, emit, openSocket: () => sockets.newAddress() })

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = new URL(req.url ?? '/', 'http://x').pathname
    const body = await readBody(req)
    const method = /^\/api\/([\w.]+)$/.exec(path)?.[1]
    if (method) return api.handle(method, req, res, body)
    if (path.startsWith('/respond/')) return respondUnlessDown(path, req, res, body)
    if (await pagerduty.handle(req, res, body)) return
    res.writeHead(404).end()
  }

  function respondUnlessDown(path: string, req: IncomingMessage, res: ServerResponse, body: string): void {
    if (faults.faults.mode === 'down') res.writeHead(503).end()
    else respond(state, path, req, res, body)
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  address.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const handsOptions = {
    state,
    deliveries,
    baseUrl: () => address.url,
    commands: manifest.features.slash_commands ?? [],
    shortcuts: manifest.features.shortcuts ?? [],
    emit,
  }
  const slack: SlackWorld = {
    manifest,
    people: () => state.world.people,
    channels: () => state.world.channels,
    messages: (channelId) => messagesOf(state, channelId),
    person(nameOrId) {
      const found = state.world.people.find((person) => [person.id, person.name, person.realName].includes(nameOrId))
      if (!found) throw new Error(`there is no ${nameOrId}; there are ${state.world.people.map((person) => person.name).join(', ')}`)
      return handsOf(found, handsOptions)
    },
    calls: api.calls,
    faults: faults.faults,
    deliveries: deliveries.done,
  }

  return {
    url: address.url,
    env: {
      SLACK_API_URL: `${address.url}/api/`,
      SLACK_BOT_TOKEN: botToken,
      SLACK_SIGNING_SECRET: signingSecret,
      ...pagerduty.env(address.url),
      ...mail.env,
    },
    socketEnv: { SLACK_APP_TOKEN: appToken },
    sockets: { count: () => sockets.count(), refresh: () => sockets.refresh() },
    clock,
    slack,
    pagerduty: pagerduty.world,
    mailbox: mail.mailbox,
    connect: (url) => deliveries.connect(url),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      keeper.close()
      sockets.close()
      server.closeAllConnections()
      await Promise.all([new Promise((resolve) => server.close(resolve)), mail.close()])
    },
  }
}

async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req) {
    size += (chunk as Buffer).length
    if (size > bodyBytesMax) break
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
