/** Questions to Slack about a message. Null for what is gone, or not for us to see; an error while Slack is away. */
import { z } from 'zod'
import type { SlackLookups } from '../../core/call.ts'
import { DeliveryError } from '../../core/ports.ts'
import type { Call } from './call.ts'
import { messageIn } from './heard-messages.ts'
import { arrayIn } from './pages.ts'
import { isRecord } from './payloads.ts'

const Link = z.object({ permalink: z.string() })

export function createLookups(call: Call): SlackLookups {
  return {
    permalink: ({ channelId, ts }) =>
      orNull(async () => Link.parse(await call('chat.getPermalink', { channel: channelId, message_ts: ts })).permalink),
    message: ({ channelId, ts }) =>
      orNull(async () => {
        // Unlike the channel's history this finds replies too.
        const span = { oldest: ts, latest: ts, inclusive: true }
        const answer = await call('conversations.replies', { channel: channelId, ts, ...span })
        const found = arrayIn(answer.messages)
          .filter(isRecord)
          .find((message) => message.ts === ts)
        return found ? messageIn(found, channelId) : null
      }),
  }
}

async function orNull<Value>(ask: () => Promise<Value | null>): Promise<Value | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof DeliveryError && error.outcome === 'never') return null
    throw error
  }
}
