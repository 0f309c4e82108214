/** The methods of Slack's Web API that we use: how often Slack lets them be called, and whether a call may be repeated. */

export interface MethodRule {
  /** Calls a minute in a workspace, as Slack's tiers have it. */
  perMinute: number
  /**
   * `reads`: changes nothing · `repeatable`: twice is as good as once · `once`: a second call would be seen by people,
   * so a lost answer is looked up before anything is sent again.
   */
  effect: 'reads' | 'repeatable' | 'once'
}

const [tier2, tier3, tier4] = [20, 50, 100]

export const methods = {
  'auth.test': { perMinute: 500, effect: 'reads' },
  // With the app's own token; see sockets.ts.
  'apps.connections.open': { perMinute: tier3, effect: 'reads' },
  // Slack promises "several hundred" a minute for the workspace; the limit of each channel is in budget.ts.
  'chat.postMessage': { perMinute: 300, effect: 'once' },
  'chat.update': { perMinute: tier3, effect: 'repeatable' },
  // Seen by one person only, who would rather read a sentence twice than not at all.
  'chat.postEphemeral': { perMinute: tier4, effect: 'repeatable' },
  'conversations.create': { perMinute: tier2, effect: 'once' },
  'conversations.rename': { perMinute: tier2, effect: 'repeatable' },
  'conversations.invite': { perMinute: tier3, effect: 'repeatable' },
  'conversations.join': { perMinute: tier3, effect: 'repeatable' },
  'conversations.open': { perMinute: tier3, effect: 'repeatable' },
  'conversations.info': { perMinute: tier3, effect: 'reads' },
  'conversations.list': { perMinute: tier2, effect: 'reads' },
  'conversations.history': { perMinute: tier3, effect: 'reads' },
  'conversations.replies': { perMinute: tier3, effect: 'reads' },
  'conversations.archive': { perMinute: tier2, effect: 'repeatable' },
  'conversations.unarchive': { perMinute: tier2, effect: 'repeatable' },
  'conversations.setTopic': { perMinute: tier2, effect: 'repeatable' },
  'conversations.setPurpose': { perMinute: tier2, effect: 'repeatable' },
  'pins.add': { perMinute: tier2, effect: 'repeatable' },
  // A second one would be seen; it is found in the list before another is added.
  'bookmarks.add': { perMinute: tier2, effect: 'once' },
  'bookmarks.edit': { perMinute: tier2, effect: 'repeatable' },
  'bookmarks.remove': { perMinute: tier2, effect: 'repeatable' },
  'bookmarks.list': { perMinute: tier3, effect: 'reads' },
  'reactions.add': { perMinute: tier3, effect: 'repeatable' },
  'reactions.remove': { perMinute: tier2, effect: 'repeatable' },
  // Nobody sees an upload before it is completed.
  'files.getUploadURLExternal': { perMinute: tier4, effect: 'repeatable' },
  'files.completeUploadExternal': { perMinute: tier4, effect: 'once' },
  // Slack counts these in the hundreds a minute.
  'chat.getPermalink': { perMinute: 300, effect: 'reads' },
  'users.info': { perMinute: tier4, effect: 'reads' },
  'users.getPresence': { perMinute: tier3, effect: 'reads' },
  'dnd.info': { perMinute: tier3, effect: 'reads' },
  'users.list': { perMinute: tier2, effect: 'reads' },
  'usergroups.list': { perMinute: tier2, effect: 'reads' },
  'usergroups.users.list': { perMinute: tier2, effect: 'reads' },
  'usergroups.users.update': { perMinute: tier2, effect: 'repeatable' },
  // Guarded by its trigger, which Slack takes once.
  'views.open': { perMinute: tier4, effect: 'repeatable' },
  'views.publish': { perMinute: tier4, effect: 'repeatable' },
} as const satisfies Record<string, MethodRule>

export type Method = keyof typeof methods

/** Whether a call that lost its answer must be looked up before it is made again. */
export function mustHappenOnce(method: Method): boolean {
  return methods[method].effect === 'once'
}
