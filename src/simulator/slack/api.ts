/** The Web API: who calls, may they, how often, with what; then the method itself. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerWith, type FaultBox } from '../faults.ts'
import type { ApiCall } from '../types.ts'
import type { Events } from './events.ts'
import { methodRules } from './method-table.ts'
import type { Permits } from './permits.ts'
import { createRates } from './rates.ts'
import { Refusal, refuse } from './refusal.ts'
import { isRecord } from './shape.ts'
import type { State } from './state.ts'
import { type ApiMethods, needAny } from './web-api/call.ts'
import { chat } from './web-api/chat.ts'
import { conversations } from './web-api/conversations.ts'
import { files } from './web-api/files.ts'
import { history } from './web-api/history.ts'
import { members } from './web-api/members.ts'
import { people } from './web-api/people.ts'
import { pins } from './web-api/pins.ts'
import { reactions } from './web-api/reactions.ts'
import { views } from './web-api/views.ts'

export const methods: ApiMethods = {
  ...chat,
  ...conversations,
  ...members,
  ...files,
  ...history,
  ...people,
  ...pins,
  ...reactions,
  ...views,
}

// How many calls are remembered for whoever looks.
const callsKept = 5_000

export interface ApiOptions {
  state: State
  permits: Permits
  events: Events
  faults: FaultBox
  /** The scopes of the manifest. */
  scopes: readonly string[]
  botToken: string
  appToken: string
  enforceRates: boolean
  /** A fresh address for a Socket Mode connection. */
  openSocket(): string
  baseUrl(): string
}

export interface Api {
  /** Oldest first. */
  readonly calls: ApiCall[]
  handle(method: string, req: IncomingMessage, res: ServerResponse, body: string): Promise<void>
}

interface Answer {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export function createApi(options: ApiOptions): Api {
  const calls: ApiCall[] = []
  const rates = createRates(options.state.clock)
  const granted = new Set(options.scopes)

  async function handle(method: string, req: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
    const { token, args, problem } = readRequest(req, body)
    const call: ApiCall = { at: options.state.clock.now(), method, args, outcome: 'under way' }
    calls.push(call)
    if (calls.length > callsKept) calls.splice(0, calls.length - callsKept)
    res.setHeader('x-oauth-scopes', [...granted].join(','))
    res.setHeader('x-accepted-oauth-scopes', (methodRules[method]?.scopes ?? []).join(','))
    const effect = (): Answer => {
      const answer = problem ? refusal(new Refusal(problem)) : answerOf(method, token, args)
      for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value)
      return answer
    }
    call.outcome = await answerWith(options.faults.next(method), res, effect, (error) => refusal(new Refusal(error)))
  }

  function answerOf(method: string, token: string, args: Record<string, unknown>): Answer {
    try {
      const seconds = secondsToWait(method, token, args)
      if (seconds > 0)
        return { status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': String(seconds) } }
      return { status: 200, body: { ok: true, ...perform(method, args) } }
    } catch (error) {
      if (error instanceof Refusal) return refusal(error)
      throw error
    }
  }

  /** Refuses a call that may not be made; one that may, but is too early, has to wait. */
  function secondsToWait(method: string, token: string, args: Record<string, unknown>): number {
    const rule = methodRules[method] ?? refuse('unknown_method', { req_method: method })
    const wanted = method === 'apps.connections.open' ? options.appToken : options.botToken
    const isOurs = [options.appToken, options.botToken].includes(token)
    if (token === '') refuse('not_authed')
    if (token !== wanted) refuse(isOurs ? 'not_allowed_token_type' : 'invalid_auth')
    if (options.enforceRates) {
      const seconds = rates.take(method, rule, typeof args.channel === 'string' ? args.channel : null)
      if (seconds > 0) return seconds
    }
    needAny({ ...options, args, granted }, rule.scopes)
    const missing = rule.required.filter((name) => args[name] === undefined)
    if (missing.length > 0) {
      const messages = missing.map((name) => `[ERROR] missing required field: ${name}`)
      refuse('invalid_arguments', { response_metadata: { messages } })
    }
    return 0
  }

  function perform(method: string, args: Record<string, unknown>): Record<string, unknown> {
    if (method === 'apps.connections.open') return { url: options.openSocket() }
    const run = methods[method] ?? refuse('unknown_method', { req_method: method })
    return run({ ...options, args, granted })
  }

  return { calls, handle }
}

function refusal({ code, more }: Refusal): Answer {
  return { status: 200, body: { ok: false, error: code, ...more } }
}

interface Request {
  token: string
  args: Record<string, unknown>
  /** Why the body cannot be read. */
  problem: string | null
}

/** Arguments come in the address, as a form or as JSON; objects within a form are JSON again. */
function readRequest(req: IncomingMessage, body: string): Request {
  const query = Object.fromEntries(URL.parse(req.url ?? '/', 'http://simulator')?.searchParams ?? [])
  const bearer = /^Bearer +(.+)$/i.exec(req.headers.authorization ?? '')?.[1]
  const isJson = req.headers['content-type']?.startsWith('application/json') ?? false
  const posted = isJson ? parsed(body || '{}') : Object.fromEntries(new URLSearchParams(body))
  const problem = isRecord(posted) ? null : posted === undefined ? 'invalid_json' : 'json_not_object'
  const { token = '', ...args } = { ...query, ...(isRecord(posted) ? posted : {}) }
  for (const name of structured) {
    if (typeof args[name] === 'string') args[name] = parsed(args[name]) ?? args[name]
  }
  return { token: bearer ?? String(token), args, problem }
}

const structured = ['blocks', 'attachments', 'view', 'metadata', 'files']

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
