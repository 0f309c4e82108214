/** What a handler of a command, button, form, shortcut or Slack event is given, and what it may answer. */
import type { Db } from './db.ts'
import type { Actor } from './decision.ts'
import type { Effect, Message } from './effects.ts'
import type { HeardMessage } from './heard.ts'
import type { ModalView } from './modals.ts'
import type { Person } from './people.ts'
import type { Performer, PolicyReader } from './perform.ts'
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
  slots: Slots
  policy: PolicyReader
  perform: Performer
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

/** Done, and what everybody sees (the card, the channel) says so already. */
export const silence: Answer = {}
