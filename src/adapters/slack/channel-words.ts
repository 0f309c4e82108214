/** The topic and the purpose of a channel. Once a person has written one, it is theirs. */
import { unescapeText as unescapeMarkup } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { type Keeping, type KnownChannel, usualPurpose } from './channel-known.ts'
import type { Current } from './channel-looks.ts'
import { asMember } from './places.ts'

export const topicMax = 250

/** Carries our name for the channel, by which it is found again. */
export function purposeWith(words: string, name: string): string {
  const mark = ` (tocsin:${name})`
  return `${shorten(words, topicMax - mark.length)}${mark}`
}

export async function keepTopic(
  { call, desired, botUserId }: Keeping,
  channel: KnownChannel,
  { topic: current }: Current,
): Promise<void> {
  const topic = shorten(desired.topic, topicMax)
  if (!isOurs(current, channel.topic, botUserId())) {
    channel.changedByPeople.push('topic')
    return
  }
  await asMember(call, channel.channelId, () => call('conversations.setTopic', { channel: channel.channelId, topic }))
  channel.topic = topic
}

export async function keepPurpose(
  { call, desired, botUserId, name }: Keeping,
  channel: KnownChannel,
  { purpose: current }: Current,
): Promise<void> {
  const words = desired.purpose ?? usualPurpose
  if (!isOurs(current, purposeWith(channel.purpose, name), botUserId())) {
    channel.changedByPeople.push('purpose')
    return
  }
  const purpose = purposeWith(words, name)
  await asMember(call, channel.channelId, () =>
    call('conversations.setPurpose', { channel: channel.channelId, purpose }),
  )
  channel.purpose = words
}

function isOurs(current: Current['topic'], before: string, botUserId: string | null): boolean {
  return (botUserId !== null && current.creator === botUserId) || plain(current.value) === plain(before)
}

/** Slack gives topics back escaped, and makes links of what looks like one. */
function plain(topic: string): string {
  return unescapeMarkup(topic)
    .replace(/<(https?:[^|>]+)(\|[^>]*)?>/g, '$1')
    .trim()
}
