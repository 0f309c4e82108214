/** conversations.*: channels, who is in them, what was said there. Also pins. */
import { refuse } from '../refusal.ts'
import { channelOf, directChannel, messageAt, messagesOf, personOf, type State, type StoredChannel } from '../state.ts'
import { type ApiContext, type ApiMethod, flagArg, page, textArg } from './call.ts'
import { wireMessage } from './chat.ts'

const nameMax = 80
const topicMax = 250
const inviteMax = 100
const pinsMax = 100

export const conversations: Record<string, ApiMethod> = {
  'conversations.create': ({ state, args, emit }) => {
    const name = validName(state, textArg(args, 'name'), null)
    const channel: StoredChannel = {
      id: state.newId('C'),
      name,
      kind: flagArg(args, 'is_private') ? 'private' : 'public',
      topic: '',
      isArchived: false,
      members: [state.world.botUserId],
      pins: [],
      bookmarks: [],
      creator: state.world.botUserId,
      created: Math.floor(state.clock.now().getTime() / 1_000),
      purpose: '',
    }
    state.world.channels.push(channel)
    state.changed()
    emit('channel_created', { channel: { id: channel.id, name, created: channel.created, creator: channel.creator } })
    return { channel: wireChannel(state, channel) }
  },

  'conversations.rename': (context) => {
    const channel = mine(context)
    channel.name = validName(context.state, textArg(context.args, 'name'), channel.id)
    context.state.changed()
    return { channel: wireChannel(context.state, channel) }
  },

  'conversations.archive': (context) => {
    const channel = mine(context, { mayBeArchived: true })
    if (channel.isArchived) refuse('already_archived')
    if (channel.name === 'general') refuse('cant_archive_general')
    channel.isArchived = true
    context.state.changed()
    return {}
  },

  'conversations.unarchive': (context) => {
    const channel = mine(context, { mayBeArchived: true })
    if (!channel.isArchived) refuse('not_archived')
    channel.isArchived = false
    context.state.changed()
    return {}
  },

  'conversations.invite': (context) => {
    const channel = mine(context)
    const users = textArg(context.args, 'users').split(',').filter(Boolean)
    if (users.length > inviteMax) refuse('invalid_arguments')
    const errors = users.flatMap((user) => inviteProblem(context.state, channel, user))
    const [first] = errors
    if (first) refuse(first.error, { errors })
    channel.members.push(...users)
    context.state.changed()
    for (const user of users) context.emit('member_joined_channel', { user, channel: channel.id, inviter: context.state.world.botUserId })
    return { channel: wireChannel(context.state, channel) }
  },

  'conversations.join': ({ state, args }) => {
    const channel = visible(state, textArg(args, 'channel'))
    if (channel.isArchived) refuse('is_archived')
    if (channel.kind !== 'public') refuse('method_not_supported_for_channel_type')
    if (!channel.members.includes(state.world.botUserId)) channel.members.push(state.world.botUserId)
    state.changed()
    return { channel: wireChannel(state, channel) }
  },

  'conversations.open': ({ state, args }) => {
    const [user = '', ...more] = textArg(args, 'users').split(',')
    if (user === '') refuse('users_list_not_supplied')
    if (more.length > 0) refuse('too_many_users')
    const person = personOf(state, user) ?? refuse('user_not_found')
    if (person.kind === 'deactivated') refuse('user_disabled')
    return { channel: { id: directChannel(state, user).id } }
  },

  'conversations.info': ({ state, args }) => ({ channel: wireChannel(state, visible(state, textArg(args, 'channel'))) }),

  'conversations.list': ({ state, args }) => {
    const types = (textArg(args, 'types') || 'public_channel').split(',')
    const kinds: Record<string, string> = { public: 'public_channel', private: 'private_channel', dm: 'im' }
    const all = state.world.channels.filter((channel) => {
      if (!types.includes(kinds[channel.kind] ?? '')) return false
      if (channel.kind === 'private' && !channel.members.includes(state.world.botUserId)) return false
      return !(flagArg(args, 'exclude_archived') && channel.isArchived)
    })
    const { items, next } = page(all, args, 100)
    return { channels: items.map((channel) => wireChannel(state, channel)), response_metadata: { next_cursor: next } }
  },

  'conversations.members': ({ state, args }) => {
    const { items, next } = page(visible(state, textArg(args, 'channel')).members, args, 100)
    return { members: items, response_metadata: { next_cursor: next } }
  },

  'conversations.history': (context) => {
    const channel = mine(context, { mayBeArchived: true })
    const inChannel = messagesOf(context.state, channel.id).filter((message) => message.threadTs === null || message.threadTs === message.ts)
    return history(context, inChannel)
  },

  'conversations.replies': (context) => {
    const channel = mine(context, { mayBeArchived: true })
    const ts = textArg(context.args, 'ts')
    const thread = messagesOf(context.state, channel.id).filter((message) => message.ts === ts || message.threadTs === ts)
    if (thread.length === 0) refuse('thread_not_found')
    return history(context, thread.toReversed())
  },

  'conversations.setTopic': (context) => {
    const channel = mine(context)
    const topic = textArg(context.args, 'topic')
    if (topic.length > topicMax) refuse('too_long')
    channel.topic = topic
    context.state.changed()
    return { channel: wireChannel(context.state, channel) }
  },

  'conversations.setPurpose': (context) => {
    const channel = mine(context)
    const purpose = textArg(context.args, 'purpose')
    if (purpose.length > topicMax) refuse('too_long')
    channel.purpose = purpose
    context.state.changed()
    return { purpose }
  },

  'pins.add': (context) => {
    const channel = mine(context)
    const ts = textArg(context.args, 'timestamp')
    if (ts === '') refuse('no_item_specified')
    if (!messageAt(context.state, channel.id, ts)) refuse('message_not_found')
    if (channel.pins.includes(ts)) refuse('already_pinned')
    if (channel.pins.length >= pinsMax) refuse('too_many_pins')
    channel.pins.push(ts)
    context.state.changed()
    return {}
  },
}

