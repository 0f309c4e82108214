/** One question to PagerDuty's REST API: every failure in our words, every answer held against its shape. */
import { api } from '@pagerduty/pdjs'
import type { z } from 'zod'
import { DeliveryError } from '../../core/ports.ts'
import { asRefusal } from './answers.ts'

export interface RestOptions {
  /** `https://api.pagerduty.com` */
  apiUrl: string
  token: string
  timeoutMilliseconds?: number
}

export interface Question {
  path: string
  method?: 'GET' | 'POST' | 'PUT'
  query?: Readonly<Record<string, string | readonly string[]>>
  data?: object
  /** The e-mail address of the user there in whose name something is changed. */
  from?: string
  /** Doing it twice would be seen: a lost answer leaves a doubt. */
  isOnce?: boolean
}

export interface Ask {
  (question: Question): Promise<unknown>
  <Shape extends z.ZodType>(question: Question, shape: Shape): Promise<z.infer<Shape>>
}

const patienceMilliseconds = 10_000
// The client asks three more times after a 429, deaf to Retry-After. We decide when to come back, so it may only hurry.
const retryTimeout = 100

export function restOf({ apiUrl, token, timeoutMilliseconds }: RestOptions, stop: AbortSignal): Ask {
  return async <Shape extends z.ZodType>(question: Question, shape?: Shape) => {
    const { path, method = 'GET', query = {}, data, from, isOnce = false } = question
    const response: Answer = await api({
      url: `${apiUrl.replace(/\/+$/, '')}/${path}${search(query)}`,
      method,
      token,
      ...(data === undefined ? {} : { data }),
      ...(from === undefined ? {} : { headers: { From: from } }),
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMilliseconds ?? patienceMilliseconds)]),
      // Left to itself it keeps a timer, and with it the process, for half a minute.
      requestTimeout: 0,
      retryTimeout,
    }).catch((error: unknown) => {
      // An answer that is no JSON is thrown as it is; its status still says what it is.
      if (isAnswer(error)) return error
      throw unreachableFor(error, isOnce)
    })
    if (response.status < 200 || response.status > 299) throw await asRefusal(response)
    if (!shape) return undefined
    const read = shape.safeParse(response.data)
    if (!read.success) throw new DeliveryError('pagerduty_answer_not_understood', 'again', { cause: read.error })
    return read.data
  }
}

type Answer = Response & { data?: unknown }

function isAnswer(error: unknown): error is Answer {
  return error instanceof Object && 'status' in error && typeof error.status === 'number'
}

function unreachableFor(cause: unknown, isOnce: boolean): DeliveryError {
  const isTimeout = cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError')
  const code = isTimeout ? 'pagerduty_timeout' : 'pagerduty_unreachable'
  return new DeliveryError(code, isOnce ? 'unknown' : 'again', { isOutage: true, cause })
}

/** Names with brackets, as this API writes lists, stand in the address as they are. */
function search(query: NonNullable<Question['query']>): string {
  const parameters = new URLSearchParams()
  for (const [name, values] of Object.entries(query))
    for (const value of [values].flat()) parameters.append(name, value)
  return parameters.size === 0 ? '' : `?${parameters}`
}
