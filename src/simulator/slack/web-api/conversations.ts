/** conversations.*: the channels themselves. Who is in them stands in members.ts, what was said in history.ts. */
import { refuse } from '../refusal.ts'
import { addChannel, archiveChannel, directChannel, personOf, type State, type StoredChannel } from '../state.ts'
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

const nameMax = 80
const topicMax = 250

export const conversations: ApiMethods = {
  'conversations.create': (context) => {
    const { state, events } = context
    const kind = flagArg(context, 'is_private') ? 'private' : 'public'
    needScope(context, { kind }, 'manage')
    const name = validName(state, textArg(context, 'name'))
    const channel = addChannel(state, { id: state.newId('C'), name, kind, members: [state.world.botUserId] })
    void events.channelChanged('created', channel)
    return { channel: wireChannel(state, channel) }
  },

  'conversations.rename': (context) => {
    const channel = manageable(context)
    channel.name = validName(context.state, textArg(context, 'name'), channel)
    context.state.changed()
    void context.events.channelChanged('rename', channel)
    return { channel: wireChannel(context.state, channel) }
  },

  'conversations.archive': (context) => {
    const channel = manageable(context, { isArchivedRefusal: 'already_archived' })
    if (channel.name === 'general') refuse('cant_archive_general')
    archiveChannel(context.state, channel)
    void context.events.channelChanged('archive', channel)
    return {}
  },

  // Slack sends bots out of what is archived, and lets in nobody who is not in it: no bot has ever got past this.
  'conversations.unarchive': (context) => {
    manageable(context, { isArchivedRefusal: 'not_in_channel' })
    return refuse('not_archived')
  },

  'conversations.setTopic': (context) => {
    const channel = manageable(context, { narrower: 'write.topic' })
    channel.topic = shortText(context, 'topic')
    channel.topicCreator = context.state.world.botUserId
    context.state.changed()
    return { channel: wireChannel(context.state, channel) }
  },

  'conversations.setPurpose': (context) => {
    const channel = manageable(context, { narrower: 'write.topic' })
    channel.purpose = shortText(context, 'purpose')
    channel.purposeCreator = context.state.world.botUserId
    context.state.changed()
    return { purpose: channel.purpose }
  },

  'conversations.open': (context) => {
    const { state } = context
    needScope(context, { kind: 'dm' }, 'write')
    const [userId = '', ...more] = textArg(context, 'users').split(',')
    if (userId === '') refuse('users_list_not_supplied')
    // Slack opens group conversations as well; the bot speaks to one person at a time, so these are not played.
    if (more.length > 0) refuse('too_many_users')
    const person = personOf(state, userId) ?? refuse('user_not_found')
    if (person.kind === 'deactivated') refuse('user_disabled')
    if (person.kind === 'bot') refuse('invalid_user_combination')
    const channel = directChannel(state, userId)
    return { channel: flagArg(context, 'return_im') ? wireChannel(state, channel) : { id: channel.id } }
  },

  'conversations.info': (context) => {
    const channel = visibleChannel(context)
    needScope(context, channel, 'read')
    return { channel: wireChannel(context.state, channel) }
  },

  'conversations.list': (context) => {
    const { state } = context
    const types = (textArg(context, 'types') || 'public_channel').split(',').map((type) => type.trim())
    if (types.some((type) => !(type in kindOf))) refuse('invalid_types')
    const kinds = types.flatMap((type) => kindOf[type] ?? [])
    for (const kind of kinds) needScope(context, { kind }, 'read')
    const isListed = (channel: StoredChannel) =>
      kinds.includes(channel.kind) &&
      (channel.kind === 'public' || channel.members.includes(state.world.botUserId)) &&
      !(flagArg(context, 'exclude_archived') && channel.isArchived)
    const { items, cursor } = page(context, state.world.channels.filter(isListed), 100)
    return { channels: items.map((channel) => wireChannel(state, channel)), response_metadata: cursor }
  },
}

// Group conversations do not exist here, so there are none to list.
const kindOf: Readonly<Record<string, readonly StoredChannel['kind'][]>> = {
  public_channel: ['public'],
  private_channel: ['private'],
  im: ['dm'],
  mpim: [],
}

function manageable(context: ApiContext, { isArchivedRefusal = 'is_archived', narrower = '' } = {}): StoredChannel {
  const channel = visibleChannel(context)
  needScope(context, channel, 'manage', ...(narrower === '' ? [] : [narrower]))
  if (channel.kind === 'dm') refuse('method_not_supported_for_channel_type')
  if (channel.isArchived) refuse(isArchivedRefusal)
  return ownChannel(context)
}

function shortText(context: ApiContext, name: string): string {
  const text = textArg(context, name)
  return text.length > topicMax ? refuse('too_long') : text
}

export function validName(state: State, name: string, own?: StoredChannel): string {
  if (name === '') refuse('invalid_name_required')
  if (name.length > nameMax) refuse('invalid_name_maxlength')
  if (!/^[\p{Ll}\p{Lo}\p{Lm}\p{M}\p{N}_-]+$/u.test(name)) refuse('invalid_name_specials')
  if (!/[\p{L}\p{N}]/u.test(name)) refuse('invalid_name_punctuation')
  // Names of archived channels stay taken.
  const isTaken = state.world.channels.some((channel) => channel.name === name && channel !== own)
  return isTaken ? refuse('name_taken') : name
}