function history({ state, args }: ApiContext, messages: ReturnType<typeof messagesOf>): Record<string, unknown> {
  const [oldest, latest] = [textArg(args, 'oldest'), textArg(args, 'latest')]
  const isInclusive = flagArg(args, 'inclusive')
  const chosen = messages.filter(({ ts, deleted, onlyFor }) => {
    if (deleted || onlyFor !== null) return false
    if (oldest !== '' && (isInclusive ? Number(ts) < Number(oldest) : Number(ts) <= Number(oldest))) return false
    return !(latest !== '' && (isInclusive ? Number(ts) > Number(latest) : Number(ts) >= Number(latest)))
  })
  const { items, next } = page(chosen.toReversed(), args, 100)
  const withMetadata = flagArg(args, 'include_all_metadata')
  return {
    messages: items.map((message) => wireMessage(state, message, withMetadata)),
    has_more: next !== '',
    response_metadata: { next_cursor: next },
  }
}

/** A channel the bot can see. */
function visible(state: State, id: string): StoredChannel {
  const channel = channelOf(state, id)
  if (!channel || (channel.kind === 'private' && !channel.members.includes(state.world.botUserId))) return refuse('channel_not_found')
  return channel
}

/** A channel the bot is in. */
function mine({ state, args }: ApiContext, { mayBeArchived = false } = {}): StoredChannel {
  const channel = visible(state, textArg(args, 'channel'))
  if (!channel.members.includes(state.world.botUserId)) refuse('not_in_channel')
  if (channel.isArchived && !mayBeArchived) refuse('is_archived')
  return channel
}

function validName(state: State, name: string, own: string | null): string {
  if (name === '') refuse('invalid_name_required')
  if (name.length > nameMax) refuse('invalid_name_maxlength')
  if (!/^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name)) refuse('invalid_name_specials')
  if (!/[\p{L}\p{N}]/u.test(name)) refuse('invalid_name_punctuation')
  // Names of archived channels stay taken.
  if (state.world.channels.some((channel) => channel.name === name && channel.id !== own)) refuse('name_taken')
  return name
}

function inviteProblem(state: State, channel: StoredChannel, user: string): { user: string; ok: false; error: string }[] {
  const person = personOf(state, user)
  const error =
    user === state.world.botUserId
      ? 'cant_invite_self'
      : !person
        ? 'user_not_found'
        : person.kind === 'deactivated'
          ? 'cant_invite'
          : person.kind === 'guest'
            ? 'user_is_restricted'
            : channel.members.includes(user)
              ? 'already_in_channel'
              : null
  return error === null ? [] : [{ user, ok: false, error }]
}

function wireChannel(state: State, channel: StoredChannel): Record<string, unknown> {
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'public',
    is_private: channel.kind !== 'public',
    is_im: channel.kind === 'dm',
    is_archived: channel.isArchived,
    is_general: channel.name === 'general',
    is_member: channel.members.includes(state.world.botUserId),
    is_ext_shared: false,
    creator: channel.creator,
    created: channel.created,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: channel.purpose, creator: '', last_set: 0 },
    num_members: channel.members.length,
  }
}
