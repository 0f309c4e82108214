/**
 * A webhook of yours, signed: for whatever speaks HTTP and nothing else here fits.
 *
 *   POST url         Idempotency-Key: <key>   X-Tocsin-Timestamp: <seconds>   X-Tocsin-Signature: v1=<hex>
 *                    signature = HMAC-SHA256(secret, timestamp + "." + key + "." + body)
 *   200              done · 202 {"status_url": …} under way · 4xx refused, nothing was done
 *   GET status_url   {"status": "running" | "succeeded" | "failed" | "stopped", "detail"?, "log"?}
 *   DELETE status_url  please stop
 */
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Asked, Executor, Io, Json, Order, Plan } from '../executor.ts'
import { fillAddress, fillJson, paramsIn, valuesOf } from '../slots.ts'
import { ask, dispatchedBy, hear, observeFrom, planFrom, pollFrom, read, reconcileFrom, refusalOf } from '../wire.ts'

const address = z
  .string()
  .regex(/^https?:\/\/[^\s{}/]+(\/\S*)?$/, 'write an http(s) address whose host holds no parameter')
const configSchema = z.strictObject({
  url: address,
  /** The environment variable with the shared secret. */
  secretVariable: z.string(),
  /** Sent along, as JSON. `{name}` is replaced. */
  body: z.record(z.string(), z.json()).default({}),
  /** POSTed the same body, it answers what would be done and changes nothing. */
  forecastUrl: address.optional(),
  /** GET: 200 {"status_url"} or {"status"} for a key that it knows, 404 for one that it never saw. */
  lookUpUrl: address.optional(),
  blastRadius: z.string().max(200).default(''),
})
type Config = z.infer<typeof configSchema>

const Forecast = z.object({
  before: z.string().max(500),
  after: z.string().max(500),
  blast_radius: z.string().max(500),
  lost: z.string().max(500).nullish(),
  takes_seconds: z.number().nullish(),
  steps: z.array(z.string().max(500)).max(50).default([]),
  observed: z.json(),
  undo: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
})
const Status = z.object({
  status: z.enum(['running', 'succeeded', 'failed', 'stopped']),
  detail: z.string().default(''),
  log: z.string().default(''),
})
const Begun = z.object({ status_url: z.string().optional() })
const Handle = z.object({ statusUrl: z.string().nullable() })
const Payload = z.object({ url: z.string(), body: z.string() })

const who = 'The webhook'

