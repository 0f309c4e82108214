/** How Slack tells the bot what people do: signed requests, or envelopes through a socket. */
import { createHmac, randomUUID } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import type { Ack, BotDelivery, Faults } from '../types.ts'
import type { SocketHub } from './socket-mode.ts'

export interface Deliveries {
  done: BotDelivery[]
  connect(url: string): void
  /** One delivery, and its copies where they were asked for. The first answer counts. */
  deliver(delivery: Outgoing): Promise<Ack>
  /** An event, tried again as Slack does: at once, after a minute, after five. */
  deliverEvent(event: Record<string, unknown>): Promise<void>
}

export interface Outgoing {
  kind: BotDelivery['kind']
  what: string
  /** The payload as Socket Mode carries it; HTTP makes a form of commands and interactions. */
  payload: Record<string, unknown>
}

export interface DeliveriesOptions {
  clock: Clock
  faults: Faults
  signingSecret: string
  sockets: SocketHub
  envelope(event: Record<string, unknown>): Record<string, unknown>
  changed(): void
}

const patienceMilliseconds = 3_000
const retryAfterMilliseconds = [0, 60_000, 300_000]
const keptMax = 2_000

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const done: BotDelivery[] = []
  const target = { url: '' }

  async function deliver(outgoing: Outgoing, retry = 0): Promise<Ack> {
    const at = options.clock.now()
    const copies = Array.from({ length: Math.max(options.faults.deliverTimes, 1) }, () => once(outgoing, retry))
    const [first, ...others] = copies
    void Promise.allSettled(others)
    const ack = (await first) ?? { outcome: 'failed', status: null, milliseconds: 0, body: null }
    done.push({ at, kind: outgoing.kind, what: outgoing.what, ack, retry })
    if (done.length > keptMax) done.shift()
    options.changed()
    return ack
  }

  async function once(outgoing: Outgoing, retry: number): Promise<Ack> {
    if (options.sockets.isOpen()) return options.sockets.send(outgoing, retry, patienceMilliseconds)
    if (target.url === '') return { outcome: 'failed', status: null, milliseconds: 0, body: 'nobody is connected' }
    const { body, type } = encode(outgoing)
    const started = performance.now()
    const elapsed = () => Math.round(performance.now() - started)
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        body,
        headers: { 'content-type': type, 'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)', ...signed(body), ...retryHeaders(retry) },
        signal: AbortSignal.timeout(patienceMilliseconds),
      })
      const text = await response.text()
      return { outcome: response.ok ? 'ok' : 'failed', status: response.status, milliseconds: elapsed(), body: parsed(text) }
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      return { outcome: isLate ? 'late' : 'failed', status: null, milliseconds: elapsed(), body: String(error) }
    }
  }

  function signed(body: string): Record<string, string> {
    const seconds = Math.floor(options.clock.now().getTime() / 1_000)
    const signature = createHmac('sha256', options.signingSecret).update(`v0:${seconds}:${body}`).digest('hex')
    return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${signature}` }
  }

  async function deliverEvent(event: Record<string, unknown>): Promise<void> {
    const outgoing: Outgoing = { kind: 'event', what: String(event.type), payload: options.envelope(event) }
    const first = await deliver(outgoing)
    if (first.outcome === 'ok') return
    for (const [index, pause] of retryAfterMilliseconds.entries()) {
      // In sequence, as Slack does it; the clock may be moved meanwhile.
      await untilLater(options.clock, pause)
      if ((await deliver(outgoing, index + 1)).outcome === 'ok') return
    }
  }

  return {
    done,
    connect(url) {
      target.url = url
    },
    deliver: (outgoing) => deliver(outgoing),
    deliverEvent,
  }
}

export function eventEnvelope(ids: { teamId: string; appId: string; botUserId: string }, clock: Clock) {
  return (event: Record<string, unknown>): Record<string, unknown> => ({
    token: 'legacy',
    team_id: ids.teamId,
    api_app_id: ids.appId,
    event,
    type: 'event_callback',
    event_id: `Ev${randomUUID().replaceAll('-', '').slice(0, 10).toUpperCase()}`,
    event_time: Math.floor(clock.now().getTime() / 1_000),
    authorizations: [{ enterprise_id: null, team_id: ids.teamId, user_id: ids.botUserId, is_bot: true, is_enterprise_install: false }],
    is_ext_shared_channel: false,
  })
}

function encode({ kind, payload }: Outgoing): { body: string; type: string } {
  if (kind === 'event') return { body: JSON.stringify(payload), type: 'application/json' }
  const form = kind === 'command' ? (payload as Record<string, string>) : { payload: JSON.stringify(payload) }
  return { body: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' }
}

function retryHeaders(retry: number): Record<string, string> {
  return retry === 0 ? {} : { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_error' }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function untilLater(clock: Clock, milliseconds: number): Promise<void> {
  const due = clock.now().getTime() + milliseconds
  return new Promise((resolve) => {
    const stops: (() => void)[] = []
    const look = () => {
      if (clock.now().getTime() < due) return
      for (const stop of stops) stop()
      resolve()
    }
    const timer = setTimeout(look, milliseconds + 1)
    timer.unref()
    stops.push(() => clearTimeout(timer), clock.onMove(look))
    look()
  })
}
