/**
 * Slack, both ways: deliveries in by HTTP or Socket Mode, effects out by the Web API. The only folder that knows the SDK.
 *
 * In: receive.ts or sockets.ts take a delivery, make it durable and acknowledge it; hear.ts says later what it means.
 * Out: port.ts hands each effect to say, show, channels or tell, which make their calls through call.ts: in budget, and
 * with every failure put into our words by errors.ts.
 */
import type { SlackLookups } from '../../core/call.ts'
import type { SlackEffect } from '../../core/effects.ts'
import type { Finding } from '../../core/finding.ts'
import type { Heard } from '../../core/heard.ts'
import type { ModalView } from '../../core/modals.ts'
import type { People } from '../../core/people.ts'
import type { Port } from '../../core/ports.ts'
import { type CallOptions, createCalls } from './call.ts'
import { createChannels } from './channels.ts'
import { findTroubles } from './check.ts'
import { createEars } from './hear.ts'
import { createMyself } from './identity.ts'
import { createLookups } from './lookups.ts'
import { openModal } from './modals.ts'
import { createPeople } from './people.ts'
import { createPlaces } from './places.ts'
import { createPort } from './port.ts'
import { type ReceiveOptions, type Request, type Response, receive, take } from './receive.ts'
import { createSockets } from './sockets.ts'

export interface SlackOptions extends CallOptions, Omit<ReceiveOptions, 'identity'> {
  /** With it Socket Mode; without, Slack posts to us. */
  appToken: string | null
  metrics: CallOptions['metrics'] & ReceiveOptions['metrics']
  /** What is known of a named thing: what this adapter returned as observed. */
  observedOf(name: string): Promise<unknown>
  /** Try mode makes the public channels of tocsin.yml that are missing. */
  missingChannels: 'create' | 'report'
}

export interface Slack {
  /** Learns who we are, and opens the sockets in Socket Mode. A wrong token is an error; Slack being away is not. */
  start(): Promise<void>
  /** One request to /slack/events. Never rejects, and answers within a second. */
  receive(request: Request): Promise<Response>
  /** What a stored body means; null when it is nothing for us. */
  hear(body: string): Promise<Heard | null>
  openModal(triggerId: string, view: ModalView): Promise<'opened' | 'too-late'>
  port: Port<SlackEffect>
  people: People
  lookups: SlackLookups
  /** Open sockets; null in HTTP mode. */
  connections(): number | null
  /** For `tocsin doctor`: the token, the scopes of the manifest, the channels that tocsin.yml names. */
  check(channels: readonly string[], scopes?: readonly string[]): Promise<Finding[]>
  stop(): Promise<void>
}

export function createSlack(options: SlackOptions): Slack {
  const { apiUrl, appToken, botToken, clock, log, missingChannels, observedOf } = options
  const calls = createCalls(options)
  const myself = createMyself(calls, log)
  const places = createPlaces({ observedOf, missingChannels })
  const people = createPeople({ calls, clock, log, teamId: async () => (await myself.ask()).teamId })
  const ears = createEars({ botToken, identity: myself.known })
  const channels = createChannels({
    botUserId: () => myself.known()?.botUserId ?? null,
    membersOf: (group) => people.membersOf(group.replace(/^@/, '')),
    log,
  })
  const receiving = { ...options, identity: myself.known }
  const sockets =
    appToken === null
      ? null
      : createSockets({ appToken, apiUrl, log, take: (payload) => take(receiving, payload, JSON.stringify(payload)) })

  return {
    async start() {
      await myself.learn()
      await sockets?.start()
    },
    receive: (request) => receive(receiving, request),
    async hear(body) {
      const heard = await ears(body)
      if (heard?.kind === 'event' && heard.type === 'user_change') people.forget(heard.from.personId)
      return heard
    },
    openModal: (triggerId, view) => openModal(calls.now, log, { triggerId, view }),
    port: createPort({ calls, places, channels, log }),
    people,
    lookups: createLookups(calls.now),
    connections: () => sockets?.connected() ?? null,
    check: (named, scopes = []) =>
      findTroubles({ call: calls.now, clock, apiUrl, appToken }, { channels: named, scopes }),
    async stop() {
      myself.stop()
      await sockets?.stop()
    },
  }
}
