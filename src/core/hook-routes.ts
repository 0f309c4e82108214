/** POST /hooks/{source}: checked, made durable, then answered. Never drops for rate. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import { cleanDeep } from '../lib/text.ts'
import { isDatabaseAway } from './db.ts'
import type { HookSource } from './hooks.ts'
import { type Http, problem } from './http.ts'
import type { Inbox } from './inbox.ts'
import type { Metrics } from './metrics.ts'

export interface HookRoutes {
  inbox: Pick<Inbox, 'accept'>
  clock: Clock
  metrics: Metrics
  /** The bearer token of a source, null when none is configured: then nothing is accepted. */
  tokenOf(source: string): string | null
  secretOf(variable: string): string | null
}

export function addHookRoutes(http: Http, hooks: readonly HookSource[], options: HookRoutes): void {
  const { inbox, clock, metrics, tokenOf, secretOf } = options
  // Read once a source: a token may stand in a file.
  const tokens = new Map<string, string | null>()
  const knownTokenOf = (source: string): string | null => {
    const token = tokens.has(source) ? (tokens.get(source) ?? null) : tokenOf(source)
    tokens.set(source, token)
    return token
  }
  const bySource = new Map(hooks.flatMap((hook) => hook.sources.map((source) => [source, hook] as const)))

  http.post<{ Params: { source: string } }>('/hooks/:source', async (request, reply) => {
    const { source } = request.params
    const hook = bySource.get(source)
    const started = performance.now()
    reply.raw.once('finish', () => {
      const labels = { source: hook ? source : 'unknown', code: String(reply.statusCode) }
      metrics.webhookDuration.observe(labels, (performance.now() - started) / 1_000)
    })
    if (!hook)
      return problem(reply, 404, `There is no alert source of that name. Known: ${[...bySource.keys()].join(', ')}.`)
    const raw = request.body instanceof Buffer ? request.body : Buffer.alloc(0)
    const signed = hook.signed?.[source]
    if (signed) {
      const secret = secretOf(signed.secretVariable)
      if (secret === null || !signed.isSigned(raw, request.headers, secret))
        return problem(reply, 401, `The signature does not fit: it is made with the value of ${signed.secretVariable}.`)
    } else if (!isAuthorized(request.headers.authorization, knownTokenOf(source))) {
      return problem(
        reply,
        401,
        `Send "Authorization: Bearer <token>" with the value of HOOK_TOKEN_${source.toUpperCase()}.`,
      )
    }

    const read = readJson(raw)
    if ('field' in read) return problem(reply, 400, read.problem, { field: read.field })
    const checked = hook.check(source, read.body)
    if ('field' in checked) return problem(reply, 400, checked.problem, { field: checked.field })

    try {
      const key = deliveryKey(raw, clock.now())
      const { id } = await inbox.accept({ source: `hooks/${source}`, key, body: read.text, content: read.body })
      return reply.code(200).send({ accepted: checked.count, id: String(id) })
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
      return problem(
        reply.header('retry-after', '5'),
        503,
        'The database is away. Nothing was accepted; send it again.',
      )
    }
  })
}

function isAuthorized(header: string | undefined, token: string | null): boolean {
  if (token === null) return false
  const expected = Buffer.from(token)
  const given = Buffer.from(/^Bearer +(.+)$/i.exec(header ?? '')?.[1] ?? '')
  // In constant time, so that a guess learns nothing from how quickly it is refused; the length alone is no secret.
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function digest(text: string | Buffer): Buffer {
  return createHash('sha256').update(text).digest()
}

/**
 * The same bytes within ten minutes are one delivery sent twice. Later they are news again: a sender without time
 * stamps may well say the same thing twice, and an alert must never be swallowed for looking familiar.
 */
function deliveryKey(raw: Buffer, now: Date): string {
  return `${digest(raw).toString('base64url')}@${Math.floor(now.getTime() / 600_000)}`
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
// Deeper than any real payload; walking it must not exhaust the stack.
const depthMax = 64

function readJson(raw: Buffer): { body: unknown; text: string } | { field: string; problem: string } {
  if (raw.length === 0) return { field: '', problem: 'The body is empty. Send JSON.' }
  let text: string
  try {
    text = utf8.decode(raw)
  } catch {
    return { field: '', problem: 'The body is not valid UTF-8.' }
  }
  if (nesting(text) > depthMax) return { field: '', problem: `The JSON is nested deeper than ${depthMax} levels.` }
  try {
    return { body: cleanDeep(JSON.parse(text)), text }
  } catch (error) {
    return {
      field: '',
      problem: `The body is not JSON: ${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'}`,
    }
  }
}

/** A bound, not a parser; quick on a megabyte. */
function nesting(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isInString) {
      if (code === backslash) index += 1
      else if (code === quote) isInString = false
      continue
    }
    if (code === quote) isInString = true
    else if (code === openBrace || code === openBracket) deepest = Math.max(deepest, ++depth)
    else if (code === closeBrace || code === closeBracket) depth -= 1
  }
  return deepest
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [34, 92, 123, 125, 91, 93]
