/** The bot's own emoji on a message. Slack keeps one of each, so putting it there twice is putting it there once. */
import type { SlackEffect } from '../../core/effects.ts'
import { type Delivered, DeliveryError } from '../../core/ports.ts'
import { accepting } from './errors.ts'
import type { Mouth } from './posting.ts'

const settled = ['already_reacted', 'no_reaction']
// The message is gone, or takes no emoji: there is nothing to mark, and nobody misses a mark.
const pointless = [
  'message_not_found',
  'not_reactable',
  'thread_locked',
  'too_many_emoji',
  'too_many_reactions',
  'is_archived',
]

export async function react(
  { call, places }: Mouth,
  { on, emoji, isThere }: Extract<SlackEffect, { kind: 'slack.react' }>,
): Promise<Delivered> {
  const message = await places.message(on)
  if (message === null) throw new DeliveryError('message_not_found', 'never')
  const method = isThere ? 'reactions.add' : 'reactions.remove'
  const args = { channel: message.channelId, timestamp: message.ts, name: emoji }
  await accepting([...settled, ...pointless], call(method, args))
  return {}
}
