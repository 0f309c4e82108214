/** PagerDuty as far as Tocsin knows it: the Events API v2, the REST API (rest.ts), and the phone that rings. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../lib/clock.ts'
import { answerWith, createFaults, send } from './faults.ts'
import { type PagerEvent, readEvent } from './pagerduty/event-rules.ts'
import { violationOf } from './pagerduty/questions.ts'
import { firstDuty, type RestRoute, restRoutes, users } from './pagerduty/rest.ts'
import { signed, type Told, webhookBody } from './pagerduty/webhooks.ts'
import type { ApiCall, Fault, OnDuty, Page, PagerDutyWorld } from './types.ts'

export interface PagerDuty {
  world: PagerDutyWorld
  /** False when the request was not for PagerDuty. */
  handle(req: IncomingMessage, res: ServerResponse, body: string): Promise<boolean>
  env(baseUrl: string): Record<string, string>
  dump(): unknown
  restore(saved: unknown): void
}

export interface PagerDutyOptions {
  clock: Clock
  changed(): void
  /** Where the bot hears what people do here; null while it is not there. */
  hookUrl(): string | null
}

interface Answer {
  status: number
  body: unknown
}

/** What can be asked, by the name under which faults are injected and calls are listed. */
interface Route {
  name: string
  answer(req: IncomingMessage, body: string): Answer
  /** How this API words a trouble that was injected. */
  trouble(status: number, message: string): unknown
}

// Secrets of nobody: they open a toy on this machine.
const routingKey = 'simulator0routing0key00000000000'
const token = 'simulator-pagerduty-token'
const webhookSecret = 'simulator-pagerduty-webhook-secret'
const callsKept = 5_000
// What a file of an earlier release does not know yet.
const newer = { id: 'Q0', priority: null, assignees: [], acknowledgedBy: null, notes: [], requests: [] }

