/**
 * The small change of HTTP for the try page: JSON out, JSON in, security headers on everything. Plain node:http,
 * because the simulator stands apart from the bot and must not need the bot's server.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

const bodyBytesMax = 1024 * 1024

// The page draws what alerts and people wrote. Should a text ever become markup, the browser still runs nothing of it.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const securityHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

export function send(res: ServerResponse, { status, body, headers }: Answer): void {
  res.writeHead(status, {
    ...securityHeaders,
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  })
  res.end(JSON.stringify(body))
}

export function refuse(status: number, error: string, headers?: Record<string, string>): Answer {
  return headers ? { status, body: { error }, headers } : { status, body: { error } }
}

/** Null when the request comes from this page (or from no browser at all), else the refusal. */
export function refuseForeignOrigin(req: IncomingMessage): Answer | null {
  const site = req.headers['sec-fetch-site']
  // The browser's own word is better than comparing addresses: a proxy in front may have changed Host.
  if (site !== undefined) return site === 'same-origin' ? null : foreign
  const origin = req.headers.origin
  if (origin === undefined) return null
  return URL.parse(origin)?.host === req.headers.host ? null : foreign
}

const foreign = refuse(403, 'Only the try page itself may send this.')

export async function readJson(req: IncomingMessage): Promise<{ json: unknown } | { refused: Answer }> {
  // A form of another site can be sent without asking us first, but never with this type.
  if (!req.headers['content-type']?.startsWith('application/json')) {
    return { refused: refuse(415, 'Send JSON, with the content type application/json.') }
  }
  const body = await readBody(req)
  if (body === null) {
    return { refused: refuse(413, `The body is larger than ${bodyBytesMax} bytes.`, { connection: 'close' }) }
  }
  try {
    return { json: JSON.parse(body) }
  } catch {
    return { refused: refuse(400, 'The body is not JSON.') }
  }
}

/**
 * Null when it is too large. What is left is then read and thrown away, so that the sender gets to read the answer;
 * `for await` would cut the connection instead.
 */
function readBody(req: IncomingMessage): Promise<string | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > bodyBytesMax) return resolve(null)
      chunks.push(chunk)
    })
    req.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    // Cut off in the middle: what came is no JSON, and nobody is left to hear so.
    req.on('error', () => resolve(''))
  })
}
