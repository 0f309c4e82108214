/** Said once, and only once: in a channel, or in the thread below a message. */
import type { SlackEffect } from '../../core/effects.ts'
import type { Delivered, Delivery } from '../../core/ports.ts'
import { codeOf } from './errors.ts'
import { markedIfLate, partsOf } from './messages.ts'
import { findPosted, type Mouth, noThreadCodes, post } from './posting.ts'

type Say = Delivery<Extract<SlackEffect, { kind: 'slack.say' }>>

export async function say(mouth: Mouth, delivery: Say): Promise<Delivered> {
  const { to, inThreadOf } = delivery.effect
  const thread = inThreadOf === undefined ? null : await mouth.places.message(inThreadOf)
  if (thread === null) return sayAt(mouth, delivery, { to })
  try {
    return await sayAt(mouth, delivery, { to: thread.channelId, threadTs: thread.ts })
  } catch (error) {
    // Somebody deleted the message. What was to be said below it is said in the channel.
    if (!noThreadCodes.includes(codeOf(error))) throw error
    return sayAt(mouth, delivery, { to })
  }
}

async function sayAt(mouth: Mouth, delivery: Say, where: { to: string; threadTs?: string }): Promise<Delivered> {
  const { effect, decidedAt } = delivery
  const parts = partsOf(markedIfLate(effect.message, delivery))
  const messages = parts.map((message, index) => ({
    message,
    key: index === 0 ? `say/${delivery.id}` : `say/${delivery.id}/${index}`,
  }))
  const { threadTs } = where
  const said = delivery.isInDoubt
    ? await findPosted(mouth.call, await mouth.places.channelId(mouth.call, where.to), {
        keys: messages.map(({ key }) => key),
        since: decidedAt,
        ...(threadTs === undefined ? {} : { threadTs }),
      })
    : new Map<string, string>()
  for (const { message, key } of messages) {
    // In sequence: the parts of a long text are read in order.
    if (!said.has(key)) await post(mouth, { ...where, key, message })
  }
  return {}
}
