/**
 * What Slack asks of each method: any of these scopes, so many calls a minute, these arguments. A method that does not
 * stand here is `unknown_method`: whoever uses a new one adds it, and what it refuses.
 */
export interface MethodRule {
  scopes: readonly string[]
  perMinute: number
  required: readonly string[]
}

const [tier2, tier3, tier4] = [20, 50, 100]
const read = ['channels:read', 'groups:read', 'im:read', 'mpim:read']
const history = ['channels:history', 'groups:history', 'im:history', 'mpim:history']
const manage = ['channels:manage', 'groups:write']

function rule(perMinute: number, scopes: readonly string[], required: readonly string[] = []): MethodRule {
  return { scopes, perMinute, required }
}

export const methodRules: Readonly<Record<string, MethodRule>> = {
  'auth.test': rule(600, []),
  'apps.connections.open': rule(tier3, []),
  'chat.postMessage': rule(600, ['chat:write'], ['channel']),
  'chat.update': rule(tier3, ['chat:write'], ['channel', 'ts']),
  'chat.postEphemeral': rule(tier4, ['chat:write'], ['channel', 'user']),
  'chat.delete': rule(tier3, ['chat:write'], ['channel', 'ts']),
  'chat.getPermalink': rule(600, [], ['channel', 'message_ts']),
  'conversations.create': rule(tier2, manage, ['name']),
  'conversations.rename': rule(tier2, manage, ['channel', 'name']),
  'conversations.archive': rule(tier2, manage, ['channel']),
  'conversations.unarchive': rule(tier2, manage, ['channel']),
  'conversations.invite': rule(tier3, manage, ['channel', 'users']),
  'conversations.join': rule(tier3, ['channels:join'], ['channel']),
  'conversations.open': rule(tier3, ['im:write', 'mpim:write', ...manage]),
  'conversations.info': rule(tier3, read, ['channel']),
  'conversations.list': rule(tier2, read),
  'conversations.members': rule(tier4, read, ['channel']),
  'conversations.history': rule(tier3, history, ['channel']),
  'conversations.replies': rule(tier3, history, ['channel', 'ts']),
  'conversations.setTopic': rule(tier2, manage, ['channel', 'topic']),
  'conversations.setPurpose': rule(tier2, manage, ['channel', 'purpose']),
  'users.info': rule(tier4, ['users:read'], ['user']),
  'users.list': rule(tier2, ['users:read']),
  'usergroups.list': rule(tier2, ['usergroups:read']),
  'usergroups.users.list': rule(tier2, ['usergroups:read'], ['usergroup']),
  'pins.add': rule(tier2, ['pins:write'], ['channel']),
  'views.open': rule(tier4, [], ['view']),
  'views.push': rule(tier4, [], ['view']),
  'views.update': rule(tier4, [], ['view']),
  'views.publish': rule(tier4, [], ['user_id', 'view']),
}
