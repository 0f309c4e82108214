/** PagerDuty's Events API v2, and the phone that rings. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../lib/clock.ts'
import { answerWith, createFaults } from './faults.ts'
import type { ApiCall, Page, PagerDutyWorld } from './types.ts'

export interface PagerDuty {
  world: PagerDutyWorld
  /** True when the request was for PagerDuty. */
  handle(req: IncomingMessage, res: ServerResponse, body: string): Promise<boolean>
  env(baseUrl: string): Record<string, string>
  dump(): unknown
  restore(saved: unknown): void
}

const routingKey = 'simulator0routing0key00000000000'
const summaryMax = 1_024
const keyMax = 255
const severities = ['critical', 'error', 'warning', 'info']

export function createPagerDuty({ clock, changed }: { clock: Clock; changed(): void }): PagerDuty {
  const pages: Page[] = []
  const calls: ApiCall[] = []
  const box = createFaults(changed)

  function enqueue(body: string): { status: number; body: unknown } {
    const event = parse(body)
    const errors = problemsOf(event)
    if (errors.length > 0)
      return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors } }
    const key = String(event.dedup_key || crypto.randomUUID())
    const open = pages.find((page) => page.key === key && page.status !== 'resolved')
    if (event.event_action === 'trigger') trigger(event, key, open)
    else if (open) open.status = event.event_action === 'resolve' ? 'resolved' : 'acknowledged'
    changed()
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } }
  }

  function trigger(event: PagerEvent, key: string, open: Page | undefined): void {
    const { summary = '', severity = '' } = event.payload ?? {}
    // The same key while it is open is the same incident: nobody's phone rings twice.
    if (open) return
    const link = event.links?.[0]?.href ?? null
    pages.push({
      key,
      routingKey: String(event.routing_key),
      summary,
      severity,
      status: 'triggered',
      at: clock.now(),
      link,
    })
  }

  const setStatus = (key: string, status: Page['status']) => {
    const page = pages.findLast((candidate) => candidate.key === key)
    if (page && page.status !== 'resolved') page.status = status
    changed()
  }

  return {
    world: {
      pages: () => pages,
      acknowledge: (key) => setStatus(key, 'acknowledged'),
      resolve: (key) => setStatus(key, 'resolved'),
      faults: box.faults,
      calls,
    },
    async handle(req, res, body) {
      if (!req.url?.startsWith('/pagerduty/')) return false
      const method = req.url.replace(/^\/pagerduty\//, '').split('?')[0] ?? ''
      if (method !== 'v2/enqueue') {
        res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"Not Found","code":2100}}')
        return true
      }
      const call: ApiCall = { at: clock.now(), method, args: { ...parse(body) }, outcome: 'under way' }
      calls.push(call)
      call.outcome = await answerWith(
        box.next(method),
        res,
        () => enqueue(body),
        (error) => ({ status: 400, body: { status: 'invalid event', message: error, errors: [error] } }),
      )
      return true
    },
    env: (baseUrl) => ({ PAGERDUTY_EVENTS_URL: `${baseUrl}/pagerduty/v2/enqueue`, PAGERDUTY_ROUTING_KEY: routingKey }),
    dump: () => pages,
    restore(saved) {
      if (Array.isArray(saved)) pages.push(...(saved as Page[]).map((page) => ({ ...page, at: new Date(page.at) })))
    },
  }
}

interface PagerEvent {
  routing_key?: unknown
  event_action?: unknown
  dedup_key?: unknown
  payload?: { summary?: string; source?: string; severity?: string }
  links?: { href: string }[]
}

function parse(body: string): PagerEvent {
  try {
    return JSON.parse(body) as PagerEvent
  } catch {
    return {}
  }
}

function problemsOf(event: PagerEvent): string[] {
  const errors: string[] = []
  if (typeof event.routing_key !== 'string' || event.routing_key.length !== 32)
    errors.push("'routing_key' is missing or blank")
  if (!['trigger', 'acknowledge', 'resolve'].includes(String(event.event_action)))
    errors.push("'event_action' is invalid")
  if (typeof event.dedup_key === 'string' && event.dedup_key.length > keyMax) errors.push("'dedup_key' is too long")
  if (event.event_action !== 'trigger') {
    if (!event.dedup_key) errors.push("'dedup_key' is missing or blank")
    return errors
  }
  const { summary, source, severity } = event.payload ?? {}
  if (!summary) errors.push("'payload.summary' is missing or blank")
  else if (summary.length > summaryMax) errors.push("'payload.summary' is too long")
  if (!source) errors.push("'payload.source' is missing or blank")
  if (!severities.includes(String(severity))) errors.push("'payload.severity' is invalid")
  return errors
}
