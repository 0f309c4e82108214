/** conversations.*: who is in a channel. */
import { refuse } from '../refusal.ts'
import { personOf, type State, type StoredChannel } from '../state.ts'
import { wireChannel } from '../wire.ts'
import {
  type ApiContext,
  type ApiMethods,
  flagArg,
  needScope,
  ownChannel,
  page,
  textArg,
  visibleChannel,
} from './call.ts'

const inviteMax = 100

export const members: ApiMethods = {
  'conversations.invite': (context) => {
    const { state, events } = context
    const channel = channelWithMembers(context, 'write.invites')
    const users = textArg(context, 'users')
      .split(',')
      .map((user) => user.trim())
      .filter(Boolean)
    if (users.length === 0) refuse('no_user')
    if (users.length > inviteMax)
      refuse('invalid_arguments', {
        response_metadata: { messages: [`[ERROR] no more than ${inviteMax} items allowed [json-pointer:/users]`] },
      })
    const errors = users.flatMap((user) => {
      const error = whyNotInvited(state, channel, user)
      return error === null ? [] : [{ user, ok: false, error }]
    })
    const [first] = errors
    // All or nothing, unless the caller asks to pass over those who cannot come.
    if (first && !flagArg(context, 'force')) refuse(first.error, { errors })
    const refused = new Set(errors.map((error) => error.user))
    const invited = users.filter((user) => !refused.has(user))
    if (first && invited.length === 0) refuse(first.error, { errors })
    channel.members.push(...invited)
    state.changed()
    for (const user of invited) void events.memberJoined(channel, user, state.world.botUserId)
    return { channel: wireChannel(state, channel), ...(first ? { errors } : {}) }
  },

  'conversations.kick': (context) => {
    const { state, events } = context
    const channel = channelWithMembers(context)
    const user = textArg(context, 'user')
    if (user === state.world.botUserId) refuse('cant_kick_self')
    if (channel.name === 'general') refuse('cant_kick_from_general')
    if (!channel.members.includes(user)) refuse(personOf(state, user) ? 'not_in_channel' : 'user_not_found')
    channel.members = channel.members.filter((member) => member !== user)
    state.changed()
    void events.memberLeft(channel, user)
    return {}
  },

  'conversations.join': (context) => {
    const { state, events } = context
    const channel = visibleChannel(context)
    if (channel.kind !== 'public') refuse('method_not_supported_for_channel_type')
    if (channel.isArchived) refuse('is_archived')
    if (channel.members.includes(state.world.botUserId)) {
      return {
        channel: wireChannel(state, channel),
        warning: 'already_in_channel',
        response_metadata: { warnings: ['already_in_channel'] },
      }
    }
    channel.members.push(state.world.botUserId)
    state.changed()
    void events.memberJoined(channel, state.world.botUserId)
    return { channel: wireChannel(state, channel) }
  },

  'conversations.leave': (context) => {
    const { state, events } = context
    const channel = visibleChannel(context)
    needScope(context, channel, 'manage')
    if (channel.kind === 'dm') refuse('method_not_supported_for_channel_type')
    if (channel.name === 'general') refuse('cant_leave_general')
    if (channel.isArchived) refuse('is_archived')
    if (!channel.members.includes(state.world.botUserId)) return { not_in_channel: true }
    if (channel.members.length === 1) refuse('last_member')
    channel.members = channel.members.filter((member) => member !== state.world.botUserId)
    state.changed()
    void events.memberLeft(channel, state.world.botUserId)
    return {}
  },

  'conversations.members': (context) => {
    const channel = visibleChannel(context)
    needScope(context, channel, 'read')
    const { items, cursor } = page(context, channel.members, 100)
    return { members: items, response_metadata: cursor }
  },
}

function channelWithMembers(context: ApiContext, ...narrower: readonly string[]): StoredChannel {
  const channel = visibleChannel(context)
  needScope(context, channel, 'manage', ...narrower)
  if (channel.kind === 'dm') refuse('method_not_supported_for_channel_type')
  return ownChannel(context)
}

function whyNotInvited(state: State, channel: StoredChannel, userId: string): string | null {
  if (userId === state.world.botUserId) return 'cant_invite_self'
  const person = personOf(state, userId)
  if (!person) return 'user_not_found'
  if (channel.members.includes(userId)) return 'already_in_channel'
  switch (person.kind) {
    case 'deactivated':
      return 'cant_invite'
    case 'guest':
      return 'user_is_restricted'
    // People of other companies come by an invitation of another kind.
    case 'stranger':
      return 'no_external_invite_permission'
    default:
      return null
  }
}
