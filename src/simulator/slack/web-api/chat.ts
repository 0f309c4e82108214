/** chat.*: what is said, changed and taken back. */
import { readContent } from '../message-content.ts'
import { refuse } from '../refusal.ts'
import {
  addMessage,
  channelOf,
  deleteMessage,
  directChannel,
  editMessage,
  messageAt,
  personOf,
  type StoredChannel,
} from '../state.ts'
import { permalink, wireMessage } from '../wire.ts'
import { type ApiContext, type ApiMethods, messageIn, textArg, visibleChannel } from './call.ts'

export const chat: ApiMethods = {
  'chat.postMessage': (context) => {
    const { state, args, events } = context
    const channel = writableChannel(context)
    const { warnings, ...content } = readContent(args, 'post')
    const threadTs = threadOf(context, channel)
    const message = addMessage(state, { channelId: channel.id, user: state.world.botUserId, threadTs, ...content })
    void events.messagePosted(message)
    return { channel: channel.id, ts: message.ts, message: wireMessage(state, message), ...withWarnings(warnings) }
  },

  'chat.update': (context) => {
    const { state, args, events } = context
    const channel = visibleChannel(context)
    const message = messageIn(context, channel, textArg(context, 'ts'))
    if (message.user !== state.world.botUserId) refuse('cant_update_message')
    if (channel.isArchived) refuse('is_inactive')
    const { text, blocks, metadata, warnings } = readContent(args, 'edit')
    // Text without blocks takes the blocks away; metadata stays until there is other.
    const textBefore = message.text
    editMessage(state, message, { text, blocks })
    if (metadata) message.metadata = metadata
    void events.messageChanged(message, textBefore)
    return {
      channel: channel.id,
      ts: message.ts,
      text,
      message: wireMessage(state, message),
      ...withWarnings(warnings),
    }
  },

  'chat.postEphemeral': (context) => {
    const { state, args } = context
    const channel = writableChannel(context)
    const user = textArg(context, 'user')
    if (!channel.members.includes(user)) refuse('user_not_in_channel')
    const { text, blocks, warnings } = readContent(args, 'post')
    const threadTs = threadOf(context, channel)
    const message = addMessage(state, {
      channelId: channel.id,
      user: state.world.botUserId,
      text,
      blocks,
      threadTs,
      onlyFor: user,
    })
    return { message_ts: message.ts, ...withWarnings(warnings) }
  },

  'chat.delete': (context) => {
    const channel = visibleChannel(context)
    const message = messageIn(context, channel, textArg(context, 'ts'))
    if (message.user !== context.state.world.botUserId) refuse('cant_delete_message')
    deleteMessage(context.state, message)
    void context.events.messageDeleted(message)
    return { channel: channel.id, ts: message.ts }
  },

  'chat.getPermalink': (context) => {
    const channel = visibleChannel(context)
    const message = messageIn(context, channel, textArg(context, 'message_ts'))
    return { channel: channel.id, permalink: permalink(message) }
  },
}

/** A channel that the bot may post in; the id of a person means the conversation with that person. */
function writableChannel(context: ApiContext): StoredChannel {
  const { state } = context
  const id = textArg(context, 'channel')
  const person = personOf(state, id)
  if (person?.kind === 'deactivated' || person?.kind === 'bot') return refuse('channel_not_found')
  const channel = person ? directChannel(state, person.id) : channelOf(state, id)
  if (!channel) return refuse('channel_not_found')
  const isMember = channel.members.includes(state.world.botUserId)
  if (!isMember && channel.kind !== 'public') refuse('channel_not_found')
  if (channel.isArchived) refuse('is_archived')
  if (!isMember) refuse('not_in_channel')
  return channel
}

/** An answer to an answer belongs to the thread's first message. */
function threadOf(context: ApiContext, channel: StoredChannel): string | null {
  const threadTs = textArg(context, 'thread_ts')
  if (threadTs === '') return null
  const first = messageAt(context.state, channel.id, threadTs)
  return first ? (first.threadTs ?? first.ts) : refuse('cannot_reply_to_message')
}

function withWarnings(warnings: readonly string[]): Record<string, unknown> {
  return warnings.length === 0 ? {} : { warning: warnings.join(','), response_metadata: { warnings } }
}
