/**
 * Signed webhooks to machines of others, as the Standard Webhooks convention has them: an id that is the same at every
 * attempt (the receiver's idempotency key), the moment, and an HMAC-SHA256 over both and the body.
 */
import { createHmac } from 'node:crypto'
import type { WebhookEffect } from '../../core/effects.ts'
import { type Delivery, DeliveryError, type Port } from '../../core/ports.ts'

export interface WebhookOptions {
  secretOf(variable: string): string | null
  timeoutMilliseconds?: number
}

// A gateway that has not taken a page after ten seconds is asked again: the id keeps that harmless.
const patienceMilliseconds = 10_000

export function createWebhooks({ secretOf, timeoutMilliseconds }: WebhookOptions): Port<WebhookEffect> {
  return {
    async deliver(delivery) {
      const { effect, now } = delivery
      const secret = secretOf(effect.secretVariable)
      if (secret === null) throw new DeliveryError('no_webhook_secret', 'never')
      const id = idOf(delivery)
      const timestamp = String(Math.floor(now.getTime() / 1_000))
      const body = JSON.stringify(effect.body)
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': id,
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signatureOf(secret, { id, timestamp, body }),
      }
      const timeout = AbortSignal.timeout(timeoutMilliseconds ?? patienceMilliseconds)
      const response = await post(effect.url, { headers, body, signal: AbortSignal.any([delivery.signal, timeout]) })
      await response.text().catch(() => '')
      if (!response.ok) throw refusalOf(response)
      return {}
    },
  }
}

export function signatureOf(secret: string, sent: { id: string; timestamp: string; body: string }): string {
  const digest = createHmac('sha256', secret).update(`${sent.id}.${sent.timestamp}.${sent.body}`).digest('base64')
  return `v1,${digest}`
}

/** No other delivery's: the number alone would come back with a new database. */
function idOf({ id, decidedAt }: Pick<Delivery<WebhookEffect>, 'id' | 'decidedAt'>): string {
  return `tocsin-${id}-${decidedAt.getTime().toString(36)}`
}

async function post(
  url: string,
  request: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<Response> {
  try {
    // A redirect would send a signed page to somebody whom nobody configured.
    return await fetch(url, { method: 'POST', redirect: 'manual', ...request })
  } catch (error) {
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError'
    throw new DeliveryError(isTimeout ? 'webhook_timeout' : 'webhook_unreachable', 'again', {
      isOutage: true,
      cause: error,
    })
  }
}

function refusalOf(response: Response): DeliveryError {
  const code = `webhook_http_${response.status}`
  if (response.status === 429) {
    const seconds = Number(response.headers.get('retry-after') ?? '5')
    return new DeliveryError(code, 'again', { retryAfterSeconds: Number.isFinite(seconds) ? Math.max(seconds, 1) : 5 })
  }
  if (response.status >= 500 || response.status === 408) return new DeliveryError(code, 'again', { isOutage: true })
  return new DeliveryError(code, 'never')
}