export function createPagerDuty({ clock, changed, hookUrl }: PagerDutyOptions): PagerDuty {
  const pages: Page[] = []
  const calls: ApiCall[] = []
  const violations: string[] = []
  const duty: OnDuty[] = [...firstDuty]
  const box = createFaults(changed)
  const restAt = restRoutes({ pages, duty, clock, changed })

  const routes: Record<string, Route> = {
    'POST /events/v2/enqueue': { name: 'v2/enqueue', answer: enqueue, trouble: eventsTrouble },
    'GET /api/abilities': { name: 'abilities', answer: inRest(() => abilities), trouble: restTrouble },
  }

  function enqueue(req: IncomingMessage, body: string): Answer {
    const read = readEvent(body)
    if ('refusal' in read) return read.refusal
    const violation = violates(req, '/enqueue', body)
    if (violation !== null) return { status: 400, body: eventsTrouble(400, violation) }
    const { event } = read
    // An event without a key opens an incident of its own, under a key that the service makes up.
    const key = event.dedup_key ?? randomUUID()
    const open = pages.find(
      (page) => page.key === key && page.routingKey === event.routing_key && page.status !== 'resolved',
    )
    happen(event, key, open)
    changed()
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } }
  }

  /** Known afterwards too: whatever we send is to be as PagerDuty has it. */
  function violates(req: IncomingMessage, path: string, body: string): string | null {
    const { searchParams: query } = new URL(req.url ?? '', 'http://pagerduty')
    const { method = '', headers } = req
    const violation = violationOf({ method, path, query, headers, body: argsOf(body) })
    if (violation !== null) violations.push(violation)
    return violation
  }

  function inRest(answer: (req: IncomingMessage, body: string) => Answer): Route['answer'] {
    return (req, body) => {
      if (!isKnown(req)) return unknownToken
      const { pathname } = new URL(req.url ?? '', 'http://pagerduty')
      const violation = violates(req, pathname.replace(/^\/pagerduty\/api/, ''), body)
      return violation === null ? answer(req, body) : { status: 400, body: restTrouble(400, violation) }
    }
  }

  function happen(event: PagerEvent, key: string, open: Page | undefined): void {
    if (event.event_action !== 'trigger') {
      // What is not open cannot be answered; the service takes the event all the same.
      if (open) open.status = event.event_action === 'resolve' ? 'resolved' : 'acknowledged'
      return
    }
    const { summary, severity } = event.payload
    const link = event.links?.[0]?.href ?? null
    // The same key while it is open is the same incident: nobody's phone rings twice, and what is new is taken in.
    if (open) {
      open.link = link ?? open.link
      return
    }
    const id = `Q${pages.length + 1}`
    const first = duty.filter(({ level }) => level === 1).map(({ user }) => user)
    const untouched = { priority: null, assignees: first, acknowledgedBy: null, notes: [], requests: [] }
    const incident = { id, key, routingKey: event.routing_key, summary, severity, link, ...untouched }
    pages.push({ ...incident, status: 'triggered', at: clock.now() })
  }

  function answerPhone(key: string, status: Page['status'], user?: string): void {
    const page = pageOf(key)
    if (page.status !== 'resolved') page.status = status
    // Nobody is named: it is whose phone rings there.
    const by = user ?? page.assignees[0]
    if (status === 'acknowledged') page.acknowledgedBy = by ?? null
    happened(page, page.status, by)
  }

  function pageOf(key: string): Page {
    const page = pages.findLast((candidate) => candidate.key === key)
    if (!page) throw new Error(`nobody was paged with the key ${key}`)
    return page
  }

  /** Told once: whoever plays with the bot stopped does not hear of it later. */
  function happened(page: Page, told: Told, user?: string): void {
    changed()
    const url = hookUrl()
    if (url === null) return
    const body = webhookBody(page, told, { by: users.find(({ id }) => id === user), at: clock.now() })
    void fetch(url, { method: 'POST', headers: signed(body, webhookSecret), body }).catch(() => null)
  }

  function restRoute(req: IncomingMessage): Route | undefined {
    const { pathname, searchParams: query } = new URL(req.url ?? '', 'http://pagerduty')
    const path = pathname.replace(/^\/pagerduty\/api\//, '')
    const route: RestRoute | undefined = restAt(req.method ?? '', path)
    if (!route) return undefined
    return {
      name: route.name,
      answer: inRest((_req, body) => route.answer({ path, query, from: req.headers.from ?? null, body: argsOf(body) })),
      trouble: restTrouble,
    }
  }

  return {
    world: {
      pages: () => pages,
      duty,
      acknowledge: (key, user) => answerPhone(key, 'acknowledged', user),
      resolve: (key, user) => answerPhone(key, 'resolved', user),
      passOn(key, how, to) {
        const page = pageOf(key)
        page.assignees = [...to]
        happened(page, how)
      },
      unacknowledge(key) {
        const page = pageOf(key)
        page.status = 'triggered'
        happened(page, 'unacknowledged')
      },
      faults: box.faults,
      calls,
      violations,
    },
    async handle(req, res, body) {
      const path = (req.url ?? '').split('?')[0] ?? ''
      if (!path.startsWith('/pagerduty/')) return false
      const route = routes[`${req.method} ${path.slice('/pagerduty'.length)}`] ?? restRoute(req)
      if (!route) {
        send(res, { status: 404, body: restTrouble(404, 'Not Found') })
        return true
      }
      const call: ApiCall = { at: clock.now(), method: route.name, args: argsOf(body), outcome: 'under way' }
      calls.push(call)
      if (calls.length > callsKept) calls.shift()
      call.outcome = await answer(route, box.next(route.name), { req, res, body })
      return true
    },
    env: (baseUrl) => ({
      PAGERDUTY_EVENTS_URL: `${baseUrl}/pagerduty/events/v2/enqueue`,
      PAGERDUTY_API_URL: `${baseUrl}/pagerduty/api`,
      PAGERDUTY_ROUTING_KEY: routingKey,
      PAGERDUTY_TOKEN: token,
      PAGERDUTY_WEBHOOK_SECRET: webhookSecret,
    }),
    dump: () => pages,
    restore(saved) {
      // Our own file of yesterday, so its shape is known; JSON only forgot that a date is one.
      if (!Array.isArray(saved)) return
      for (const page of saved as Page[]) pages.push({ ...newer, ...page, at: new Date(page.at) })
    },
  }
}

async function answer(
  route: Route,
  fault: Fault | null,
  { req, res, body }: { req: IncomingMessage; res: ServerResponse; body: string },
): Promise<string> {
  if (fault?.kind === 'http') {
    if (fault.retryAfterSeconds !== undefined) res.setHeader('retry-after', String(fault.retryAfterSeconds))
    send(res, { status: fault.status, body: route.trouble(fault.status, `trouble with the status ${fault.status}`) })
    return `http ${fault.status}`
  }
  const refusalOf = (message: string) => ({ status: 400, body: route.trouble(400, message) })
  return answerWith(fault, res, () => route.answer(req, body), refusalOf)
}

/** Every token may ask it, so it tells whether a token is one. */
const abilities: Answer = { status: 200, body: { abilities: ['teams', 'urgencies'] } }

function isKnown(req: IncomingMessage): boolean {
  return req.headers.authorization === `Token token=${token}`
}

const unknownToken: Answer = { status: 401, body: restTrouble(401, 'the token is not known') }

function eventsTrouble(status: number, message: string): unknown {
  return { status: status === 400 ? 'invalid event' : 'error', message, errors: [message] }
}

function restTrouble(status: number, message: string): unknown {
  return { error: { code: 2_000 + (status % 100), message, errors: [message] } }
}

/** The request as it came, for whoever looks at the calls. */
function argsOf(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
