/** One call of the Web API: within budget, without the SDK's own retries, every failure in our words. */
import { LogLevel, WebAPIPlatformError, WebClient } from '@slack/web-api'
import type { Priority } from '../../core/effects.ts'
import type { Log } from '../../core/log.ts'
import type { Metrics } from '../../core/metrics.ts'
import { DeliveryError } from '../../core/ports.ts'
import { createBudget } from './budget.ts'
import { asDeliveryError } from './errors.ts'

export interface CallOptions {
  apiUrl: string
  botToken: string
  log: Log
  metrics: Pick<Metrics, 'slackRateLimited'>
}

export type Answer = Record<string, unknown>

/** `place` is the channel whose own budget the call counts against. */
export type Call = (
  method: string,
  args: Record<string, unknown>,
  how?: { place?: string; priority?: Priority },
) => Promise<Answer>

const timeoutMilliseconds = 10_000

export function createCall({ apiUrl, botToken, log, metrics }: CallOptions): Call {
  // No `headers` here, ever: the SDK writes the token into the object it is given, and clients would share it.
  const client = new WebClient(botToken, {
    slackApiUrl: apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMilliseconds,
    maxRequestConcurrency: 50,
    logLevel: LogLevel.ERROR,
    logger: silentLogger,
  })
  const budget = createBudget(() => performance.now())

  return async (method, args, { place, priority = 'state' } = {}) => {
    budget.take(method, place ?? null, priority)
    try {
      return (await client.apiCall(method, args)) as unknown as Answer
    } catch (error) {
      const failure = asDeliveryError(method, error)
      if (failure.retryAfterSeconds !== undefined) {
        budget.pause(method, place ?? null, failure.retryAfterSeconds)
        metrics.slackRateLimited.inc({ method })
      }
      if (error instanceof WebAPIPlatformError && error.data.response_metadata?.messages) {
        log.warn(
          { method, code: failure.code, messages: error.data.response_metadata.messages.slice(0, 5) },
          'Slack refused what was sent',
        )
      }
      throw failure
    }
  }
}

/** Runs a call whose refusal by one of these codes is as good as success. */
export async function accepting(codes: readonly string[], call: Promise<Answer>): Promise<Answer | null> {
  try {
    return await call
  } catch (error) {
    if (error instanceof DeliveryError && codes.includes(error.code)) return null
    throw error
  }
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
