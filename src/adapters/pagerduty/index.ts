/** Pages, by PagerDuty's Events API v2. Every event carries a key of ours, so sending one again wakes nobody twice. */
import { api } from '@pagerduty/pdjs'
import type { PagerEffect } from '../../core/effects.ts'
import { type Delivery, DeliveryError, type Port } from '../../core/ports.ts'
import { unreachable } from '../../lib/unreachable.ts'

export interface PagerOptions {
  eventsUrl: string
  /** The routing key of a service, null when it has none. */
  routingKeyOf(service: string): string | null
}

const timeoutMilliseconds = 10_000
const summaryMax = 1_024
const lateAfterMilliseconds = 120_000

export function createPager({ eventsUrl, routingKeyOf }: PagerOptions): Port<PagerEffect> {
  return {
    async deliver(delivery) {
      const routingKey = routingKeyOf(delivery.effect.service)
      if (routingKey === null) throw new DeliveryError('no_routing_key', 'never')
      const answer = await send(eventsUrl, { routing_key: routingKey, ...eventOf(delivery) }, delivery.signal)
      if (answer.status === 202) return {}
      throw refusalOf(answer)
    },
  }
}

interface Answer {
  status: number
  retryAfter: string | null
}

/** pdjs' `event` knows one address only; its `api` takes any, and is the same request underneath. */
async function send(url: string, data: object, signal: AbortSignal): Promise<Answer> {
  try {
    const answer = await api({
      url,
      method: 'POST',
      data,
      // The key is in the event; the header that pdjs would make of a missing token helps nobody.
      headers: { Authorization: '' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
      // pdjs asks again three times after 429, by itself. Without a pause that is over at once, and our own waiting begins.
      retryTimeout: 0,
      // It would keep a timer, and with it the process, for half a minute after a failure.
      requestTimeout: 0,
    })
    return { status: answer.status, retryAfter: answer.headers.get('retry-after') }
  } catch (error) {
    if (isAnswer(error)) return { status: error.status, retryAfter: error.headers.get('retry-after') }
    // The event may have arrived. Its key makes sending it again harmless, so there is no doubt to keep.
    throw new DeliveryError('pagerduty_unreachable', 'again', { isOutage: true, cause: error })
  }
}

/** An answer whose body was no JSON is thrown by pdjs as it is. */
function isAnswer(error: unknown): error is { status: number; headers: Headers } {
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number' && 'headers' in error
}

function refusalOf({ status, retryAfter }: Answer): DeliveryError {
  const code = `pagerduty_http_${status}`
  const seconds = Number(retryAfter)
  if (status === 429) return new DeliveryError(code, 'again', { retryAfterSeconds: seconds > 0 ? seconds : 5 })
  if (status >= 500) return new DeliveryError(code, 'again', { isOutage: true, ...(seconds > 0 ? { retryAfterSeconds: seconds } : {}) })
  return new DeliveryError(code, 'never')
}

function eventOf({ effect, decidedAt, now }: Delivery<PagerEffect>): object {
  switch (effect.kind) {
    case 'pager.trigger': {
      const lateMilliseconds = now.getTime() - decidedAt.getTime()
      const late = lateMilliseconds > lateAfterMilliseconds ? `(${Math.round(lateMilliseconds / 60_000)} min late) ` : ''
      return {
        event_action: 'trigger',
        dedup_key: effect.key,
        payload: {
          summary: `${late}${effect.summary}`.slice(0, summaryMax).toWellFormed(),
          source: 'tocsin',
          severity: effect.severity,
          timestamp: decidedAt.toISOString(),
        },
        ...(effect.link ? { links: [{ href: effect.link, text: 'Open' }] } : {}),
      }
    }
    case 'pager.acknowledge':
      return { event_action: 'acknowledge', dedup_key: effect.key }
    case 'pager.resolve':
      return { event_action: 'resolve', dedup_key: effect.key }
    default:
      return unreachable(effect)
  }
}
