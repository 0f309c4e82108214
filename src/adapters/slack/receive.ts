/**
 * What Slack sends: verified, read, made durable, and only then acknowledged. The work comes after. Whatever happens to
 * the database, Slack is answered within a second.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { verifySlackRequest } from '@slack/bolt'
import type { FormValues } from '../../core/heard.ts'
import type { Incoming } from '../../core/inbox-store.ts'
import type { Log } from '../../core/log.ts'
import type { Metrics } from '../../core/metrics.ts'
import type { Clock } from '../../lib/clock.ts'
import { silentLogger } from './call.ts'
import { formValues } from './form-values.ts'
import { channelIn, happensInChannel, isDeparture, isOurOwn } from './hear-events.ts'
import type { Identity } from './identity.ts'
import { isForUs, isRecord, keyOf, type Payload, payloadOf } from './payloads.ts'

export interface ReceiveOptions {
  signingSecret: string | null
  clock: Clock
  log: Log
  metrics: Pick<Metrics, 'slackRefused'>
  accept(incoming: Incoming): Promise<{ isNew: boolean }>
  /** Whether a channel is one of ours, or may just be becoming one. What is said elsewhere is not kept. */
  isOurs(channelId: string): Promise<boolean>
  /** Null until Slack has said who we are. */
  identity(): Identity | null
  checkForm(modalId: string, values: FormValues): Record<string, string> | null
}

export interface Request {
  headers: IncomingHttpHeaders
  rawBody: Buffer
}

export interface Response {
  status: number
  body?: string | object
}

// Slack waits for three seconds; a second leaves room for the way there and back.
const patienceMilliseconds = 900
const skewSecondsMax = 300

export async function receive(options: ReceiveOptions, { headers, rawBody }: Request): Promise<Response> {
  const text = rawBody.toString('utf8')
  const reason = whyNotFromSlack(options, headers, text)
  if (reason !== null) return refuse(options, 401, reason)
  const payload = readable(text)
  if (payload === null) return refuse(options, 400, 'unreadable')
  if (payload.ssl_check === '1') return { status: 200 }
  if (payload.type === 'url_verification') return { status: 200, body: { challenge: payload.challenge } }
  return take(options, payload, text)
}

/** The same for HTTP and sockets: the errors of a form, or durable and acknowledged, or an honest apology. */
export async function take(options: ReceiveOptions, payload: Payload, text: string): Promise<Response> {
  if (payload.type === 'block_suggestion') return { status: 200, body: { options: [] } }
  if (payload.type === 'app_rate_limited')
    options.log.warn('Slack holds back events, because there were too many in this minute')
  if (!isForUs(payload)) return { status: 200 }
  try {
    const errors = formErrors(options, payload)
    if (errors) return { status: 200, body: { response_action: 'errors', errors } }
    const outcome = await inTime(options, { source: 'slack', key: keyOf(payload, text), body: text }, payload)
    return outcome === 'kept' ? { status: 200 } : apology(payload, sentences[outcome])
  } catch (error) {
    options.log.error({ err: error }, 'a delivery from Slack could not be taken')
    return apology(payload, sentences.refused)
  }
}

function refuse({ metrics, log }: ReceiveOptions, status: number, reason: string): Response {
  metrics.slackRefused.inc({ reason })
  log.warn({ reason }, 'a request to /slack/events was refused')
  return { status }
}

function readable(text: string): Payload | null {
  try {
    return payloadOf(text)
  } catch {
    return null
  }
}

function whyNotFromSlack(
  { signingSecret, clock }: ReceiveOptions,
  headers: IncomingHttpHeaders,
  body: string,
): string | null {
  if (signingSecret === null) return 'no_signing_secret'
  const signature = headers['x-slack-signature']
  const seconds = Number(headers['x-slack-request-timestamp'])
  if (typeof signature !== 'string' || !Number.isInteger(seconds)) return 'unsigned'
  const now = clock.now().getTime()
  // Bolt looks for old ones only. One from the future could be kept, and played back for as long.
  if (seconds - now / 1_000 > skewSecondsMax) return 'future'
  if (now / 1_000 - seconds > skewSecondsMax) return 'old'
  try {
    const signed = { 'x-slack-signature': signature, 'x-slack-request-timestamp': seconds }
    verifySlackRequest({ signingSecret, body, headers: signed, nowMilliseconds: now, logger: silentLogger })
    return null
  } catch {
    return 'wrong_signature'
  }
}

function formErrors({ checkForm }: ReceiveOptions, payload: Payload): Record<string, string> | null {
  if (payload.type !== 'view_submission' || !isRecord(payload.view)) return null
  const { callback_id, state } = payload.view
  return checkForm(String(callback_id ?? ''), formValues(isRecord(state) ? state.values : undefined))
}

/** A delivery that comes late into the inbox is worked on all the same, once: its copies fold into it. */
async function inTime(
  options: ReceiveOptions,
  incoming: Incoming,
  payload: Payload,
): Promise<'kept' | 'refused' | 'late'> {
  const { log } = options
  const clock = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => clock.resolve('late'), patienceMilliseconds)
  const keep = async () => ((await isForNobody(options, payload)) ? null : options.accept(incoming))
  const kept = keep().then(
    () => 'kept' as const,
    (error: unknown) => {
      log.warn({ err: error }, 'a delivery from Slack could not be kept')
      return 'refused' as const
    },
  )
  const outcome = await Promise.race([kept, clock.promise])
  clearTimeout(timer)
  if (outcome === 'late') log.warn({ key: incoming.key }, 'the database did not take a delivery from Slack in time')
  return outcome
}

/** Our own words coming back, somebody's new picture, and what goes on in channels that are not ours. */
async function isForNobody({ identity, isOurs }: ReceiveOptions, payload: Payload): Promise<boolean> {
  const { event } = payload
  if (payload.type !== 'event_callback' || !isRecord(event)) return false
  if (isOurOwn(event, identity(), payload.api_app_id)) return true
  if (event.type === 'user_change' && !isDeparture(event)) return true
  const channelId = channelIn(event)
  return happensInChannel(event) && channelId !== undefined && !(await isOurs(channelId))
}

const sentences = {
  refused: 'My database does not answer, so nothing was done. Please try again in a minute.',
  late: 'My database did not answer in time, so most likely nothing was done. If nothing follows within a minute, please try again.',
}

/** Whoever asked must know. Where there is no room for a sentence, an error makes Slack show its mark, or send the event again. */
function apology(payload: Payload, sentence: string): Response {
  if (typeof payload.command === 'string') return { status: 200, body: { response_type: 'ephemeral', text: sentence } }
  const field = payload.type === 'view_submission' ? firstField(payload) : null
  return field === null
    ? { status: 503 }
    : { status: 200, body: { response_action: 'errors', errors: { [field]: sentence } } }
}

/** Slack shows errors of a form at its inputs only. */
function firstField({ view }: Payload): string | null {
  const blocks = isRecord(view) && Array.isArray(view.blocks) ? view.blocks.filter(isRecord) : []
  const input = blocks.find(({ type }) => type === 'input')
  return typeof input?.block_id === 'string' ? input.block_id : null
}
