/** The Web API: who calls, may they, how often, with what; then the method itself. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerWith, type FaultBox } from '../faults.ts'
import type { ApiCall, Manifest } from '../types.ts'
import { methodRules } from './method-table.ts'
import { createRates } from './rates.ts'
import { Refusal } from './refusal.ts'
import type { State } from './state.ts'
import type { ApiMethod } from './web-api/call.ts'
import { chat } from './web-api/chat.ts'
import { conversations } from './web-api/conversations.ts'
import { people } from './web-api/people.ts'
import { views } from './web-api/views.ts'

const methods: Readonly<Record<string, ApiMethod>> = { ...chat, ...conversations, ...people, ...views }
const callsKept = 5_000

export interface ApiOptions {
  state: State
  manifest: Manifest
  faults: FaultBox
  botToken: string
  appToken: string
  isRateLimited: boolean
  emit(type: string, event: Record<string, unknown>): void
  /** A fresh address for a Socket Mode connection. */
  openSocket(): string
}

export interface Api {
  calls: ApiCall[]
  handle(method: string, req: IncomingMessage, res: ServerResponse, body: string): Promise<void>
}

export function createApi(options: ApiOptions): Api {
  const calls: ApiCall[] = []
  const rates = createRates(options.state.clock)
  const granted = [...options.manifest.oauth_config.scopes.bot, ...(options.manifest.oauth_config.scopes.bot_optional ?? [])]

  async function handle(method: string, req: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
    const args = readArgs(req, body)
    const call: ApiCall = { at: options.state.clock.now(), method, args: { ...args, token: undefined }, outcome: 'under way' }
    calls.push(call)
    if (calls.length > callsKept) calls.splice(0, calls.length - callsKept)
    res.setHeader('x-oauth-scopes', granted.join(','))
    const effect = () => run(method, args, tokenOf(req, args), res)
    call.outcome = await answerWith(options.faults.next(method), res, effect, (error) => ({ status: 200, body: { ok: false, error } }))
  }

  function run(method: string, args: Record<string, unknown>, token: string, res: ServerResponse): { status: number; body: unknown } {
    try {
      return { status: 200, body: { ok: true, ...perform(method, args, token, res) } }
    } catch (error) {
      if (error instanceof TooOften) {
        res.setHeader('retry-after', String(error.seconds))
        return { status: 429, body: { ok: false, error: 'ratelimited' } }
      }
      if (error instanceof Refusal) return { status: 200, body: { ok: false, error: error.code, ...error.more } }
      throw error
    }
  }

  function perform(method: string, args: Record<string, unknown>, token: string, _res: ServerResponse): Record<string, unknown> {
    const rule = methodRules[method]
    if (!rule) throw new Refusal('unknown_method', { req_method: method })
    if (method === 'apps.connections.open') {
      if (token !== options.appToken) throw new Refusal(token === '' ? 'not_authed' : 'not_allowed_token_type')
      return { url: options.openSocket() }
    }
    if (token === '') throw new Refusal('not_authed')
    if (token !== options.botToken) throw new Refusal(token === options.appToken ? 'not_allowed_token_type' : 'invalid_auth')
    if (rule.scopes.length > 0 && !rule.scopes.some((scope) => granted.includes(scope))) {
      throw new Refusal('missing_scope', { needed: rule.scopes.join(','), provided: granted.join(',') })
    }
    const missing = rule.required.filter((name) => args[name] === undefined || args[name] === '')
    if (missing.length > 0) {
      const messages = missing.map((name) => `[ERROR] missing required field: ${name}`)
      throw new Refusal('invalid_arguments', { response_metadata: { messages } })
    }
    if (options.isRateLimited) {
      const seconds = rates.take(method, rule, typeof args.channel === 'string' ? args.channel : null)
      if (seconds > 0) throw new TooOften(seconds)
    }
    const run = methods[method]
    if (!run) throw new Refusal('unknown_method', { req_method: method })
    return run({ state: options.state, args, emit: options.emit })
  }

  return { calls, handle }
}

class TooOften extends Error {
  readonly seconds: number
  constructor(seconds: number) {
    super('ratelimited')
    this.seconds = seconds
  }
}

function readArgs(req: IncomingMessage, body: string): Record<string, unknown> {
  const type = req.headers['content-type'] ?? ''
  const query = Object.fromEntries(new URL(req.url ?? '/', 'http://x').searchParams)
  if (type.startsWith('application/json')) {
    try {
      return { ...query, ...(JSON.parse(body) as object) }
    } catch {
      return query
    }
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body)) }
}

function tokenOf(req: IncomingMessage, args: Record<string, unknown>): string {
  const bearer = /^Bearer +(.+)$/i.exec(req.headers.authorization ?? '')?.[1]
  return bearer ?? (typeof args.token === 'string' ? args.token : '')
}