export const httpExecutor: Executor<Config> = {
  name: 'http',
  summary: 'a signed webhook with an idempotency key and a status address',
  tierMax: 2,
  canStop: true,
  configSchema,
  paramsOf: ({ url, body, forecastUrl, lookUpUrl }) =>
    paramsIn([url, forecastUrl ?? '', (lookUpUrl ?? '').replaceAll('{key}', ''), JSON.stringify(body)]),

  plan: (asked, io) =>
    planFrom(async (): Promise<Plan> => {
      const url = fillAddress(asked.config.url, valuesOf(asked))
      const body = bodyOf(asked)
      const forecast = await forecastOf(asked, io)
      return {
        payload: { url, body },
        before: forecast?.before ?? 'not known: this webhook gives no forecast',
        after: forecast?.after ?? 'what the webhook makes of it',
        blastRadius:
          forecast?.blast_radius ??
          (asked.config.blastRadius || `${asked.target.service} in ${asked.target.environment}`),
        lost: forecast?.lost ?? null,
        takesSeconds: forecast?.takes_seconds ?? null,
        steps: forecast && forecast.steps.length > 0 ? forecast.steps : [`POST ${url}`],
        observed: (forecast?.observed ?? null) as Json,
        inverse: forecast?.undo ? { params: forecast.undo } : null,
      }
    }),
  observe: (order, io) => observeFrom(async () => ((await forecastOf(order, io))?.observed ?? null) as Json),
  async dispatch(order, key, io) {
    const { url, body } = Payload.parse(order.plan.payload)
    const heard = await hear(io, { method: 'POST', url, headers: signed(order, key, body, io), body })
    return dispatchedBy(who, heard, (answer) => {
      if (answer.status !== 202) return { outcome: 'accepted', handle: { statusUrl: null } }
      const { status_url } = read(who, answer, Begun)
      if (status_url === undefined) return { outcome: 'unknown', why: `${who} answers 202 without a status_url.` }
      if (!isSameHost(url, status_url))
        return { outcome: 'unknown', why: `${who} names a status_url on another host, which is not asked.` }
      return { outcome: 'accepted', handle: { statusUrl: status_url } }
    })
  },
  poll: (order, handle, io) =>
    pollFrom(async () => {
      const { statusUrl } = Handle.parse(handle)
      if (statusUrl === null) return { phase: 'succeeded', detail: 'done at once', tail: '' }
      const request = { method: 'GET' as const, url: statusUrl, headers: signed(order, 'status', '', io) }
      const { status, detail, log } = await ask(io, who, request, Status)
      return { phase: status, detail: detail.slice(0, 200) || status, tail: log.slice(-2_500) }
    }),
  async stop(order, handle, io) {
    const { statusUrl } = Handle.parse(handle)
    if (statusUrl !== null) await hear(io, { method: 'DELETE', url: statusUrl, headers: signed(order, 'stop', '', io) })
  },
  reconcile: (order, key, io) =>
    reconcileFrom(async () => {
      const { lookUpUrl, url } = order.config
      if (lookUpUrl === undefined) return { found: 'unknown', why: 'this webhook has no lookUpUrl to ask.' }
      const asked = fillAddress(lookUpUrl, valuesOf(order, { key }))
      const heard = await hear(io, { method: 'GET', url: asked, headers: signed(order, key, '', io) })
      if (heard.kind !== 'answer') return { found: 'unknown', why: `${who}: ${heard.why}.` }
      if (heard.status === 404) return { found: 'nothing' }
      if (heard.status !== 200) return { found: 'unknown', why: refusalOf(who, heard) }
      const { status_url } = read(who, heard, Begun)
      if (status_url === undefined || !isSameHost(url, status_url))
        return { found: 'unknown', why: `${who} knows the key, and gives no status_url on its host.` }
      return { found: 'handle', handle: { statusUrl: status_url } }
    }),
  example: {
    url: 'https://deploy.example.com/rollbacks',
    secretVariable: 'DEPLOY_WEBHOOK_SECRET',
    body: { service: '{target.service}', environment: '{target.environment}', to: '{to}' },
    forecastUrl: 'https://deploy.example.com/rollbacks/forecast',
    lookUpUrl: 'https://deploy.example.com/rollbacks/by-key/{key}',
  },
}

async function forecastOf(asked: Asked<Config>, io: Io): Promise<z.infer<typeof Forecast> | null> {
  const { forecastUrl } = asked.config
  if (forecastUrl === undefined) return null
  const body = bodyOf(asked)
  const url = fillAddress(forecastUrl, valuesOf(asked))
  return ask(io, who, { method: 'POST', url, headers: signed(asked, 'forecast', body, io), body }, Forecast)
}

function bodyOf(asked: Asked<Config>): string {
  return JSON.stringify(fillJson(asked.config.body, asked, valuesOf(asked)))
}

function signed(asked: Asked<Config> | Order<Config>, key: string, body: string, io: Io): Record<string, string> {
  const timestamp = String(Math.floor(io.now().getTime() / 1_000))
  const signature = createHmac('sha256', io.secrets(asked.config.secretVariable))
    .update(`${timestamp}.${key}.${body}`)
    .digest('hex')
  return {
    'idempotency-key': key,
    'x-tocsin-timestamp': timestamp,
    'x-tocsin-signature': `v1=${signature}`,
  }
}

/** Our signature is for the host of the catalogue, and no answer can send it elsewhere. */
function isSameHost(a: string, b: string): boolean {
  return URL.canParse(b) && new URL(a).origin === new URL(b).origin
}
