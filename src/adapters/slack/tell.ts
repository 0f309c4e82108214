/** One sentence for one person: beside what they just did, else where they did it, else as a direct message. */
import type { Message, SlackEffect } from '../../core/effects.ts'
import { type Delivered, type Delivery, DeliveryError } from '../../core/ports.ts'
import { codeOf, usualPauseSeconds } from './errors.ts'
import { bodyOf, markedIfLate } from './messages.ts'
import { type Mouth, plainIfRefused, post } from './posting.ts'

type Tell = Extract<SlackEffect, { kind: 'slack.tell' }>

// Slack takes answers at the address that came with a command for half an hour.
const addressMilliseconds = 29 * 60_000
const timeoutMilliseconds = 10_000

/**
 * An answer in doubt is given again: it cannot be looked up, only the asker sees it, and reading a sentence twice is
 * better than not knowing what happened.
 */
export async function tell(mouth: Mouth, delivery: Delivery<Tell>): Promise<Delivered> {
  const { effect, decidedAt, now, signal } = delivery
  const message = markedIfLate(effect.message, delivery)
  const isFresh = now.getTime() - decidedAt.getTime() < addressMilliseconds
  if (effect.responseUrl && isFresh && (await answerAt(effect.responseUrl, message, signal))) return {}
  if (effect.channelId && (await tellInChannel(mouth, effect.channelId, { person: effect.person, message }))) return {}
  await post(mouth, { to: `@${effect.person}`, key: `say/${delivery.id}`, message })
  return {}
}

/** False when the address takes no answers any more, or not this one. */
async function answerAt(url: string, message: Message, signal: AbortSignal): Promise<boolean> {
  const answer = await request(url, { response_type: 'ephemeral', replace_original: false, ...bodyOf(message) }, signal)
  if (answer.status === 429) {
    const seconds = Number(answer.headers.get('retry-after')) || usualPauseSeconds
    throw new DeliveryError('ratelimited', 'again', { retryAfterSeconds: seconds })
  }
  if (answer.status >= 500) throw new DeliveryError(`slack_http_${answer.status}`, 'again', { isOutage: true })
  return answer.ok
}

async function request(url: string, body: object, signal: AbortSignal): Promise<Response> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
    })
    // An unread body would hold the connection.
    await response.arrayBuffer()
    return response
  } catch (error) {
    throw new DeliveryError('slack_unreachable', 'again', { isOutage: true, cause: error })
  }
}

/** False when this person cannot be told there. */
async function tellInChannel(
  { call, log }: Mouth,
  channel: string,
  { person, message }: { person: string; message: Message },
): Promise<boolean> {
  try {
    await plainIfRefused(log, message, (body) => call('chat.postEphemeral', { channel, user: person, ...body }))
    return true
  } catch (error) {
    if (elsewhereCodes.includes(codeOf(error))) return false
    throw error
  }
}

// We are not in that channel, or they are not, or it is no place for such a message.
const elsewhereCodes = [
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'user_not_in_channel',
  'user_not_found',
  'restricted_action',
  'messages_tab_disabled',
  'method_not_supported_for_channel_type',
]
