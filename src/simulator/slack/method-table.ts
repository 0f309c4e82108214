/**
 * What Slack asks of each method: any of these scopes, so many calls a minute, these arguments. A method that does not
 * stand here is `unknown_method`: whoever uses a new one adds it, with what it refuses. Scopes that depend on the kind
 * of channel are looked at again by the method itself.
 */
export interface MethodRule {
  scopes: readonly string[]
  perMinute: number
  required: readonly string[]
}

const [tier2, tier3, tier4] = [20, 50, 100]
// Methods that Slack lists with a limit of their own.
const often = 600

const read = ['channels:read', 'groups:read', 'im:read', 'mpim:read']
const history = ['channels:history', 'groups:history', 'im:history', 'mpim:history']
const manage = ['channels:manage', 'channels:write', 'groups:write']
const topic = ['channels:manage', 'channels:write.topic', 'groups:write', 'groups:write.topic']
const invite = ['channels:manage', 'channels:write.invites', 'groups:write', 'groups:write.invites']

function rule(perMinute: number, scopes: readonly string[], required: readonly string[] = []): MethodRule {
  return { scopes, perMinute, required }
}

export const methodRules: Readonly<Record<string, MethodRule>> = {
  'api.test': rule(tier4, []),
  'auth.test': rule(often, []),
  'team.info': rule(tier3, ['team:read']),
  'bots.info': rule(tier3, ['users:read']),
  // Some of Slack's sources say once a minute. A bot that opens its sockets one after the other must live with that.
  'apps.connections.open': rule(tier3, []),

  // In one channel far less: see rates.ts.
  'chat.postMessage': rule(often, ['chat:write'], ['channel']),
  'chat.update': rule(tier3, ['chat:write'], ['channel', 'ts']),
  'chat.postEphemeral': rule(tier4, ['chat:write'], ['channel', 'user']),
  'chat.delete': rule(tier3, ['chat:write'], ['channel', 'ts']),
  'chat.getPermalink': rule(often, [], ['channel', 'message_ts']),

  'conversations.create': rule(tier2, manage, ['name']),
  'conversations.rename': rule(tier2, manage, ['channel', 'name']),
  'conversations.archive': rule(tier2, manage, ['channel']),
  'conversations.unarchive': rule(tier2, manage, ['channel']),
  'conversations.setTopic': rule(tier2, topic, ['channel', 'topic']),
  'conversations.setPurpose': rule(tier2, topic, ['channel', 'purpose']),
  'conversations.invite': rule(tier3, invite, ['channel', 'users']),
  'conversations.kick': rule(tier3, manage, ['channel']),
  'conversations.join': rule(tier3, ['channels:join'], ['channel']),
  'conversations.leave': rule(tier3, manage, ['channel']),
  'conversations.open': rule(tier3, ['channels:manage', 'groups:write', 'im:write', 'mpim:write']),
  'conversations.info': rule(tier3, read, ['channel']),
  'conversations.list': rule(tier2, read),
  'conversations.members': rule(tier4, read, ['channel']),
  'conversations.history': rule(tier3, history, ['channel']),
  'conversations.replies': rule(tier3, history, ['channel', 'ts']),

  'users.info': rule(tier4, ['users:read'], ['user']),
  'users.getPresence': rule(tier3, ['users:read'], ['user']),
  'dnd.info': rule(tier3, ['dnd:read'], ['user']),
  'users.list': rule(tier2, ['users:read']),
  'users.lookupByEmail': rule(tier3, ['users:read.email'], ['email']),
  'users.conversations': rule(tier2, read),
  'usergroups.list': rule(tier2, ['usergroups:read']),
  'usergroups.users.list': rule(tier2, ['usergroups:read'], ['usergroup']),
  'usergroups.users.update': rule(tier2, ['usergroups:write'], ['usergroup', 'users']),

  'pins.add': rule(tier2, ['pins:write'], ['channel']),
  'pins.remove': rule(tier2, ['pins:write'], ['channel']),
  'pins.list': rule(tier2, ['pins:read'], ['channel']),
  'bookmarks.add': rule(tier2, ['bookmarks:write'], ['channel_id', 'title', 'type']),
  'bookmarks.edit': rule(tier2, ['bookmarks:write'], ['channel_id', 'bookmark_id']),
  'bookmarks.remove': rule(tier2, ['bookmarks:write'], ['channel_id', 'bookmark_id']),
  'bookmarks.list': rule(tier3, ['bookmarks:read'], ['channel_id']),
  'reactions.add': rule(tier3, ['reactions:write'], ['channel', 'name', 'timestamp']),
  'reactions.remove': rule(tier2, ['reactions:write'], ['name']),
  'reactions.get': rule(tier3, ['reactions:read']),

  'files.getUploadURLExternal': rule(tier4, ['files:write'], ['filename', 'length']),
  'files.completeUploadExternal': rule(tier4, ['files:write'], ['files']),
  'files.info': rule(tier4, ['files:read'], ['file']),

  'views.open': rule(tier4, [], ['view']),
  'views.push': rule(tier4, [], ['view']),
  'views.update': rule(tier4, [], ['view']),
  'views.publish': rule(tier4, [], ['user_id', 'view']),
}
