/** Said once, and only once. */
import type { SlackEffect } from '../../core/effects.ts'
import type { Delivered, Delivery } from '../../core/ports.ts'
import { markedIfLate, partsOf } from './messages.ts'
import { findPosted, type Mouth, post } from './posting.ts'

export async function say(
  mouth: Mouth,
  delivery: Delivery<Extract<SlackEffect, { kind: 'slack.say' }>>,
): Promise<Delivered> {
  const { effect, decidedAt } = delivery
  const parts = partsOf(markedIfLate(effect.message, delivery))
  const messages = parts.map((message, index) => ({
    message,
    key: index === 0 ? `say/${delivery.id}` : `say/${delivery.id}/${index}`,
  }))
  const said = delivery.isInDoubt
    ? await findPosted(mouth.call, await mouth.places.channelId(mouth.call, effect.to), {
        keys: messages.map(({ key }) => key),
        since: decidedAt,
      })
    : new Map<string, string>()
  for (const { message, key } of messages) {
    // In sequence: the parts of a long text are read in order.
    if (!said.has(key)) await post(mouth, { to: effect.to, key, message })
  }
  return {}
}
