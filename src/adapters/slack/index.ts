/**
 * Slack, both ways: deliveries in by HTTP or Socket Mode, effects out by the Web API. The only folder that knows the SDK.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { SlackEffect } from '../../core/effects.ts'
import type { Finding } from '../../core/finding.ts'
import type { FormValues, Heard } from '../../core/heard.ts'
import type { Incoming } from '../../core/inbox-store.ts'
import type { Log } from '../../core/log.ts'
import type { Metrics } from '../../core/metrics.ts'
import type { ModalView } from '../../core/modals.ts'
import type { People } from '../../core/people.ts'
import { type Delivered, type Delivery, DeliveryError, type Port } from '../../core/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type Call, createCall } from './call.ts'
import { keepChannel } from './channels.ts'
import { findTroubles } from './check.ts'
import { createEars } from './hear.ts'
import { type Mouth, say, show } from './messages.ts'
import { createPeople } from './people.ts'
import { createPlaces } from './places.ts'
import { type Response, receive, take } from './receive.ts'
import { createSockets } from './sockets.ts'
import { tell } from './tell.ts'

export interface SlackOptions {
  apiUrl: string
  botToken: string
  signingSecret: string | null
  appToken: string | null
  clock: Clock
  log: Log
  metrics: Pick<Metrics, 'slackRateLimited' | 'slackRefused'>
  /** The inbox: durable when it returns. */
  accept(incoming: Incoming): Promise<{ isNew: boolean }>
  checkForm(modalId: string, values: FormValues): Record<string, string> | null
  observedOf(name: string): Promise<unknown>
  missingChannels: 'create' | 'report'
}

export interface Slack {
  /** Learns who we are, and opens the sockets in Socket Mode. A wrong token is an error; Slack being away is not. */
  start(): Promise<void>
  receive(request: { headers: IncomingHttpHeaders; rawBody: Buffer }): Promise<Response>
  hear(body: string): Promise<Heard | null>
  openModal(triggerId: string, view: ModalView): Promise<'opened' | 'too-late'>
  port: Port<SlackEffect>
  people: People
  /** For `tocsin doctor`. */
  check(channels: readonly string[]): Promise<Finding[]>
  stop(): Promise<void>
}

interface Identity {
  botId: string
  botUserId: string
  teamId: string
}

export async function createSlack(options: SlackOptions): Promise<Slack> {
  const { appToken, log } = options
  const call = createCall(options)
  const me = { identity: null as Identity | null, retry: undefined as NodeJS.Timeout | undefined }
  const identity = () => me.identity ?? { botId: '', botUserId: '', teamId: '' }
  const people = createPeople(call, () => identity().teamId)
  const mouth: Mouth = {
    call,
    places: createPlaces({ call, observedOf: options.observedOf, missingChannels: options.missingChannels }),
  }
  const ears = await createEars({ botToken: options.botToken, identity })
  const sockets =
    appToken === null
      ? null
      : createSockets({
          appToken,
          apiUrl: options.apiUrl,
          log,
          take: (payload) => take(options, payload, JSON.stringify(payload)),
        })

  async function learnWhoWeAre(): Promise<void> {
    try {
      const answer = await call('auth.test', {})
      me.identity = { botId: String(answer.bot_id), botUserId: String(answer.user_id), teamId: String(answer.team_id) }
    } catch (error) {
      if (isWrongToken(error))
        throw new Error(
          `Slack does not take SLACK_BOT_TOKEN (${error.code}): take the "Bot User OAuth Token" of the installed app`,
        )
      log.warn({ err: error }, 'Slack does not answer; will ask again')
      me.retry = setTimeout(
        () => void learnWhoWeAre().catch((failure: unknown) => log.error({ err: failure }, 'Slack refuses us')),
        retryMilliseconds,
      ).unref()
    }
  }

  return {
    async start() {
      await learnWhoWeAre()
      await sockets?.start()
    },
    receive: (request) => receive(options, request),
    hear: ears.hear,
    openModal: (triggerId, view) => openModal(call, triggerId, view),
    port: { deliver: (delivery) => deliver(mouth, () => identity().botUserId, delivery) },
    people,
    check: (channels) => findTroubles(call, channels),
    async stop() {
      clearTimeout(me.retry)
      await sockets?.stop()
    },
  }
}

const retryMilliseconds = 5_000

function isWrongToken(error: unknown): error is DeliveryError {
  return (
    error instanceof DeliveryError &&
    ['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired'].includes(error.code)
  )
}

function deliver(mouth: Mouth, botUserId: () => string, delivery: Delivery<SlackEffect>): Promise<Delivered> {
  const { effect } = delivery
  switch (effect.kind) {
    case 'slack.say':
      return say(mouth, { ...delivery, effect })
    case 'slack.show':
      return show(mouth, { ...delivery, effect })
    case 'slack.channel':
      return keepChannel(mouth.call, botUserId, { ...delivery, effect })
    case 'slack.tell':
      return tell(mouth, { ...delivery, effect })
    default:
      return unreachable(effect)
  }
}

async function openModal(call: Call, triggerId: string, view: ModalView): Promise<'opened' | 'too-late'> {
  try {
    await call('views.open', { trigger_id: triggerId, view: JSON.stringify(view) }, { priority: 'answer' })
    return 'opened'
  } catch (error) {
    // A second attempt would come even later. What cannot be shown is said, by the outbox.
    if (error instanceof DeliveryError && error.code !== 'invalid_arguments') return 'too-late'
    throw error
  }
}
