/**
 * Pages, by PagerDuty's Events API v2.
 *
 * Every event carries a key of ours, and PagerDuty takes a key for one incident as long as that is open. So an event whose
 * answer was lost is simply sent again: nobody's phone rings twice, and there is never a doubt to look into.
 *
 * An event is one POST, and we make it ourselves. `@pagerduty/pdjs` sends events to `https://<host>/v2/enqueue` only, and
 * after a 429 it asks three more times by itself, deaf to Retry-After and without telling. From there we take the shape of
 * an event, and the REST API (check.ts).
 */
import type { event } from '@pagerduty/pdjs'
import type { PagerEffect } from '../../core/effects.ts'
import { type Delivery, DeliveryError, type Port } from '../../core/ports.ts'
import { formatDuration } from '../../lib/duration.ts'
import { shorten } from '../../lib/text.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { asRefusal } from './answers.ts'

export interface PagerOptions {
  /** Where events go, with the path: `https://events.pagerduty.com/v2/enqueue`. */
  eventsUrl: string
  /** The routing key of a service, null when it has none. */
  routingKeyOf(service: string): string | null
  timeoutMilliseconds?: number
}

type SdkEvent = Parameters<typeof event>[0]['data']
/** The SDK asks for a payload always; only a trigger says more than which incident it is about. */
type PagerEvent = Omit<SdkEvent, 'payload'> & { payload?: SdkEvent['payload']; client?: string }

const accepted = 202
// The service answers in less than a second on a good day. After ten the next attempt is worth more than more waiting.
const patienceMilliseconds = 10_000
// What PagerDuty takes of a summary; more is refused, and a page that is cut short is better than none.
const summaryMax = 1_024
// A page that waited this long was held up, by us or by an outage, and whoever is woken must know that it is old.
const lateAfterMilliseconds = 120_000
const minute = 60_000

export function createPager({ eventsUrl, routingKeyOf, timeoutMilliseconds }: PagerOptions): Port<PagerEffect> {
  return {
    async deliver(delivery) {
      const routingKey = routingKeyOf(delivery.effect.service)
      if (routingKey === null) throw new DeliveryError('no_routing_key', 'never')
      const timeout = AbortSignal.timeout(timeoutMilliseconds ?? patienceMilliseconds)
      const signal = AbortSignal.any([delivery.signal, timeout])
      const response = await post(eventsUrl, eventOf(delivery, routingKey), signal)
      if (response.status !== accepted) throw await asRefusal(response)
      // The status says it all. The rest is read to give the connection back, and may as well be missing.
      await response.text().catch(() => '')
      return {}
    },
  }
}

async function post(url: string, event: PagerEvent, signal: AbortSignal): Promise<Response> {
  try {
    const headers = { 'content-type': 'application/json' }
    return await fetch(url, { method: 'POST', headers, body: JSON.stringify(event), signal })
  } catch (error) {
    // Refused, cut off, out of time, or we are asked to stop. The event may have arrived: its key makes that no matter.
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError'
    throw new DeliveryError(isTimeout ? 'pagerduty_timeout' : 'pagerduty_unreachable', 'again', {
      isOutage: true,
      cause: error,
    })
  }
}

function eventOf({ effect, decidedAt, now }: Delivery<PagerEffect>, routingKey: string): PagerEvent {
  const addressed = { routing_key: routingKey, dedup_key: effect.key }
  switch (effect.kind) {
    case 'pager.trigger':
      return {
        ...addressed,
        event_action: 'trigger',
        client: 'Tocsin',
        payload: {
          summary: shorten(`${lateness(decidedAt, now)}${effect.summary}`, summaryMax),
          source: 'tocsin',
          severity: effect.severity,
          timestamp: decidedAt.toISOString(),
        },
        ...(effect.link ? { links: [{ href: effect.link, text: 'Open' }] } : {}),
      }
    case 'pager.acknowledge':
      return { ...addressed, event_action: 'acknowledge' }
    case 'pager.resolve':
      return { ...addressed, event_action: 'resolve' }
    default:
      return unreachable(effect)
  }
}

/** «(2 h 5 min late) », in front, where it is read before anybody runs. */
function lateness(decidedAt: Date, now: Date): string {
  const late = now.getTime() - decidedAt.getTime()
  return late > lateAfterMilliseconds ? `(${formatDuration(Math.round(late / minute) * minute)} late) ` : ''
}
