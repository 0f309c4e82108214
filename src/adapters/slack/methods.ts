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
  'conversations.setTopic': { perMinute: tier2, effect: 'repeatable' },
  'conversations.setPurpose': { perMinute: tier2, effect: 'repeatable' },
  'pins.add': { perMinute: tier2, effect: 'repeatable' },
  'users.info': { perMinute: tier4, effect: 'reads' },
  'users.list': { perMinute: tier2, effect: 'reads' },
  'usergroups.list': { perMinute: tier2, effect: 'reads' },
  'usergroups.users.list': { perMinute: tier2, effect: 'reads' },
  // Guarded by its trigger, which Slack takes once.
  'views.open': { perMinute: tier4, effect: 'repeatable' },
  'views.publish': { perMinute: tier4, effect: 'repeatable' },
} as const satisfies Record<string, MethodRule>

export type Method = keyof typeof methods

/** Whether a call that lost its answer must be looked up before it is made again. */
export function mustHappenOnce(method: Method): boolean {
  return methods[method].effect === 'once'
}
