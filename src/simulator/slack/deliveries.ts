/** How Slack tells the bot what people do: signed requests, or envelopes through a socket. */
import { createHmac } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import type { Ack, BotDelivery, Faults } from '../types.ts'
import type { SocketHub } from './socket-mode.ts'

export interface Deliveries {
  /** Newest last. */
  readonly done: BotDelivery[]
  connect(url: string): void
  /** One delivery, and its copies where they were asked for. The first answer counts. */
  deliver(outgoing: Outgoing): Promise<Ack>
  /** An event, tried again as Slack does: at once, after a minute, after five. Resolves after the first attempt. */
  deliverEvent(outgoing: Outgoing): Promise<void>
}

export interface Outgoing {
  kind: BotDelivery['kind']
  what: string
  /** The payload as Socket Mode carries it; HTTP makes a form of commands and interactions. */
  payload: Record<string, unknown>
}

export interface Attempt {
  number: number
  /** Why it is made again, in Slack's words; empty for the first. */
  reason: string
}

/** An acknowledgement, and whether the bot asked not to be tried again. */
export interface Answered extends Ack {
  isFinal: boolean
}

export interface DeliveriesOptions {
  clock: Clock
  faults: Pick<Faults, 'deliverTimes'>
  signingSecret: string
  sockets: Pick<SocketHub, 'count' | 'send'>
  /** How long the bot may take to answer. */
  patienceMilliseconds?: number
  changed(): void
}

export const patienceMilliseconds = 3_000
const retryPauses = [0, 60_000, 300_000]
const keptMax = 2_000
const firstAttempt: Attempt = { number: 0, reason: '' }

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, sockets } = options
  const patience = options.patienceMilliseconds ?? patienceMilliseconds
  const done: BotDelivery[] = []
  const target = { url: '', isSocketMode: false }

  /** A bot that came by socket is not called by HTTP while it reconnects. */
  function isSocketMode(): boolean {
    target.isSocketMode ||= sockets.count() > 0
    return target.isSocketMode
  }

  async function attempt(outgoing: Outgoing, number: Attempt): Promise<Answered> {
    const at = clock.now()
    const send = () => (isSocketMode() ? sockets.send(outgoing, number) : post(target.url, outgoing, number))
    const first = send()
    for (let copy = 1; copy < options.faults.deliverTimes; copy += 1) void send()
    const answered = await first
    const { isFinal: _isFinal, ...ack } = answered
    done.push({ at, kind: outgoing.kind, what: outgoing.what, ack, retry: number.number })
    if (done.length > keptMax) done.shift()
    options.changed()
    return answered
  }

  async function post(url: string, outgoing: Outgoing, { number, reason }: Attempt): Promise<Answered> {
    if (url === '')
      return { outcome: 'failed', status: null, milliseconds: 0, body: 'nobody is connected', isFinal: true }
    const { body, type } = encode(outgoing)
    const elapsed = stopwatch()
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          // Bare, as Slack sends it: Bolt compares to the letter.
          'content-type': type,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          ...signatureOf(body),
          ...(number === 0 ? {} : { 'x-slack-retry-num': String(number), 'x-slack-retry-reason': reason }),
        },
        redirect: 'manual',
        signal: AbortSignal.timeout(patience),
      })
      const answer = parsed(await response.text())
      const isFinal = response.headers.get('x-slack-no-retry') === '1'
      return {
        outcome: response.ok ? 'ok' : 'failed',
        status: response.status,
        milliseconds: elapsed(),
        body: answer,
        isFinal,
      }
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      return {
        outcome: isLate ? 'late' : 'failed',
        status: null,
        milliseconds: elapsed(),
        body: String(error),
        isFinal: false,
      }
    }
  }

  function signatureOf(body: string): Record<string, string> {
    const seconds = Math.floor(clock.now().getTime() / 1_000)
    const signature = createHmac('sha256', options.signingSecret).update(`v0:${seconds}:${body}`).digest('hex')
    return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${signature}` }
  }

  async function tryAgain(outgoing: Outgoing, first: Answered): Promise<void> {
    let last = first
    for (const [index, pause] of retryPauses.entries()) {
      if (last.outcome === 'ok' || last.isFinal) return
      // In sequence: each attempt waits for its moment, and for the one before to fail.
      await untilLater(clock, pause)
      last = await attempt(outgoing, { number: index + 1, reason: reasonFor(last) })
    }
  }

  return {
    done,
    connect(url) {
      target.url = url
      target.isSocketMode = sockets.count() > 0
    },
    async deliver(outgoing) {
      const { isFinal: _isFinal, ...ack } = await attempt(outgoing, firstAttempt)
      return ack
    },
    async deliverEvent(outgoing) {
      if (!isSocketMode() && target.url === '') return
      const first = await attempt(outgoing, firstAttempt)
      void tryAgain(outgoing, first)
    },
  }
}

export function stopwatch(): () => number {
  const started = performance.now()
  return () => Math.round(performance.now() - started)
}

function encode({ kind, payload }: Outgoing): { body: string; type: string } {
  if (kind === 'event') return { body: JSON.stringify(payload), type: 'application/json' }
  const fields = kind === 'command' ? payload : { payload: JSON.stringify(payload) }
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value))
  return { body: form.toString(), type: 'application/x-www-form-urlencoded' }
}

function reasonFor({ outcome, status }: Ack): string {
  if (outcome === 'late') return 'http_timeout'
  return status === null ? 'connection_failed' : 'http_error'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** In the clock's time: moving the clock is as good as waiting. */
function untilLater(clock: Clock, milliseconds: number): Promise<void> {
  const due = new Date(clock.now().getTime() + milliseconds)
  return new Promise((resolve) => {
    const look = () => {
      if (clock.now() < due) return
      clearTimeout(timer)
      stop()
      resolve()
    }
    // A millisecond more, because timers may be early by a fraction of one.
    const timer = setTimeout(look, clock.timerUntil(due) + 1).unref()
    const stop = clock.onMove(look)
    if (milliseconds === 0) look()
  })
}
