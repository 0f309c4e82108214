/** Buttons, menus, shortcuts and Slack events as declarations. Several replicas may answer any of them. */
import type { z } from 'zod'
import { shorten } from '../lib/text.ts'
import type { Answer, Call } from './call.ts'
import type { Block } from './effects.ts'
import type { HeardMessage, InOurs, Joined, Reacted, Said } from './heard.ts'
import type { Who } from './permissions.ts'

/** A button is declared where it is drawn (views.ts) and answered where people are heard (slack.ts). */
export interface Button<Value extends z.ZodType> {
  id: string
  value: Value
  /** The value travels with the button and comes back, checked, with the click. */
  draw(label: string, value: z.input<Value>, look?: ButtonLook): Block
}

export interface ButtonLook {
  style?: 'primary' | 'danger'
  confirm?: { title: string; text: string; yes: string; no: string }
}

export function button<Value extends z.ZodType>(id: string, value: Value): Button<Value> {
  return {
    id,
    value,
    draw: (label, given, look = {}) => ({
      type: 'button',
      action_id: id,
      text: plain(label),
      value: JSON.stringify(given),
      ...(look.style ? { style: look.style } : {}),
      ...(look.confirm ? { confirm: confirmDialog(look.confirm) } : {}),
    }),
  }
}

export interface Menu {
  id: string
  /** `context` is the block's id and comes back with the choice. */
  draw(placeholder: string, choices: readonly { value: string; text: string }[], context?: string): Block
}

export function menu(id: string): Menu {
  return {
    id,
    draw: (placeholder, choices, context) => ({
      type: 'actions',
      ...(context ? { block_id: context } : {}),
      elements: [
        {
          type: 'static_select',
          action_id: id,
          placeholder: plain(placeholder),
          options: choices
            .slice(0, optionsMax)
            .map((choice) => ({ value: choice.value, text: plain(shorten(choice.text, 75)) })),
        },
      ],
    }),
  }
}

const optionsMax = 100

/** What answers a click on a button or a choice in a menu. */
export interface Click {
  id: string
  who: Who
  run(call: Call, value: string, blockId: string): Promise<Answer>
}

export function onClick<Value extends z.ZodType>(
  button: Button<Value>,
  answer: { who: Who; run(call: Call, value: z.infer<Value>): Promise<Answer> },
): Click {
  return { id: button.id, who: answer.who, run: (call, raw) => answer.run(call, button.value.parse(JSON.parse(raw))) }
}

export function onChoice(
  menu: Menu,
  answer: { who: Who; run(call: Call, chosen: string, context: string): Promise<Answer> },
): Click {
  return { id: menu.id, ...answer }
}

export interface Shortcut {
  id: string
  name: string
  type: 'message' | 'global'
  description: string
  who: Who
  run(call: Call, message: HeardMessage | null): Promise<Answer>
}

/**
 * What a feature wants to hear of what people say and do in the channels that features opened. `thing` says which
 * channel it is; whose it is not, says nothing (`silence`). Our own messages and emoji are never heard.
 */
export interface Hearer {
  kind: 'said' | 'reacted' | 'joined'
  /** As the manifest names them. */
  subscriptions: readonly string[]
  who: Who
  run(call: Call, heard: InOurs<Said | Reacted | Joined>): Promise<Answer>
}

/** For hearers that only take note: guests, people of other companies and other apps are heard as well. */
export const whoever = 'whoever'

export function onSaid({ who, run }: Hearing<Said>): Hearer {
  const subscriptions = ['message.channels', 'message.groups']
  return {
    kind: 'said',
    subscriptions,
    who,
    run: async (call, heard) => (heard.kind === 'said' ? run(call, heard) : {}),
  }
}

export function onReaction({ who, run }: Hearing<Reacted>): Hearer {
  const subscriptions = ['reaction_added', 'reaction_removed']
  const only: Hearer['run'] = async (call, heard) => (heard.kind === 'reacted' ? run(call, heard) : {})
  return { kind: 'reacted', subscriptions, who, run: only }
}

export function onJoin({ who, run }: Hearing<Joined>): Hearer {
  const subscriptions = ['member_joined_channel']
  return {
    kind: 'joined',
    subscriptions,
    who,
    run: async (call, heard) => (heard.kind === 'joined' ? run(call, heard) : {}),
  }
}

interface Hearing<What> {
  who: Who
  run(call: Call, heard: InOurs<What>): Promise<Answer>
}

/** An event of Slack's Events API that a feature wants to hear. The manifest subscribes to exactly these. */
export interface SlackEventListener {
  /** As the manifest names it: `app_mention`, `message.channels`. */
  subscription: string
  /** As it arrives: `app_mention`, `message`. */
  type: string
  who: Who
  run(call: Call, event: { [field: string]: unknown }): Promise<Answer>
}

function confirmDialog({ title, text, yes, no }: NonNullable<ButtonLook['confirm']>) {
  return { title: plain(title), text: plain(text), confirm: plain(yes), deny: plain(no) }
}

function plain(text: string) {
  return { type: 'plain_text', text } as const
}
