/** What a handler of a command, button, form, shortcut or Slack event is given, and what it may answer. */
import type { Db } from './db.ts'
import type { Actor } from './decision.ts'
import type { Effect, Message, SlackEffect } from './effects.ts'
import type { FormValues, HeardMessage } from './heard.ts'
import type { ModalView } from './modals.ts'
import type { People, Person } from './people.ts'
import type { Performer, PolicyReader } from './perform.ts'
import type { Who } from './permissions.ts'
import type { Slots } from './slots.ts'

export interface Call {
  db: Db
  now: Date
  actor: Actor
  person: Person
  /** Where it was said or pressed; null in a modal or in App Home. */
  channelId: string | null
  /** The message that the button is on, or the shortcut was used on. */
  message: HeardMessage | null
  /** The form whose button was pressed: what it remembers, and what stands in its fields; null elsewhere. */
  form: { meta: string; values: FormValues } | null
  slack: SlackLookups
  slots: Slots
  people: People
  policy: PolicyReader
  perform: Performer
  /** Null when this person is in the group, else why not, as a sentence. For groups that only the call can name. */
  refusal(who: Who): Promise<string | null>
}

/** Questions to Slack that somebody's click or emoji makes necessary. Null for what is gone, or not for us to see. */
export interface SlackLookups {
  permalink(message: { channelId: string; ts: string }): Promise<string | null>
  /** The message that an emoji was put on, also when it is a reply. */
  message(message: { channelId: string; ts: string }): Promise<HeardMessage | null>
}

/**
 * `tell`: a sentence that only the asker sees · `open`: a form · `effects`: what else shall be delivered with the answer.
 * `isRefusal` is for the metric only; a refusal is an ordinary answer.
 */
export interface Answer {
  tell?: Message
  open?: ModalView
  effects?: readonly Effect[]
  isRefusal?: boolean
}

export function tell(text: string): Answer {
  return { tell: { text } }
}

export function refuse(text: string): Answer {
  return { tell: { text }, isRefusal: true }
}

/** Said to everybody, in the thread that a message belongs to or begins: what became of a message shortcut. */
export function sayBelow(
  { channelId, ts, threadTs }: Pick<HeardMessage, 'channelId' | 'ts' | 'threadTs'>,
  message: Message,
): SlackEffect {
  return {
    kind: 'slack.say',
    to: channelId,
    inThreadOf: { channelId, ts: threadTs ?? ts },
    message,
    priority: 'answer',
  }
}

/** Done, and what everybody sees (the card, the channel) says so already. */
export const silence: Answer = {}
