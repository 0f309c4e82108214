/** One sentence for one person: beside what they just did, else where they did it, else as a direct message. */
import type { SlackEffect } from '../../core/effects.ts'
import { type Delivered, type Delivery, DeliveryError } from '../../core/ports.ts'
import { codeOf } from './errors.ts'
import { bodyOf, type Mouth } from './messages.ts'

type Tell = Extract<SlackEffect, { kind: 'slack.tell' }>

// Slack takes answers at the address that came with a command for half an hour.
const addressMilliseconds = 29 * 60_000
const timeoutMilliseconds = 10_000

/**
 * An answer in doubt is given again: it cannot be looked up, only the asker sees it, and reading a sentence twice is
 * better than not knowing what happened.
 */
export async function tell(mouth: Mouth, delivery: Delivery<Tell>): Promise<Delivered> {
  const { effect, decidedAt, now } = delivery
  const isFresh = now.getTime() - decidedAt.getTime() < addressMilliseconds
  if (effect.responseUrl && isFresh && (await answerAt(effect.responseUrl, effect, delivery.signal))) return {}
  if (effect.channelId && (await ephemeral(mouth, effect.channelId, effect))) return {}
  const channel = await mouth.places.channelId(`@${effect.person}`)
  await mouth.call('chat.postMessage', { channel, ...bodyOf(effect.message) }, { place: channel, priority: 'answer' })
  return {}
}

/** False when the address takes no answers any more. */
async function answerAt(url: string, { message }: Tell, signal: AbortSignal): Promise<boolean> {
  const body = {
    response_type: 'ephemeral',
    replace_original: false,
    text: message.text,
    ...(message.blocks ? { blocks: message.blocks } : {}),
  }
  let status: number
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
    })
    status = response.status
    await response.arrayBuffer()
  } catch (error) {
    throw new DeliveryError('slack_unreachable', 'again', { isOutage: true, cause: error })
  }
  if (status === 429) throw new DeliveryError('ratelimited', 'again', { retryAfterSeconds: 2 })
  if (status >= 500) throw new DeliveryError(`slack_http_${status}`, 'again', { isOutage: true })
  return status < 400
}

/** False when this person cannot be told there. */
async function ephemeral({ call }: Mouth, channelId: string, { person, message }: Tell): Promise<boolean> {
  try {
    await call('chat.postEphemeral', { channel: channelId, user: person, ...bodyOf(message) }, { priority: 'answer' })
    return true
  } catch (error) {
    const isElsewhere = [
      'user_not_in_channel',
      'not_in_channel',
      'channel_not_found',
      'is_archived',
      'restricted_action',
    ].includes(codeOf(error))
    if (isElsewhere) return false
    throw error
  }
}
