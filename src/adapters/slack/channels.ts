/**
 * Channels as they should be: what we last left is compared with what is wanted now, and only the difference is done.
 * What people changed since is theirs and stays.
 */
import { z } from 'zod'
import type { SlackEffect } from '../../core/effects.ts'
import type { Delivered, Delivery } from '../../core/ports.ts'
import { unescapeText as unescapeMarkup } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import type { Call } from './call.ts'
import { openChannel, renameChannel } from './channel-names.ts'
import { codeOf } from './errors.ts'
import { inviteMissing } from './invitations.ts'
import { asMember } from './places.ts'

export type ChannelEffect = Extract<SlackEffect, { kind: 'slack.channel' }>

/** A channel as we left it. What differs from this was changed by a person. */
const Known = z.object({
  channelId: z.string(),
  name: z.string(),
  /** What was asked for when it got its name, which may be another because that one was taken. */
  wantedName: z.string().default(''),
  topic: z.string().default(''),
  isArchived: z.boolean().default(false),
  invited: z.array(z.string()).default([]),
  /** Who could not be invited, and why, in Slack's word. */
  skipped: z.record(z.string(), z.string()).default({}),
  /** What a person has changed; we leave it alone from then on. */
  changedByPeople: z.array(z.enum(['name', 'topic'])).default([]),
})
export type KnownChannel = z.infer<typeof Known>

export interface Channels {
  keep(call: Call, delivery: Delivery<ChannelEffect>): Promise<Delivered>
}

const topicMax = 250
const unfinishedMax = 500

export function createChannels(botUserId: () => string | null): Channels {
  // How far an attempt came that Slack interrupted. Only a shortcut: another process finds the channel by its name.
  const unfinished = new Map<string, KnownChannel>()

  async function keep(call: Call, delivery: Delivery<ChannelEffect>): Promise<Delivered> {
    const { name, desired } = delivery.effect
    const before = Known.safeParse(delivery.observed).data ?? unfinished.get(name)
    const channel = structuredClone(before) ?? asOpened(await openChannel(call, delivery, botUserId()), desired.name)
    try {
      await bringUpToDate(call, channel, desired, botUserId())
    } catch (error) {
      if (codeOf(error) !== 'is_archived') {
        remember(name, channel)
        throw error
      }
      // Whoever archived it is done with it. It is looked at again when something else is wanted of it.
      channel.isArchived = true
    }
    unfinished.delete(name)
    return { observed: channel }
  }

  function remember(name: string, channel: KnownChannel): void {
    unfinished.set(name, channel)
    const [oldest] = unfinished.keys()
    if (unfinished.size > unfinishedMax && oldest !== undefined) unfinished.delete(oldest)
  }

  return { keep }
}

function asOpened({ id, name }: { id: string; name: string }, wantedName: string): KnownChannel {
  return {
    channelId: id,
    name,
    wantedName,
    topic: '',
    isArchived: false,
    invited: [],
    skipped: {},
    changedByPeople: [],
  }
}

/** Writes into `channel` what it has done, step by step, so that an interruption loses nothing. */
async function bringUpToDate(
  call: Call,
  channel: KnownChannel,
  desired: ChannelEffect['desired'],
  botUserId: string | null,
): Promise<void> {
  const topic = shorten(desired.topic, topicMax)
  const wantsTopic = topic !== channel.topic && !channel.changedByPeople.includes('topic')
  const wantsName = desired.name !== channel.wantedName && !channel.changedByPeople.includes('name')
  if (wantsTopic || wantsName || channel.isArchived) {
    const current = await look(call, channel.channelId)
    channel.isArchived = current.is_archived
    if (channel.isArchived) return
    if (wantsTopic) await keepTopic(call, channel, { current, topic, botUserId })
    if (wantsName) await keepName(call, channel, { current, name: desired.name })
  }
  await inviteMissing(call, channel, desired.members)
}

const Current = z.object({
  name: z.string(),
  is_archived: z.boolean().default(false),
  topic: z
    .object({ value: z.string().default(''), creator: z.string().default('') })
    .default({ value: '', creator: '' }),
})
type Current = z.infer<typeof Current>

async function look(call: Call, channelId: string): Promise<Current> {
  const answer = await call('conversations.info', { channel: channelId })
  return Current.parse(answer.channel)
}

async function keepTopic(
  call: Call,
  channel: KnownChannel,
  given: { current: Current; topic: string; botUserId: string | null },
): Promise<void> {
  const { current, topic, botUserId } = given
  const isOurs = current.topic.creator === botUserId || plain(current.topic.value) === plain(channel.topic)
  if (!isOurs) {
    channel.changedByPeople.push('topic')
    return
  }
  await asMember(call, channel.channelId, () => call('conversations.setTopic', { channel: channel.channelId, topic }))
  channel.topic = topic
}

async function keepName(
  call: Call,
  channel: KnownChannel,
  { current, name }: { current: Current; name: string },
): Promise<void> {
  if (current.name !== channel.name) {
    channel.changedByPeople.push('name')
    channel.name = current.name
    return
  }
  channel.name = await renameChannel(call, channel.channelId, name)
  channel.wantedName = name
}

/** Slack gives topics back escaped, and makes links of what looks like one. */
function plain(topic: string): string {
  return unescapeMarkup(topic)
    .replace(/<(https?:[^|>]+)(\|[^>]*)?>/g, '$1')
    .trim()
}
