/** One request to Alertmanager's API, and what its failing means for whoever asked. */
import { DeliveryError } from '../../core/ports.ts'

export type Ask = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: unknown }>

const gone = 404

export function asker({ url, token, signal }: { url: string; token: string | null; signal: AbortSignal }): Ask {
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
