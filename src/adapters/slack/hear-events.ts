/** What Slack's events mean. What the bot did itself, and what says nothing to anybody, means nothing. */
import type { From, Heard } from '../../core/heard.ts'
import { unescapeText as unescapeMarkup } from '../../lib/mrkdwn.ts'
import { cleanDeep } from '../../lib/text.ts'
import { messageIn, stringIn } from './heard-messages.ts'
import type { Identity } from './identity.ts'
import { isRecord } from './payloads.ts'

type Event = Readonly<Record<string, unknown>>

/** What somebody says or does in a channel, wherever that is: most of what Slack sends, and little of it for us. */
export const chatter = ['message', 'reaction_added', 'reaction_removed', 'member_joined_channel']
const channelNews = [
  ...['channel_rename', 'channel_archive', 'channel_unarchive', 'channel_deleted', 'channel_left'],
  ...['group_rename', 'group_archive', 'group_unarchive', 'group_deleted', 'group_left'],
]

/** Whether it happened in a channel, so that it is heard only if that channel is ours. */
export function happensInChannel(event: Event): boolean {
  return [...chatter, ...channelNews].includes(String(event.type)) && channelIn(event) !== undefined
}

/** Slack says `user_change` for each new picture and status; that an account was deactivated is what we want to know. */
export function isDeparture({ user }: Event): boolean {
  return isRecord(user) && user.deleted === true
}

export function hearEvent(given: Event, me: Identity | null): Heard | null {
  switch (given.type) {
    case 'message':
      return hearMessage(given)
    case 'reaction_added':
    case 'reaction_removed':
      return hearReaction(given)
    case 'member_joined_channel':
      return hearArrival(given, me)
    case 'user_change':
      return isDeparture(given) ? hearOther(given) : null
    default:
      return channelNews.includes(String(given.type)) ? hearChannelNews(given) : hearOther(given)
  }
}

// What Slack itself writes into a channel (who joined, the new topic, a pin) is told by other events, or by nobody.
const spoken = [undefined, 'file_share', 'thread_broadcast', 'me_message', 'bot_message']
const converted = ['channel_convert_to_private', 'channel_convert_to_public']

function hearMessage(event: Event): Heard | null {
  const channelId = channelIn(event)
  if (channelId === undefined) return null
  const subtype = stringIn(event.subtype) ?? undefined
  if (converted.includes(String(subtype))) return hearChannelNews(event)
  const before = isRecord(event.previous_message) ? event.previous_message : null
  if (subtype === 'message_deleted') {
    const gone = before ?? { ts: event.deleted_ts }
    return said('deleted', { ...gone, ts: stringIn(event.deleted_ts) ?? gone.ts }, null, channelId)
  }
  if (subtype === 'message_changed') return isRecord(event.message) ? hearEdit(event.message, before, channelId) : null
  return spoken.includes(subtype) ? said('posted', event, null, channelId) : null
}

function hearEdit(message: Event, before: Event | null, channelId: string): Heard | null {
  // The first message of a thread that somebody deleted, while its replies stay.
  if (message.subtype === 'tombstone') return said('deleted', before ?? message, null, channelId)
  // Slack also says "changed" for a link's preview, or one more reply.
  if (before !== null && before.text === message.text) return null
  const textBefore = before ? messageIn(before, channelId).text : null
  return said('edited', message, textBefore, channelId)
}

function said(change: 'posted' | 'edited' | 'deleted', event: Event, before: string | null, channelId: string): Heard {
  const message = messageIn(event, channelId)
  return { kind: 'said', change, message, before, from: from(message.authorId ?? '', channelId) }
}

function hearReaction(event: Event): Heard | null {
  const item = isRecord(event.item) ? event.item : {}
  const [channelId, ts] = [stringIn(item.channel), stringIn(item.ts)]
  if (channelId === null || ts === null) return null
  return {
    kind: 'reacted',
    change: event.type === 'reaction_added' ? 'added' : 'removed',
    // Whatever the skin, it is the same sign.
    emoji: String(event.reaction ?? '').replace(/::skin-tone-\d$/, ''),
    on: { channelId, ts, authorId: stringIn(event.item_user) },
    at: stringIn(event.event_ts) ?? '',
    from: from(personIn(event), channelId),
  }
}

function hearArrival(event: Event, me: Identity | null): Heard | null {
  const channelId = channelIn(event)
  const person = personIn(event)
  if (channelId === undefined) return null
  // The bot was let in: into one of ours again, perhaps.
  if (person === me?.botUserId) return hearChannelNews(event)
  return {
    kind: 'joined',
    invitedBy: stringIn(event.inviter),
    from: { personId: person, channelId },
  }
}

function hearChannelNews(event: Event): Heard | null {
  const channelId = channelIn(event)
  return channelId === undefined ? null : { kind: 'channel', channelId, from: from(personIn(event), channelId) }
}

function hearOther(given: Event): Heard | null {
  const event = cleanDeep({ ...given })
  if (!isRecord(event)) return null
  const texts = typeof event.text === 'string' ? { text: unescapeMarkup(event.text) } : {}
  return {
    kind: 'event',
    type: String(given.type),
    from: from(personIn(event), channelIn(event)),
    event: { ...event, ...texts },
  }
}

/**
 * Said, edited, deleted or marked by us: hearing ourselves, we could go on for ever. Until we know who we are, any bot
 * might be us.
 */
export function isOurOwn(event: Event, me: Identity | null, appId: unknown): boolean {
  switch (event.type) {
    case 'message':
    case 'app_mention':
      return [event, event.message, event.previous_message].filter(isRecord).some(({ user, bot_id, app_id }) => {
        if (app_id !== undefined && app_id === appId) return true
        return me === null ? bot_id !== undefined : user === me.botUserId || bot_id === me.botId
      })
    case 'reaction_added':
    case 'reaction_removed':
      return me !== null && event.user === me.botUserId
    default:
      return false
  }
}

/** Empty where nobody in particular did it. */
export function personIn({ user, message, previous_message }: Event): string {
  if (typeof user === 'string') return user
  if (isRecord(user) && typeof user.id === 'string') return user.id
  for (const side of [message, previous_message]) if (isRecord(side) && typeof side.user === 'string') return side.user
  return ''
}

export function channelIn({ channel, channel_id, item }: Event): string | undefined {
  const inItem = isRecord(item) ? item.channel : undefined
  const inChannel = isRecord(channel) ? channel.id : channel
  return [inChannel, channel_id, inItem].find((id) => typeof id === 'string')
}

function from(personId: string, channelId: string | undefined): From {
  return { personId, channelId: channelId || null }
}
