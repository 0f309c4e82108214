/** One call of the Web API: within its budget, without the SDK's own retries, every failure in our words. */
import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api'
import type { Log } from '../../core/log.ts'
import type { Metrics } from '../../core/metrics.ts'
import { DeliveryError } from '../../core/ports.ts'
import type { Clock } from '../../lib/clock.ts'
import { type Caller, createBudget } from './budget.ts'
import { asDeliveryError, meanings, Refusal, usualPauseSeconds } from './errors.ts'
import { type Method, mustHappenOnce } from './methods.ts'

export type Answer = Readonly<Record<string, unknown>>
export type Call = (method: Method, args: Readonly<Record<string, unknown>>) => Promise<Answer>

export interface Calls {
  /** For the outbox: paced, in line with the others, and given up when the process ends. */
  as(caller: Caller, signal: AbortSignal): Call
  /** For what somebody waits for this moment and is rare: who is this person, open that form. */
  now: Call
}

export interface CallOptions {
  apiUrl: string
  botToken: string
  clock: Clock
  log: Log
  metrics: Pick<Metrics, 'slackRateLimited'>
}

const timeoutMilliseconds = 10_000
// A broken token breaks every call. One line a minute says it loud enough.
const complaintMilliseconds = 60_000

export function createCalls({ apiUrl, botToken, clock, log, metrics }: CallOptions): Calls {
  const client = new WebClient(botToken, sdkOptions(apiUrl))
  const budget = createBudget(clock)
  const state = { quietUntil: 0 }

  async function call(
    method: Method,
    args: Readonly<Record<string, unknown>>,
    how: { caller: Caller | null; signal?: AbortSignal },
  ): Promise<Answer> {
    const channelId = typeof args.channel === 'string' ? args.channel : null
    budget.take(method, channelId, how.caller)
    try {
      const answer = await untilStopped(method, client.apiCall(method, { ...args }), how.signal)
      return { ...answer }
    } catch (error) {
      const failure = asDeliveryError(method, error)
      if (failure.retryAfterSeconds !== undefined) {
        budget.close(method, channelId, failure.retryAfterSeconds)
        metrics.slackRateLimited.inc({ method })
      }
      note(method, failure)
      throw failure
    }
  }

  function note(method: Method, failure: DeliveryError): void {
    const now = clock.now().getTime()
    const details = failure instanceof Refusal ? detailsOf(failure.answer) : []
    if (details.length > 0) log.warn({ method, code: failure.code, details }, 'Slack refused what was sent')
    if (meanings[failure.code] !== 'mend' || now < state.quietUntil) return
    state.quietUntil = now + complaintMilliseconds
    log.error(
      { method, code: failure.code },
      'Slack does not take our token; nothing is delivered until SLACK_BOT_TOKEN is mended',
    )
  }

  return {
    as: (caller, signal) => (method, args) => call(method, args, { caller, signal }),
    now: (method, args) => call(method, args, { caller: null }),
  }
}

/**
 * Fresh for every client, because the SDK writes into what it is given. No `headers`, ever: the SDK puts the token
 * into that object, and two clients that shared it would send each other's.
 */
export function sdkOptions(apiUrl: string): WebClientOptions {
  return {
    slackApiUrl: apiUrl,
    // The outbox decides when to try again, and it knows what must not be sent twice.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMilliseconds,
    fetch: fetchWithPause,
    logger: silentLogger,
  }
}

/** The SDK takes a 429 without Retry-After for an error without a name. */
async function fetchWithPause(url: string | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  if (response.status !== 429 || Number(response.headers.get('retry-after')) > 0) return response
  await response.body?.cancel()
  return new Response(null, { status: 429, headers: { 'retry-after': String(usualPauseSeconds) } })
}

/** When the process ends, whoever waits for Slack is let go; whether the call had its effect is then not known. */
async function untilStopped<Value>(
  method: Method,
  call: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (!signal) return call
  const stop = Promise.withResolvers<never>()
  const onAbort = () =>
    stop.reject(new DeliveryError('stopped', mustHappenOnce(method) ? 'unknown' : 'again', { isOutage: true }))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([call, stop.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** What exactly Slack found wrong, where it says so. */
function detailsOf(answer: Answer): string[] {
  const meta = answer.response_metadata
  const messages = typeof meta === 'object' && meta !== null && 'messages' in meta ? meta.messages : []
  return Array.isArray(messages) ? messages.slice(0, 5).map((message) => String(message).slice(0, 300)) : []
}

/** The SDK logs failures that we decide about; our own line is enough. */
export const silentLogger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
}
