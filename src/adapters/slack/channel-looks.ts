/** What a channel is now, and what of it people have done since we last left it. */
import { z } from 'zod'
import type { ChannelChange } from '../../core/effects.ts'
import type { Call } from './call.ts'
import type { KnownChannel } from './channel-known.ts'
import { codeOf } from './errors.ts'

const Words = z
  .object({ value: z.string().default(''), creator: z.string().default('') })
  .default({ value: '', creator: '' })

const Current = z.object({
  name: z.string(),
  is_archived: z.boolean().default(false),
  is_private: z.boolean().default(false),
  topic: Words,
  purpose: Words,
})
export type Current = z.infer<typeof Current>

/** Null when there is no such channel any more, as far as we can see. */
export async function lookAt(call: Call, channel: KnownChannel, changed: ChannelChange): Promise<Current | null> {
  const current = await read(call, channel.channelId)
  if (current === null) {
    // Archiving sent us out, and what is private cannot be seen from outside: that is no news.
    if (!(channel.isArchived && channel.isPrivate)) note(channel, changed, { isGone: true })
    return null
  }
  note(channel, changed, {
    isGone: false,
    isArchived: current.is_archived,
    isPrivate: current.is_private,
    name: current.name,
  })
  return current
}

async function read(call: Call, channelId: string): Promise<Current | null> {
  try {
    return Current.parse((await call('conversations.info', { channel: channelId })).channel)
  } catch (error) {
    if (codeOf(error) === 'channel_not_found') return null
    throw error
  }
}

/** Writes down what differs from how we left it: in what is known, and for whoever wants the channel. */
export function note(channel: KnownChannel, changed: ChannelChange, seen: ChannelChange): void {
  for (const what of ['isGone', 'isArchived', 'isPrivate'] as const) {
    const is = seen[what]
    if (is === undefined || is === channel[what]) continue
    channel[what] = is
    changed[what] = is
  }
  if (seen.name === undefined || seen.name === channel.name) return
  channel.name = seen.name
  changed.name = seen.name
  if (!channel.changedByPeople.includes('name')) channel.changedByPeople.push('name')
}
