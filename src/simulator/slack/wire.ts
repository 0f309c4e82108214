/** How people, channels, messages and views look in Slack's answers and payloads. */
import type { SlackFile, SlackMessage, SlackPerson } from '../types.ts'
import type { State, StoredChannel, StoredView } from './state.ts'
import { valuesOf } from './view-state.ts'

export const workspace = { name: 'Tocsin Try', domain: 'tocsin-try', url: 'https://tocsin-try.slack.example/' }

// Strangers are at home in another workspace: Slack Connect.
const strangersTeamId = 'T0ELSEWHER'

export function permalink(message: SlackMessage): string {
  const base = `${workspace.url}archives/${message.channelId}/p${message.ts.replace('.', '')}`
  return message.threadTs === null ? base : `${base}?thread_ts=${message.threadTs}&cid=${message.channelId}`
}

/** Metadata is shown only where it was asked for. */
export function wireMessage(
  state: State,
  message: SlackMessage,
  { withMetadata = false } = {},
): Record<string, unknown> {
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
    ...(message.reactions.length === 0 ? {} : { reactions: wireReactions(message) }),
    ...(message.files.length === 0 ? {} : { files: message.files.map((file) => wireFile(state, message.user, file)) }),
    ...(withMetadata && message.metadata ? { metadata: message.metadata } : {}),
  }
}

export function wireFile(state: State, user: string, { id, name, title, content }: SlackFile): Record<string, unknown> {
  return {
    id,
    name,
    title,
    user,
    mimetype: 'text/plain',
    filetype: name.split('.').at(-1) ?? 'text',
    size: Buffer.byteLength(content),
    mode: 'hosted',
    is_external: false,
    is_public: false,
    permalink: `${workspace.url}files/${user}/${id}/${encodeURIComponent(name)}`,
    user_team: state.world.teamId,
  }
}

export function wireReactions(message: SlackMessage): Record<string, unknown>[] {
  return message.reactions.map(({ name, users }) => ({ name, users, count: users.length }))
}

export function wireChannel(state: State, channel: StoredChannel): Record<string, unknown> {
  const isDirect = channel.kind === 'dm'
  return {
    id: channel.id,
    ...(isDirect
      ? { user: channel.members.find((member) => member !== state.world.botUserId) }
      : { name: channel.name, name_normalized: channel.name }),
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_private: channel.kind !== 'public',
    is_im: isDirect,
    is_mpim: false,
    is_archived: channel.isArchived,
    is_general: channel.name === 'general',
    is_member: channel.members.includes(state.world.botUserId),
    is_shared: false,
    is_ext_shared: false,
    context_team_id: state.world.teamId,
    creator: channel.creator,
    created: channel.created,
    topic: { value: channel.topic, creator: channel.topicCreator ?? '', last_set: 0 },
    purpose: { value: channel.purpose, creator: channel.purposeCreator ?? '', last_set: 0 },
    num_members: channel.members.length,
  }
}

/** The address is shown only to apps that may read it. */
export function wirePerson(
  state: State,
  person: SlackPerson,
  { withEmail }: { withEmail: boolean },
): Record<string, unknown> {
  const isBot = person.kind === 'bot'
  return {
    id: person.id,
    team_id: teamIdOf(state, person),
    name: person.name,
    real_name: person.realName,
    deleted: person.kind === 'deactivated',
    is_bot: isBot,
    is_app_user: false,
    is_restricted: person.kind === 'guest',
    is_ultra_restricted: false,
    ...(person.kind === 'stranger' ? { is_stranger: true } : {}),
    tz: person.timeZone,
    profile: {
      real_name: person.realName,
      display_name: person.name,
      title: person.title,
      status_text: person.status ?? '',
      ...(withEmail && !isBot ? { email: person.email } : {}),
      ...(isBot ? { bot_id: state.world.botId, api_app_id: state.world.appId } : {}),
    },
  }
}

export function teamIdOf(state: State, person: SlackPerson): string {
  return person.kind === 'stranger' ? strangersTeamId : state.world.teamId
}

export function wireView(state: State, view: StoredView): Record<string, unknown> {
  return {
    id: view.id,
    team_id: state.world.teamId,
    type: view.type,
    callback_id: view.callbackId,
    private_metadata: view.privateMetadata,
    external_id: view.externalId,
    title: plain(view.title),
    submit: view.submit === null ? null : plain(view.submit),
    close: view.close === null ? null : plain(view.close),
    blocks: view.blocks,
    hash: view.hash,
    state: { values: valuesOf(view) },
    clear_on_close: view.clearOnClose,
    notify_on_close: view.notifyOnClose,
    root_view_id: view.rootViewId,
    previous_view_id: view.previousViewId,
    app_id: state.world.appId,
    app_installed_team_id: state.world.teamId,
    bot_id: state.world.botId,
  }
}

function plain(text: string): Record<string, unknown> {
  return { type: 'plain_text', text, emoji: true }
}
