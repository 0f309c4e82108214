/** What people do in Slack, in our words. The Slack adapter makes these from what Slack posts. */

export type Heard =
  | { kind: 'command'; command: string; text: string; from: From; triggerId: string; responseUrl: string }
  | {
      kind: 'click'
      actionId: string
      value: string
      blockId: string
      from: From
      triggerId: string
      responseUrl?: string
      message?: HeardMessage
    }
  | { kind: 'submit'; modalId: string; meta: string; values: FormValues; from: From; triggerId: string }
  | {
      kind: 'shortcut'
      shortcutId: string
      from: From
      triggerId: string
      responseUrl?: string
      message?: HeardMessage
    }
  | { kind: 'event'; type: string; from: From; event: { [field: string]: unknown } }

export interface From {
  personId: string
  /** Where it happened; null in a modal or in App Home. */
  channelId: string | null
}

export interface HeardMessage {
  channelId: string
  ts: string
  threadTs: string | null
  text: string
  /** Who wrote it; null for an app's message without a user. */
  authorId: string | null
}

/** The values of a form by the name of the field; several where several may be chosen. */
export type FormValues = Record<string, string | string[] | null>
