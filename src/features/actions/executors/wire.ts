/**
 * Talking to somebody's HTTP API: one request, and an honest word about what is known afterwards. Three things can be
 * known: it was answered, it surely never arrived, or nobody knows.
 */
import type { z } from 'zod'
import { redact } from '../supervised/redact.ts'
import type { Dispatched, Io, Json, NoPlan, Plan, Progress, Reconciled } from './executor.ts'
import { BadValue } from './slots.ts'

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Readonly<Record<string, string>>
  /** Sent as JSON, or as it is when it is text. */
  body?: unknown
}

export type Heard =
  | { kind: 'answer'; status: number; headers: Headers; text: string }
  /** The connection was refused or the name is unknown: it did not arrive. */
  | { kind: 'unreached'; why: string }
  | { kind: 'lost'; why: string }

/** The outside gave no usable answer to a question. Its message is a sentence for people. */
export class NoAnswer extends Error {
  readonly status: number | null
  constructor(sentence: string, status: number | null = null) {
    super(sentence)
    this.status = status
  }
}

const secondsMax = 30
const answerBytesMax = 4 * 1024 * 1024

export async function hear(io: Io, request: Request): Promise<Heard> {
  const { method, url, headers, body } = request
  const isText = typeof body === 'string'
  try {
    const response = await io.fetch(url, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : jsonType), ...headers },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
      // A redirect could carry our credentials to another host.
      redirect: 'manual',
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(secondsMax * 1_000)]),
    })
    return { kind: 'answer', status: response.status, headers: response.headers, text: await bodyOf(response) }
  } catch (error) {
    return unheard(error)
  }
}

const jsonType = { 'content-type': 'application/json' }

function unheard(error: unknown): Heard {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const name = error instanceof Error ? error.name : 'Error'
  if (['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code))
    return { kind: 'unreached', why: `no connection (${code})` }
  return {
    kind: 'lost',
    why: name === 'TimeoutError' ? `no answer within ${secondsMax} seconds` : `no answer (${code || name})`,
  }
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes > answerBytesMax) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Asks a question that changes nothing. Whatever is no answer of the shape we know is thrown as a sentence. */
export async function ask<T>(io: Io, who: string, request: Request, shape: z.ZodType<T>): Promise<T> {
  const heard = await hear(io, request)
  if (heard.kind !== 'answer') throw new NoAnswer(`${who} cannot be reached: ${heard.why}.`)
  if (heard.status < 200 || heard.status > 299) throw new NoAnswer(refusalOf(who, heard), heard.status)
  return read(who, heard, shape)
}

export function read<T>(who: string, heard: Extract<Heard, { kind: 'answer' }>, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(parseJson(heard.text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new NoAnswer(`${who} gives an answer that is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message}.`)
}

const meanings: Readonly<Record<number, string>> = {
  401: 'it does not know our token',
  403: 'our token may not do this',
  404: 'it does not know what we speak of, or hides it from our token',
  409: 'something else is under way, or has changed meanwhile',
  422: 'it will not do this',
  429: 'we asked too often',
}

export function refusalOf(who: string, { status, text }: { status: number; text: string }): string {
  const said = messageIn(text)
  return `${who} answers ${status}${meanings[status] ? `: ${meanings[status]}` : ''}${said ? ` (“${said}”)` : ''}.`
}

/** What APIs call their explanation, by whatever key. */
function messageIn(text: string): string {
  const body = parseJson(text)
  if (typeof body !== 'object' || body === null) return ''
  const named = ['message', 'detail', 'error', 'title'].map((key) => (body as Record<string, unknown>)[key])
  const said = named.find((one) => typeof one === 'string')
  return typeof said === 'string' ? redact(said).replace(/\s+/g, ' ').slice(0, 200) : ''
}

// These say that it was understood and not done. All others, 429 and 5xx among them, may come from a box in between,
// after the work was handed on.
const surelyRefused = [400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422]

/** What an answer to the one request that changes something means. */
export function dispatchedBy(
  who: string,
  heard: Heard,
  accept: (heard: Extract<Heard, { kind: 'answer' }>) => Dispatched,
): Dispatched {
  if (heard.kind === 'unreached') return { outcome: 'rejected', why: `${who} cannot be reached: ${heard.why}.` }
  if (heard.kind === 'lost') return { outcome: 'unknown', why: `${who}: ${heard.why}.` }
  if (surelyRefused.includes(heard.status)) return { outcome: 'rejected', why: refusalOf(who, heard) }
  if (heard.status < 200 || heard.status > 299) return { outcome: 'unknown', why: refusalOf(who, heard) }
  try {
    return accept(heard)
  } catch (error) {
    if (error instanceof NoAnswer) return { outcome: 'unknown', why: error.message }
    throw error
  }
}

/** No answer, or a value that cannot be used: no plan, and the sentence. */
export async function planFrom(make: () => Promise<Plan | NoPlan>): Promise<Plan | NoPlan> {
  try {
    return await make()
  } catch (error) {
    if (error instanceof NoAnswer) return { refused: error.message }
    if (error instanceof BadValue) return { refused: `${error.message}.` }
    throw error
  }
}

/** Who cannot be asked may have changed: that never equals what was seen before, and so stops the action. */
export async function observeFrom(look: () => Promise<Json>): Promise<Json> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof BadValue) return { unreadable: error.message }
    throw error
  }
}

/** A question about work under way that was not answered is asked again; one that was refused never will be answered. */
export async function pollFrom(look: () => Promise<Progress>): Promise<Progress> {
  try {
    return await look()
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    const isForGood = error.status !== null && surelyRefused.includes(error.status)
    return { phase: isForGood ? 'unknown' : 'running', detail: error.message, tail: '' }
  }
}

export async function reconcileFrom(look: () => Promise<Reconciled>): Promise<Reconciled> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof NoAnswer) return { found: 'unknown', why: error.message }
    throw error
  }
}

export function bearer(io: Io, variable: string): { authorization: string } {
  return { authorization: `Bearer ${io.secrets(variable)}` }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
