/**
 * What Slack sends by HTTP: verified, read, made durable, and only then acknowledged. The work comes after. Whatever
 * happens to the database, Slack is answered within a second.
 */
import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { verifySlackRequest } from '@slack/bolt'
import type { FormValues } from '../../core/heard.ts'
import type { Incoming } from '../../core/inbox-store.ts'
import type { Log } from '../../core/log.ts'
import type { Metrics } from '../../core/metrics.ts'
import type { Clock } from '../../lib/clock.ts'
import { silentLogger } from './call.ts'
import { formValues, payloadOf } from './hear.ts'

export interface ReceiveOptions {
  signingSecret: string | null
  clock: Clock
  log: Log
  metrics: Pick<Metrics, 'slackRefused'>
  accept(incoming: Incoming): Promise<{ isNew: boolean }>
  checkForm(modalId: string, values: FormValues): Record<string, string> | null
}

export interface Response {
  status: number
  body?: string | object
}

const patienceMilliseconds = 900
const skewSeconds = 300
const away = 'My database does not answer just now, so nothing was done. Please try again in a minute.'

export async function receive(
  options: ReceiveOptions,
  request: { headers: IncomingHttpHeaders; rawBody: Buffer },
): Promise<Response> {
  const { log, metrics } = options
  const text = request.rawBody.toString('utf8')
  const reason = whyNotFromSlack(options, request.headers, text)
  if (reason !== null) {
    metrics.slackRefused.inc({ reason })
    log.warn({ reason }, 'a request to /slack/events was refused')
    return { status: 401 }
  }
  let payload: Record<string, unknown>
  try {
    payload = payloadOf(text)
  } catch {
    metrics.slackRefused.inc({ reason: 'unreadable' })
    return { status: 400 }
  }
  if (payload.ssl_check === '1') return { status: 200 }
  if (payload.type === 'url_verification') return { status: 200, body: { challenge: payload.challenge } }
  return take(options, payload, text)
}

/** The same for HTTP and sockets: errors of a form, or durable and acknowledged. */
export async function take(options: ReceiveOptions, payload: Record<string, unknown>, text: string): Promise<Response> {
  if (payload.type === 'block_suggestion') return { status: 200, body: { options: [] } }
  if (payload.type === 'view_closed') return { status: 200 }
  const errors = formErrors(options, payload)
  if (errors) return { status: 200, body: { response_action: 'errors', errors } }
  const isKept = await inTime(options.accept({ source: 'slack', key: keyOf(payload, text), body: text }), options.log)
  return isKept ? { status: 200 } : apology(payload)
}

function whyNotFromSlack(
  { signingSecret, clock }: ReceiveOptions,
  headers: IncomingHttpHeaders,
  body: string,
): string | null {
  const signature = headers['x-slack-signature']
  const seconds = Number(headers['x-slack-request-timestamp'])
  if (signingSecret === null) return 'no_signing_secret'
  if (typeof signature !== 'string' || !Number.isFinite(seconds)) return 'unsigned'
  const now = clock.now().getTime()
  // Bolt looks for old ones only; one from the future could be kept and played back for as long.
  if (seconds - now / 1_000 > skewSeconds) return 'future'
  if (now / 1_000 - seconds > skewSeconds) return 'old'
  try {
    verifySlackRequest({
      signingSecret,
      body,
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': seconds },
      nowMilliseconds: now,
      logger: silentLogger,
    })
    return null
  } catch {
    return 'wrong_signature'
  }
}

interface WireSubmission {
  view?: { callback_id?: string; state?: { values?: unknown } }
}

function formErrors({ checkForm }: ReceiveOptions, payload: Record<string, unknown>): Record<string, string> | null {
  if (payload.type !== 'view_submission') return null
  const { view } = payload as WireSubmission
  return checkForm(view?.callback_id ?? '', formValues(view?.state?.values))
}

/** Slack's own identity for the delivery; exact copies have the same, also those that call themselves no retry. */
function keyOf(payload: Record<string, unknown>, text: string): string {
  if (typeof payload.event_id === 'string') return `event/${payload.event_id}`
  if (typeof payload.trigger_id === 'string') return `trigger/${payload.trigger_id}`
  return `digest/${createHash('sha256').update(text).digest('base64url')}`
}

/** False when the database did not take it in time. It may still do so afterwards: then it is worked on, once. */
async function inTime(accepted: Promise<unknown>, log: Log): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), patienceMilliseconds)
  })
  const kept = accepted.then(
    () => true,
    (error: unknown) => {
      log.warn({ err: error }, 'a delivery from Slack could not be kept')
      return false
    },
  )
  const isKept = await Promise.race([kept, late])
  clearTimeout(timer)
  return isKept
}

/** Nothing was recorded, and whoever asked must know. Events come again by themselves after an error. */
function apology(payload: Record<string, unknown>): Response {
  if (typeof payload.command === 'string') return { status: 200, body: { response_type: 'ephemeral', text: away } }
  if (payload.type !== 'view_submission') return { status: 503 }
  const { view } = payload as WireSubmission
  const [field] = Object.keys((view?.state?.values ?? {}) as object)
  return field === undefined
    ? { status: 503 }
    : { status: 200, body: { response_action: 'errors', errors: { [field]: away } } }
}
