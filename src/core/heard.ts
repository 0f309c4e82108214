/** What people do in Slack, in our words. The Slack adapter makes these from what Slack posts. */
import type { Instant, ThingName } from './effects.ts'

export type Heard =
  | { kind: 'command'; command: string; text: string; from: From; triggerId: string; responseUrl: string }
  | {
      kind: 'click'
      actionId: string
      value: string
      blockId: string
      from: From
      triggerId: string
      /** What stands in the fields of a form whose button was pressed, as if it were sent now. */
      form?: { meta: string; values: FormValues }
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
  | Said
  | Reacted
  | Joined
  /** Somebody renamed, archived, converted or deleted a channel, or let the bot in or out. What it was is looked at. */
  | { kind: 'channel'; channelId: string; from: From }
  | { kind: 'event'; type: string; from: From; event: { [field: string]: unknown } }

/** Somebody wrote, edited or deleted a message, in the channel or in a thread. */
export interface Said {
  kind: 'said'
  change: 'posted' | 'edited' | 'deleted'
  /** As it is now; a deleted one as it was, as far as Slack still says. */
  message: HeardMessage
  /** What stood there before an edit, where Slack says it. */
  before: string | null
  from: From
}

/** Somebody put an emoji on a message, or took it away. */
export interface Reacted {
  kind: 'reacted'
  change: 'added' | 'removed'
  /** Without colons and skin tone: `pushpin`. */
  emoji: string
  on: { channelId: string; ts: string; authorId: string | null }
  /** Slack's own moment of it, `1700000000.000100`: deliveries may come in another order. */
  at: string
  from: From
}

/** Somebody came into a channel. */
export interface Joined {
  kind: 'joined'
  invitedBy: string | null
  from: From & { channelId: string }
}

/** Said or done in a channel of ours: the name that its feature gave it, `incidents/42/channel`. */
export type InOurs<What> = What & { thing: ThingName }

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
  /** When it was written. */
  at: Instant
  files: readonly HeardFile[]
}

/** Only its name and where it is: whoever may open it in Slack can, and nobody else. */
export interface HeardFile {
  id: string
  name: string
  permalink: string | null
}

/** The values of a form by the name of the field; several where several may be chosen. */
export type FormValues = Record<string, string | string[] | null>
