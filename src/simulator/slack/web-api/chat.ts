/** chat.*: what is said, changed and taken back. */
import type { SlackBlock, SlackMessage } from '../../types.ts'
import { findBlockProblems, isTooLong } from '../block-rules.ts'
import { refuse } from '../refusal.ts'
import { addMessage, channelOf, directChannel, messageAt, personOf, type State, type StoredChannel } from '../state.ts'
import { type ApiMethod, jsonArg, textArg } from './call.ts'

const textMax = 40_000
const updateTextMax = 4_000

export const chat: Record<string, ApiMethod> = {
  'chat.postMessage': ({ state, args, emit }) => {
    const channel = writable(state, textArg(args, 'channel'))
    const { text, blocks } = contentOf(args, textMax)
    if (isTooLong(blocks)) refuse('msg_blocks_too_long')
    const threadTs = textArg(args, 'thread_ts') || null
    const message = addMessage(state, {
      channelId: channel.id,
      user: state.world.botUserId,
      text: text.slice(0, textMax),
      blocks,
      threadTs,
      metadata: metadataOf(args),
    })
    emit('message', { channel: channel.id, user: state.world.botUserId, bot_id: state.world.botId, text, ts: message.ts })
    return { channel: channel.id, ts: message.ts, message: wireMessage(state, message) }
  },

  'chat.update': ({ state, args }) => {
    const channel = channelOf(state, textArg(args, 'channel')) ?? refuse('channel_not_found')
    const message = messageAt(state, channel.id, textArg(args, 'ts')) ?? refuse('message_not_found')
    if (message.user !== state.world.botUserId) refuse('cant_update_message')
    if (channel.isArchived) refuse('is_archived')
    const { text, blocks } = contentOf(args, updateTextMax)
    message.text = text
    message.blocks = blocks
    message.edited = true
    const metadata = metadataOf(args)
    if (metadata) message.metadata = metadata
    state.changed()
    return { channel: channel.id, ts: message.ts, text, message: wireMessage(state, message) }
  },

  'chat.postEphemeral': ({ state, args }) => {
    const channel = writable(state, textArg(args, 'channel'))
    const user = textArg(args, 'user')
    if (!personOf(state, user)) refuse('user_not_found')
    if (!channel.members.includes(user)) refuse('user_not_in_channel')
    const { text, blocks } = contentOf(args, textMax)
    const message = addMessage(state, { channelId: channel.id, user: state.world.botUserId, text, blocks, onlyFor: user })
    return { message_ts: message.ts }
  },

  'chat.delete': ({ state, args }) => {
    const message = messageAt(state, textArg(args, 'channel'), textArg(args, 'ts')) ?? refuse('message_not_found')
    if (message.user !== state.world.botUserId) refuse('cant_delete_message')
    message.deleted = true
    state.changed()
    return { channel: message.channelId, ts: message.ts }
  },

  'chat.getPermalink': ({ state, args }) => {
    const message = messageAt(state, textArg(args, 'channel'), textArg(args, 'message_ts')) ?? refuse('message_not_found')
    return { channel: message.channelId, permalink: permalink(message) }
  },
}

/** A channel the bot may post in; `U…` opens the conversation with that person. */
function writable(state: State, id: string): StoredChannel {
  const person = personOf(state, id)
  if (person?.kind === 'deactivated') refuse('user_disabled')
  const channel = person ? directChannel(state, person.id) : channelOf(state, id)
  if (!channel) return refuse('channel_not_found')
  if (channel.isArchived) refuse('is_archived')
  if (!channel.members.includes(state.world.botUserId)) refuse(channel.kind === 'private' ? 'channel_not_found' : 'not_in_channel')
  return channel
}

export function contentOf(args: Record<string, unknown>, max: number): { text: string; blocks: SlackBlock[] } {
  const text = textArg(args, 'text')
  const given = jsonArg(args, 'blocks')
  if (given === null) refuse('invalid_blocks_format')
  if (given !== undefined) {
    const errors = findBlockProblems(given, 'message')
    if (errors.length > 0) refuse('invalid_blocks', { errors, response_metadata: { messages: errors.map((error) => `[ERROR] ${error}`) } })
  }
  const blocks = (given ?? []) as SlackBlock[]
  if (text === '' && blocks.length === 0) refuse('no_text')
  if (max === updateTextMax && text.length > max) refuse('msg_too_long')
  return { text, blocks }
}

function metadataOf(args: Record<string, unknown>): SlackMessage['metadata'] {
  const given = jsonArg(args, 'metadata')
  if (given === undefined) return null
  const isFit = typeof given === 'object' && given !== null && 'event_type' in given && 'event_payload' in given
  if (!isFit) refuse('invalid_metadata_format')
  return given as SlackMessage['metadata']
}

export function permalink(message: SlackMessage): string {
  return `https://tocsin-try.slack.example/archives/${message.channelId}/p${message.ts.replace('.', '')}`
}

/** A message as the Web API and events show it. */
export function wireMessage(state: State, message: SlackMessage, withMetadata = false): Record<string, unknown> {
  const isBot = message.user === state.world.botUserId
  return {
    type: 'message',
    user: message.user,
    ...(isBot ? { bot_id: state.world.botId, app_id: state.world.appId } : {}),
    text: message.text,
    ts: message.ts,
    team: state.world.teamId,
    ...(message.blocks.length > 0 ? { blocks: message.blocks } : {}),
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(message.edited ? { edited: { user: message.user, ts: message.ts } } : {}),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
  }
}
