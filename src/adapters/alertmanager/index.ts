/**
 * Silences in Alertmanager, by its API (v2).
 *
 * A silence that is made twice is two silences, so one whose answer was lost is looked for first: its comment carries our
 * own name of it. Ending one that is over already, or gone, is done.
 */
import { z } from 'zod'
import type { AlertmanagerEffect, DesiredSilence } from '../../core/effects.ts'
import { type Delivery, DeliveryError, type Port } from '../../core/ports.ts'

export interface AlertmanagerOptions {
  /** Without a slash at its end; null when there is none to tell. */
  url: string | null
  token: string | null
  timeoutMilliseconds?: number
}

const patienceMilliseconds = 10_000

const Observed = z.object({ remoteId: z.string().nullable() })
const Made = z.object({ silenceID: z.string() })
// Only the fields we use: Alertmanager may add others.
const Listed = z.array(z.object({ id: z.string(), comment: z.string(), status: z.object({ state: z.string() }) }))

export function createAlertmanager(options: AlertmanagerOptions): Port<AlertmanagerEffect> {
  const { url, token, timeoutMilliseconds = patienceMilliseconds } = options
  return {
    async deliver(delivery) {
      // Nobody to tell: the silence holds here all the same.
      if (url === null) return { observed: { remoteId: null } }
      const signal = AbortSignal.any([delivery.signal, AbortSignal.timeout(timeoutMilliseconds)])
      const ask = asker({ url: `${url}/api/v2`, token, signal })
      const known = Observed.safeParse(delivery.observed).data?.remoteId ?? null
      const found = known ?? (delivery.isInDoubt ? await find(ask, delivery) : null)
      return { observed: { remoteId: await bringAbout(ask, delivery.effect.desired, { found, now: delivery.now }) } }
    },
  }
}

type Ask = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>

async function bringAbout(
  ask: Ask,
  { isActive, ...silence }: DesiredSilence,
  { found, now }: { found: string | null; now: Date },
): Promise<string | null> {
  if (!isActive) {
    if (found !== null) await ask('DELETE', `/silence/${encodeURIComponent(found)}`)
    return found
  }
  // Over before it could be made: there is nothing left to silence.
  if (found !== null || Date.parse(silence.endsAt) <= now.getTime()) return found
  const { body } = await ask('POST', '/silences', silence)
  const made = Made.safeParse(body)
  if (!made.success) throw new DeliveryError('alertmanager_answer_unknown', 'unknown')
  return made.data.silenceID
}

async function find(ask: Ask, { effect }: Delivery<AlertmanagerEffect>): Promise<string | null> {
  const { body } = await ask('GET', '/silences')
  const listed = Listed.safeParse(body).data ?? []
  const { comment } = effect.desired
  return listed.find((one) => one.comment === comment && one.status.state !== 'expired')?.id ?? null
}

const gone = 404

function asker({ url, token, signal }: { url: string; token: string | null; signal: AbortSignal }): Ask {
  return async (method, path, body) => {
    const headers = {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    }
    const request = { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await fetch(`${url}${path}`, request).catch((cause: unknown) => {
      // The silence may have been made: the next attempt looks for it first.
      throw new DeliveryError('alertmanager_unreachable', 'unknown', { isOutage: true, cause })
    })
    const text = await response.text().catch(() => '')
    if (response.ok || (method === 'DELETE' && response.status === gone))
      return { status: response.status, body: read(text) }
    throw refusalOf(response)
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function refusalOf({ status, headers }: Response): DeliveryError {
  const code = `alertmanager_http_${status}`
  if (status === 429) {
    const seconds = Number(headers.get('retry-after') ?? '5')
    return new DeliveryError(code, 'again', { retryAfterSeconds: Number.isFinite(seconds) ? Math.max(seconds, 1) : 5 })
  }
  if (status >= 500 || status === 408) return new DeliveryError(code, 'unknown', { isOutage: true })
  return new DeliveryError(code, 'never')
}
