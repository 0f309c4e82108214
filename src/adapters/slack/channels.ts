/**
 * Channels as they should be: what we last left is compared with what is wanted now, and only the difference is done.
 * What people changed since is theirs and stays; what they changed is told to whoever wants the channel.
 */
import type { ChannelChange } from '../../core/effects.ts'
import type { Delivered, Delivery } from '../../core/ports.ts'
import { shorten } from '../../lib/text.ts'
import type { Call } from './call.ts'
import { keepBookmarks } from './channel-bookmarks.ts'
import { type ChannelEffect, type ChannelsOptions, type Keeping, KnownChannel, usualPurpose } from './channel-known.ts'
import { type Current, lookAt, note } from './channel-looks.ts'
import { openChannel, renameChannel } from './channel-names.ts'
import { keepPurpose, keepTopic, topicMax } from './channel-words.ts'
import { accepting, codeOf } from './errors.ts'
import { inviteMissing } from './invitations.ts'
import { asMember } from './places.ts'

export interface Channels {
  keep(call: Call, delivery: Delivery<ChannelEffect>): Promise<Delivered>
}

export function createChannels(options: ChannelsOptions): Channels {
  return {
    async keep(call, delivery) {
      const { name, desired } = delivery.effect
      const channel = KnownChannel.safeParse(structuredClone(delivery.observed)).data
      // Words, people and bookmarks come after the first message: each of them may have to wait for Slack.
      if (!channel) {
        const opened = await openChannel(call, delivery, options.botUserId())
        return { observed: asOpened(opened, desired), isUnfinished: true }
      }
      const changed: ChannelChange = {}
      try {
        await bringUpToDate({ ...options, call, desired, name, isLook: delivery.isLook ?? false }, channel, changed)
      } catch (error) {
        const end = endOf(codeOf(error))
        if (end === null) throw error
        // Whoever archived or deleted it is done with it. It is looked at again when something else is wanted of it.
        note(channel, changed, end)
      }
      return { observed: channel, ...(Object.keys(changed).length > 0 ? { changed } : {}) }
    },
  }
}

function endOf(code: string): ChannelChange | null {
  if (code === 'is_archived') return { isArchived: true }
  return code === 'channel_not_found' ? { isGone: true } : null
}

function asOpened({ id, name }: { id: string; name: string }, desired: ChannelEffect['desired']): KnownChannel {
  const { name: wantedName, isPrivate } = desired
  return KnownChannel.parse({ channelId: id, name, wantedName, isPrivate, purpose: desired.purpose ?? usualPurpose })
}

/** Writes into `channel` what it has done, step by step, so that an interruption loses nothing. */
async function bringUpToDate(keeping: Keeping, channel: KnownChannel, changed: ChannelChange): Promise<void> {
  const { call, desired, membersOf } = keeping
  const wants = differences(channel, desired)
  const isAsked = keeping.isLook || channel.isArchived || channel.isGone
  const isLookedAt = isAsked || wants.topic || wants.name || wants.purpose
  const current = isLookedAt ? await lookAt(call, channel, changed) : null
  if (channel.isArchived) await unarchive(call, channel, desired, changed)
  if (channel.isArchived || channel.isGone || (isLookedAt && current === null)) return
  // People first: Slack lets us invite more often than it lets us set a topic.
  const groups = await Promise.all((desired.groups ?? []).map(membersOf))
  await inviteMissing(call, channel, [...new Set([...desired.members, ...groups.flat()])])
  if (current !== null) await keepWords(keeping, channel, { current, wants })
  if (desired.bookmarks) await keepBookmarks(keeping, channel, desired.bookmarks)
  await archive(call, channel, desired)
}

interface Wants {
  topic: boolean
  name: boolean
  purpose: boolean
}

function differences(channel: KnownChannel, desired: ChannelEffect['desired']): Wants {
  const isOurs = (what: 'name' | 'topic' | 'purpose') => !channel.changedByPeople.includes(what)
  return {
    topic: shorten(desired.topic, topicMax) !== channel.topic && isOurs('topic'),
    name: desired.name !== channel.wantedName && isOurs('name'),
    purpose: (desired.purpose ?? usualPurpose) !== channel.purpose && isOurs('purpose'),
  }
}

async function keepWords(
  keeping: Keeping,
  channel: KnownChannel,
  { current, wants }: { current: Current; wants: Wants },
): Promise<void> {
  const { call, desired } = keeping
  if (wants.topic) await keepTopic(keeping, channel, current)
  if (wants.purpose) await keepPurpose(keeping, channel, current)
  // A person may have named it while we looked.
  if (!wants.name || channel.changedByPeople.includes('name')) return
  channel.name = await renameChannel(call, channel.channelId, desired.name)
  channel.wantedName = desired.name
}

async function archive(call: Call, channel: KnownChannel, desired: ChannelEffect['desired']): Promise<void> {
  const wanted = desired.isArchived ?? false
  if (wanted && !channel.wantedArchived) {
    const { channelId } = channel
    await asMember(call, channelId, () =>
      accepting(['already_archived'], call('conversations.archive', { channel: channelId })).then((done) => done ?? {}),
    )
    channel.isArchived = true
  }
  channel.wantedArchived = wanted
}

/**
 * Only when we archived it and want it open again. Slack sends bots out of what is archived and then says that they are
 * not in it (`not_in_channel`), so as a rule this is a question to people; asking Slack costs one call, and it may learn.
 */
async function unarchive(
  call: Call,
  channel: KnownChannel,
  desired: ChannelEffect['desired'],
  changed: ChannelChange,
): Promise<void> {
  const wanted = desired.isArchived ?? false
  if (wanted || !channel.wantedArchived) return
  try {
    await accepting(['not_archived'], call('conversations.unarchive', { channel: channel.channelId }))
    channel.isArchived = false
  } catch (error) {
    if (!byHandCodes.test(codeOf(error))) throw error
    changed.needsUnarchiving = true
  }
  channel.wantedArchived = false
}

const byHandCodes =
  /^(not_in_channel|channel_not_found|user_is_bot|restricted_action|not_allowed_token_type|missing_scope|method_not_supported)/
