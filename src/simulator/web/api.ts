/**
 * The try page: a small Slack in the browser, drawn from the simulator. This is its server, which gives three
 * things: the page's files, the state to draw, and hands to act with.
 *
 *   GET  /                        the page
 *   GET  /try/<file>              its scripts and styles
 *   GET  /try/api/state           all there is to draw for one person (as, channel, thread, limit)
 *   POST /try/api/act             something a person does in Slack
 *   POST /try/api/world           something that happens around Slack
 *   GET  /try/api/events          "changed", as server-sent events
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import type { z } from 'zod'
import type { Simulator } from '../types.ts'
import { Acted, act } from './acts.ts'
import { type Answer, readJson, refuse, refuseForeignOrigin, send } from './answers.ts'
import { changeStream } from './events.ts'
import { pageFiles } from './files.ts'
import { pageState, type TryHook } from './state.ts'
import { Happening, happen } from './world.ts'

export type { TryHook } from './state.ts'

export interface TryPageOptions {
  simulator: Simulator
  hooks: readonly TryHook[]
  /** Sentences about what else runs here, read each time. */
  around?(): readonly string[]
}

export interface TryPage {
  /** False when the path is none of the page's. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>
  close(): void
}

const limitDefault = 100
const limitMax = 2_000

export function createTryPage({ simulator, hooks, around = () => [] }: TryPageOptions): TryPage {
  const files = pageFiles(path.join(import.meta.dirname, 'page'))
  const changes = changeStream((listener) => simulator.onChange(listener))

  function state(query: URLSearchParams): Answer {
    const answered = pageState(
      simulator,
      hooks,
      {
        as: query.get('as'),
        channel: query.get('channel'),
        thread: query.get('thread'),
        limit: limitOf(query.get('limit')),
      },
      around(),
    )
    return 'refused' in answered ? refuse(400, answered.refused) : { status: 200, body: answered }
  }

  async function answerApi(req: IncomingMessage, url: URL): Promise<Answer> {
    switch (`${req.method} ${url.pathname}`) {
      case 'GET /try/api/state':
        return state(url.searchParams)
      case 'POST /try/api/act':
        return posted(req, Acted, (acted) => act(simulator, acted))
      case 'POST /try/api/world':
        return posted(req, Happening, (happening) => happen(simulator, hooks, happening))
      default:
        return wrongRoute(url.pathname)
    }
  }

  return {
    async handle(req, res) {
      const url = URL.parse(req.url ?? '', 'http://try.invalid')
      if (!url || !isOurs(url.pathname)) return false
      if (req.method === 'GET' && url.pathname === '/try/api/events') {
        changes.open(req, res)
        return true
      }
      if (url.pathname.startsWith('/try/api/')) {
        send(res, await answerApi(req, url))
        return true
      }
      if (req.method !== 'GET' && req.method !== 'HEAD') {
        send(res, refuse(405, 'This can only be read.', { allow: 'GET, HEAD' }))
        return true
      }
      const isSent = await files.send(fileName(url.pathname), req, res)
      if (!isSent) send(res, refuse(404, 'There is nothing here.'))
      return true
    },
    close: changes.close,
  }
}

function isOurs(pathname: string): boolean {
  return pathname === '/' || pathname === '/try' || pathname.startsWith('/try/')
}

function fileName(pathname: string): string {
  const name = pathname.slice('/try/'.length)
  return name === '' ? 'index.html' : name
}

const methods: Record<string, string> = {
  '/try/api/state': 'GET',
  '/try/api/events': 'GET',
  '/try/api/act': 'POST',
  '/try/api/world': 'POST',
}

function wrongRoute(pathname: string): Answer {
  const allow = methods[pathname]
  return allow ? refuse(405, `Use ${allow}.`, { allow }) : refuse(404, 'There is nothing here.')
}

function limitOf(asked: string | null): number {
  const limit = Number(asked)
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, limitMax) : limitDefault
}

async function posted<T extends z.ZodType>(
  req: IncomingMessage,
  shape: T,
  run: (input: z.infer<T>) => Promise<object | { refused: string }>,
): Promise<Answer> {
  const foreign = refuseForeignOrigin(req)
  if (foreign) return foreign
  const body = await readJson(req)
  if ('refused' in body) return body.refused
  const parsed = shape.safeParse(body.json)
  if (!parsed.success) return refuse(400, sentence(parsed.error))
  const outcome = await run(parsed.data)
  return 'refused' in outcome ? refuse(400, String(outcome.refused)) : { status: 200, body: outcome }
}

function sentence(error: z.ZodError): string {
  const [first] = error.issues
  if (!first) return 'The body has a wrong shape.'
  return `${first.path.join('.') || 'body'}: ${first.message}`
}
