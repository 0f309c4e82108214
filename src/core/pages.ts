/**
 * Pages that a feature serves over HTTP beside its webhooks: a calendar to subscribe to, a link from a mail, a status
 * page. A page reads from the database and changes things through `perform`, like everybody else.
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import { type Db, isDatabaseAway } from './db.ts'
import type { Actor } from './decision.ts'
import { type Http, problem } from './http.ts'
import { type Performer, type PolicyReader, perform, type Spine } from './perform.ts'

export interface Page {
  method: 'GET' | 'POST'
  /** `/status/incidents/:id`; the parts after a colon arrive in `visit.params`. */
  path: string
  answer(visit: Visit): Promise<PageAnswer>
}

export interface Visit {
  db: Db
  now: Date
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** What a form sent; empty for a GET. */
  form: URLSearchParams
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Where the outside reaches us, without a slash at its end. */
  publicUrl: string
  policy: PolicyReader
  perform: Performer<[actor: Actor]>
}

export interface PageAnswer {
  status?: number
  /** `text/html; charset=utf-8` when it is not said. */
  contentType?: string
  headers?: Readonly<Record<string, string>>
  body: string | Buffer
}

export interface PageRoutes {
  spine: Spine
  clock: Clock
  publicUrl: string
}

export function addPageRoutes(http: Http, pages: readonly Page[], { spine, clock, publicUrl }: PageRoutes): void {
  for (const page of pages) {
    http.route<{ Params: Record<string, string> }>({
      method: page.method,
      url: page.path,
      async handler(request, reply) {
        // A person may send a form twice; what must happen once is for the aggregate to see to.
        const cause = `page/${randomUUID()}`
        const visit: Visit = {
          db: spine.db,
          now: clock.now(),
          params: request.params,
          query: new URL(request.url, 'http://page').searchParams,
          form: new URLSearchParams(request.body instanceof Buffer ? request.body.toString('utf8') : ''),
          headers: request.headers,
          publicUrl,
          policy: (aggregate) => spine.policyOf(aggregate.feature) as never,
          perform: (aggregate, id, command, actor) => perform(spine, aggregate, id, command, { actor, cause }),
        }
        try {
          const {
            status = 200,
            contentType = 'text/html; charset=utf-8',
            headers = {},
            body,
          } = await page.answer(visit)
          return reply
            .code(status)
            .headers({ ...(contentType.startsWith('text/html') ? pageHeaders : {}), ...headers })
            .type(contentType)
            .send(body)
        } catch (error) {
          if (!isDatabaseAway(error)) throw error
          return problem(reply.header('retry-after', '5'), 503, 'The database is away. Try again in a moment.')
        }
      },
    })
  }
}

/** Pages bring their style with them, run no script, and send forms only to us. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}
