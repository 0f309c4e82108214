/**
 * The Slack app manifest, made from what the features declare: a command, shortcut or event that is not declared is
 * not in it, and one that is cannot be forgotten. Scopes stand beside the calls that need them.
 */
import { stringify } from 'yaml'
import type { Feature } from './feature.ts'
import { channelSubscriptions } from './our-channels.ts'

export interface ManifestOptions {
  features: readonly Feature[]
  /** Where Slack reaches us; null for Socket Mode. */
  publicUrl: string | null
}

/** Why each scope is asked for. A scope without a reason is not asked for. */
const scopes: Readonly<Record<string, string>> = {
  'app_mentions:read': 'hear @tocsin',
  commands: 'slash commands and shortcuts',
  'chat:write': 'post and edit messages',
  'channels:manage': 'open incident channels, set their topic, invite, archive',
  'channels:read': 'find the channels that tocsin.yml names',
  'channels:history': 'look for our own message before posting it a second time',
  'channels:join': 'join a public channel that tocsin.yml names',
  'groups:history': 'the same look in private channels we were invited to',
  'groups:read': 'find private channels we were invited to',
  'groups:write': 'the same for private incidents',
  'bookmarks:read': 'see which bookmarks a channel has, before adding one',
  'bookmarks:write': 'keep links at the top of an incident channel',
  'reactions:read': 'hear which messages people mark for the timeline',
  'reactions:write': 'mark a message that went into the timeline',
  'files:read': 'know the names of files that people post in an incident channel',
  'files:write': 'post exports as a file',
  'im:write': 'write to one person',
  'im:history': 'look for our own message there before posting it again',
  'pins:write': 'pin the card',
  'users:read': 'tell members from guests and strangers, and who is away',
  'dnd:read': 'say that somebody has paused their notifications before they are given a role',
  'usergroups:read': 'groups in tocsin.yml that name a user group',
  'usergroups:write': 'keep a user group at who is on call',
}

export function manifestFor({ features, publicUrl }: ManifestOptions) {
  const nouns = features.flatMap((feature) => feature.nouns ?? [])
  const shortcuts = features.flatMap((feature) => feature.shortcuts ?? [])
  const events = [
    ...features.flatMap((feature) => feature.slackEvents ?? []).map(({ subscription }) => subscription),
    ...features.flatMap((feature) => feature.hears ?? []).flatMap(({ subscriptions }) => subscriptions),
    ...channelSubscriptions,
  ]
  const requestUrl = publicUrl === null ? {} : { url: `${publicUrl.replace(/\/$/, '')}/slack/events` }
  const eventsUrl = publicUrl === null ? {} : { request_url: `${publicUrl.replace(/\/$/, '')}/slack/events` }
  return {
    _metadata: { major_version: 2, minor_version: 1 },
    display_information: {
      name: 'Tocsin',
      description: 'Runs incidents from alert to all-clear',
      background_color: '#7a1f1f',
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: 'tocsin', always_online: true },
      shortcuts: shortcuts.map(({ id, name, type, description }) => ({ name, type, callback_id: id, description })),
      slash_commands: nouns.flatMap(({ name, aliases, description, usageHint }) =>
        [name, ...aliases].map((word) => ({
          command: `/${word}`,
          ...requestUrl,
          description,
          usage_hint: usageHint,
          // So that people and channels arrive as ids, not as names.
          should_escape: true,
        })),
      ),
    },
    oauth_config: { scopes: { bot: Object.keys(scopes) } },
    settings: {
      event_subscriptions: { ...eventsUrl, bot_events: [...new Set(events)] },
      interactivity: { is_enabled: true, ...eventsUrl },
      org_deploy_enabled: false,
      socket_mode_enabled: publicUrl === null,
      token_rotation_enabled: false,
    },
  }
}

export function printManifest(options: ManifestOptions): string {
  const mode = options.publicUrl === null ? 'Socket Mode' : `HTTP, at ${options.publicUrl}`
  const why = Object.entries(scopes).map(([scope, reason]) => `#   ${scope}: ${reason}`)
  const head = [
    '# The Slack app, for api.slack.com/apps → Create New App → From a manifest.',
    `# For ${mode}. Made by \`npx tocsin manifest\`; do not edit by hand. Scopes, and why:`,
    ...why,
  ]
  return `${head.join('\n')}\n${stringify(manifestFor(options), { lineWidth: 120 })}`
}
