/** Posting one message: into the right channel, found again by the key that it carries. */
import { z } from 'zod'
import type { Message, Place } from '../../core/effects.ts'
import type { Log } from '../../core/log.ts'
import type { Answer, Call } from './call.ts'
import { codeOf } from './errors.ts'
import { bodyOf } from './messages.ts'
import { itemsOf } from './pages.ts'
import { asMember, type Places } from './places.ts'

/** What saying something takes. */
export interface Mouth {
  call: Call
  places: Places
  log: Log
}

export interface Posted {
  channelId: string
  ts: string
}

export async function post(
  mouth: Mouth,
  { to, key, message, threadTs }: { to: Place; key: string; message: Message; threadTs?: string },
): Promise<Posted> {
  const metadata = { event_type: 'tocsin', event_payload: { key } }
  const send = async (channel: string): Promise<Posted> => {
    // Without link_names or parse: a name in somebody's text must not become a mention.
    const thread = threadTs === undefined ? {} : { thread_ts: threadTs }
    const rest = { channel, metadata, unfurl_links: false, unfurl_media: false, ...thread }
    const answer = await asMember(mouth.call, channel, () =>
      plainIfRefused(mouth.log, message, (body) => mouth.call('chat.postMessage', { ...body, ...rest })),
    )
    return { channelId: channel, ts: Timestamp.parse(answer).ts }
  }
  try {
    return await send(await mouth.places.channelId(mouth.call, to))
  } catch (error) {
    // The channel may have been made anew under its name.
    if (codeOf(error) !== 'channel_not_found' || !mouth.places.forget(to)) throw error
    return send(await mouth.places.channelId(mouth.call, to))
  }
}

/** The message to answer to is gone, or takes no answers. */
export const noThreadCodes = [
  'thread_not_found',
  'cannot_reply_to_message',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
]

const Timestamp = z.object({ ts: z.string() })

/** Better read as plain text than not at all. What exactly was wrong with the blocks stands in the log. */
export async function plainIfRefused(
  log: Log,
  message: Message,
  send: (body: ReturnType<typeof bodyOf>) => Promise<Answer>,
): Promise<Answer> {
  const body = bodyOf(message)
  try {
    return await send(body)
  } catch (error) {
    const code = codeOf(error)
    if (!body.blocks || !blockTroubles.includes(code)) throw error
    log.error({ code }, 'Slack refused the blocks of a message; its text is sent alone')
    return send({ text: body.text })
  }
}

const blockTroubles = ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long']

// Slack's clock and ours may differ. A machine that is five minutes off cannot hear Slack anyway.
const skewSeconds = 600

/**
 * Our own messages in a channel, by the keys in their metadata: the newest of each, with its time stamp. This is how
 * a message whose answer was lost is found instead of being posted again. `after` leaves out what we know already.
 */
export async function findPosted(
  call: Call,
  channelId: string,
  look: { keys: readonly string[]; since: Date; after?: string; threadTs?: string },
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const oldest = String(Math.floor(look.since.getTime() / 1_000) - skewSeconds)
  // The history of a channel leaves out what was said in its threads.
  const where =
    look.threadTs === undefined
      ? ({ method: 'conversations.history', more: {} } as const)
      : ({ method: 'conversations.replies', more: { ts: look.threadTs } } as const)
  const args = { channel: channelId, oldest, include_all_metadata: true, ...where.more }
  try {
    // The newest come first.
    for await (const { ts, metadata } of itemsOf(call, {
      method: where.method,
      args,
      field: 'messages',
      item: OurMessage,
    })) {
      const { key } = metadata.event_payload
      if (look.keys.includes(key) && !found.has(key) && Number(ts) > Number(look.after ?? 0)) found.set(key, ts)
      if (found.size === look.keys.length) break
    }
  } catch (error) {
    // Where we are not, we have said nothing.
    if (!['not_in_channel', ...noThreadCodes].includes(codeOf(error))) throw error
  }
  return found
}

const OurMessage = z.object({ ts: z.string(), metadata: z.object({ event_payload: z.object({ key: z.string() }) }) })
