/** POST /hooks/{source} and /hooks/{source}/{name}: proved, checked, made durable, then answered. Never drops for rate. */
import { hash, randomUUID } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import { isDatabaseAway } from './db.ts'
import { readJson, readPing } from './hook-body.ts'
import { createProof, type ProofOptions } from './hook-proof.ts'
import type { HookAsked, HookChecked, HookSource } from './hooks.ts'
import { type Http, problem, type Reply, type Request } from './http.ts'
import type { Inbox } from './inbox.ts'
import type { Metrics } from './metrics.ts'
import type { Spine } from './perform.ts'

export interface HookRoutes extends ProofOptions {
  inbox: Pick<Inbox, 'accept'>
  clock: Clock
  metrics: Metrics
  policyOf: Spine['policyOf']
}

type HookRequest = Request<{ source: string; name?: string }>

export function addHookRoutes(http: Http, hooks: readonly HookSource[], options: HookRoutes): void {
  const { inbox, clock, metrics, policyOf } = options
  const proof = createProof(options, policyOf)
  const known = [...new Set(hooks.flatMap((hook) => hook.sources))]

  for (const url of ['/hooks/:source', '/hooks/:source/:name'])
    http.route({ method: ['GET', 'POST'], url, handler: receive, config: { isForPrograms: true } })

  async function receive(request: HookRequest, reply: Reply): Promise<Reply> {
    const { source, name = null } = request.params
    const listeners = hooks.filter((hook) => hook.sources.includes(source))
    timed(reply, listeners.length > 0 ? source : 'unknown')
    if (listeners.length === 0)
      return problem(reply, 404, `There is no alert source of that name. Known: ${known.join(', ')}.`)
    const isPing = listeners.some((hook) => hook.pings?.includes(source))
    if (request.method === 'GET' && !isPing) return problem(reply.header('allow', 'POST'), 405, 'Send it by POST.')

    const now = clock.now()
    const raw = request.body instanceof Buffer ? request.body : Buffer.alloc(0)
    const read = isPing ? readPing(raw) : readJson(raw)
    const body = 'field' in read ? null : read.body
    // Before anything is said of the body: a stranger learns nothing from us.
    const signed = listeners.map((hook) => hook.signed?.[source]).find((one) => one !== undefined)
    const proved = await proof.look({ source, raw, body, headers: request.headers, now }, signed)
    if (proved !== 'proved') return refuse(reply, proved.status, proved.error)
    if ('field' in read) return problem(reply, 400, read.problem, { field: read.field })

    const checked = checkAll(listeners, { source, name, body, policyOf })
    if ('unknown' in checked) return problem(reply, 404, checked.unknown)
    if ('field' in checked) return problem(reply, 400, checked.problem, { field: checked.field })

    try {
      const key = isPing ? randomUUID() : deliveryKey(raw, now, checked.isTimeless)
      const path = name === null ? `hooks/${source}` : `hooks/${source}/${name}`
      const { id } = await inbox.accept({ source: path, key, body: read.text, content: read.body })
      return reply.code(200).send({ accepted: checked.count, id: String(id) })
    } catch (error) {
      if (!isDatabaseAway(error)) throw error
      return refuse(reply, 503, 'The database is away. Nothing was accepted; send it again.')
    }
  }

  function timed(reply: Reply, source: string): void {
    const started = performance.now()
    reply.raw.once('finish', () => {
      const labels = { source, code: String(reply.statusCode) }
      metrics.webhookDuration.observe(labels, (performance.now() - started) / 1_000)
    })
  }
}

function refuse(reply: Reply, status: number, error: string): Reply {
  return problem(status === 503 ? reply.header('retry-after', '5') : reply, status, error)
}

/** All who listen must be able to read it; the sender is told the largest count. */
function checkAll(
  listeners: readonly HookSource[],
  asked: HookAsked,
): Exclude<HookChecked, { count: number }> | { count: number; isTimeless: boolean } {
  let count = 0
  let isTimeless = false
  for (const hook of listeners) {
    const checked = hook.check(asked)
    if (!('count' in checked)) return checked
    count = Math.max(count, checked.count)
    isTimeless ||= checked.isTimeless === true
  }
  return { count, isTimeless }
}

/**
 * The same bytes within ten minutes are one delivery sent twice; without a time in them, within ten seconds, the time of
 * a sender that tries again. Later they are news: an alert must never be swallowed for looking familiar.
 */
function deliveryKey(raw: Buffer, now: Date, isTimeless: boolean): string {
  const digest = hash('sha256', raw, 'base64url')
  return `${digest}@${Math.floor(now.getTime() / (isTimeless ? 10_000 : 600_000))}`
}
