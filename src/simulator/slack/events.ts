/**
 * What the bot hears by the Events API: only what its manifest subscribes to, and of what is said and done in a channel
 * only where it is a member.
 */
import type { SlackMessage, SlackPerson } from '../types.ts'
import { channelOf, type State, type StoredChannel } from './state.ts'
import { wireMessage, wirePerson } from './wire.ts'

export interface Events {
  messagePosted(message: SlackMessage): Promise<void>
  messageChanged(message: SlackMessage, textBefore: string): Promise<void>
  messageDeleted(message: SlackMessage): Promise<void>
  reacted(
    type: 'reaction_added' | 'reaction_removed',
    message: SlackMessage,
    user: string,
    reaction: string,
  ): Promise<void>
  memberJoined(channel: StoredChannel, user: string, inviter?: string): Promise<void>
  memberLeft(channel: StoredChannel, user: string): Promise<void>
  channelChanged(what: ChannelChange, channel: StoredChannel, user?: string): Promise<void>
  channelConverted(channel: StoredChannel, user: string): Promise<void>
  homeOpened(user: string): Promise<void>
  /** A new status as well as a closed account: Slack makes no difference. */
  personChanged(person: SlackPerson): Promise<void>
}

export type ChannelChange = 'created' | 'rename' | 'archive' | 'unarchive' | 'deleted'

/** Delivers one event; resolves when the bot has answered the first attempt. */
export type Emit = (event: { type: string; [field: string]: unknown }) => Promise<void>

export interface EventsOptions {
  state: State
  /** The subscriptions of the manifest, such as `message.channels`. */
  subscribed: ReadonlySet<string>
  emit: Emit
}

const messageKinds = {
  public: { subscription: 'message.channels', channelType: 'channel' },
  private: { subscription: 'message.groups', channelType: 'group' },
  dm: { subscription: 'message.im', channelType: 'im' },
} as const

export function createEvents({ state, subscribed, emit }: EventsOptions): Events {
  const { world } = state

  async function tell(subscription: string, event: { type: string; [field: string]: unknown }): Promise<void> {
    if (subscribed.has(subscription)) await emit({ ...event, event_ts: state.newTs() })
  }

  function isMember(channel: StoredChannel | undefined): channel is StoredChannel {
    return channel?.members.includes(world.botUserId) ?? false
  }

  async function tellMessage(message: SlackMessage, event: Record<string, unknown>): Promise<void> {
    const channel = channelOf(state, message.channelId)
    // What one person alone sees, nobody else hears of.
    if (!isMember(channel) || message.onlyFor !== null) return
    const { subscription, channelType } = messageKinds[channel.kind]
    await tell(subscription, { type: 'message', channel: channel.id, channel_type: channelType, ...event })
  }

  return {
    async messagePosted(message) {
      const channel = channelOf(state, message.channelId)
      const isMention = message.user !== world.botUserId && message.text.includes(`<@${world.botUserId}`)
      await Promise.all([
        tellMessage(message, {
          ...wireMessage(state, message),
          ...(message.files.length > 0 ? { subtype: 'file_share' } : {}),
        }),
        isMention && isMember(channel) && channel.kind !== 'dm'
          ? tell('app_mention', { ...wireMessage(state, message), type: 'app_mention', channel: channel.id })
          : undefined,
      ])
    },
    messageChanged: (message, textBefore) =>
      tellMessage(message, {
        subtype: 'message_changed',
        hidden: true,
        ts: state.newTs(),
        message: wireMessage(state, message),
        previous_message: { ...wireMessage(state, message), text: textBefore },
      }),
    messageDeleted: (message) =>
      tellMessage(message, {
        subtype: 'message_deleted',
        hidden: true,
        ts: state.newTs(),
        deleted_ts: message.ts,
        previous_message: wireMessage(state, message),
      }),
    async reacted(type, message, user, reaction) {
      if (!isMember(channelOf(state, message.channelId))) return
      const item = { type: 'message', channel: message.channelId, ts: message.ts }
      await tell(type, { type, user, reaction, item_user: message.user, item })
    },
    async memberJoined(channel, user, inviter) {
      if (!isMember(channel)) return
      const channelType = channel.kind === 'private' ? 'G' : 'C'
      const event = { user, channel: channel.id, channel_type: channelType, team: world.teamId }
      await tell('member_joined_channel', { type: 'member_joined_channel', ...event, ...(inviter ? { inviter } : {}) })
    },
    async memberLeft(channel, user) {
      if (!isMember(channel) && user !== world.botUserId) return
      const channelType = channel.kind === 'private' ? 'G' : 'C'
      const event = { user, channel: channel.id, channel_type: channelType, team: world.teamId }
      if (user === world.botUserId) {
        const type = channel.kind === 'private' ? 'group_left' : 'channel_left'
        await tell(type, { type, channel: channel.id })
      }
      await tell('member_left_channel', { type: 'member_left_channel', ...event })
    },
    async channelChanged(what, channel, user = world.botUserId) {
      const isPrivate = channel.kind === 'private'
      // Being archived is told to bots as they are sent out.
      if (isPrivate && (what === 'created' || (what !== 'archive' && !isMember(channel)))) return
      const type = `${isPrivate ? 'group' : 'channel'}_${what}`
      const { id, name, created, creator } = channel
      // The short form where nothing but the fact is news, the long one where the name is.
      const isLong = what === 'created' || what === 'rename'
      await tell(type, {
        type,
        channel: isLong ? { id, name, created, creator } : id,
        ...(isLong ? {} : { user }),
      })
    },
    async channelConverted(channel, user) {
      if (!isMember(channel)) return
      const { subscription, channelType } = messageKinds[channel.kind]
      const message = {
        subtype: 'channel_convert_to_private',
        user,
        text: 'made this channel private',
        ts: state.newTs(),
      }
      await tell(subscription, { type: 'message', channel: channel.id, channel_type: channelType, ...message })
    },
    personChanged: (person) =>
      tell('user_change', { type: 'user_change', user: wirePerson(state, person, { withEmail: false }) }),
    homeOpened: (user) =>
      tell('app_home_opened', { type: 'app_home_opened', user, channel: homeChannelOf(user), tab: 'home' }),
  }

  function homeChannelOf(user: string): string {
    return world.channels.find((channel) => channel.kind === 'dm' && channel.members.includes(user))?.id ?? ''
  }
}
