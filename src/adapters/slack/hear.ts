/** What Slack posted, in our words. Bolt reads and routes the payload; its listeners only translate. */
import { App, type Receiver } from '@slack/bolt'
import type { FormValues, From, Heard, HeardMessage } from '../../core/heard.ts'
import { unescapeText } from '../../lib/mrkdwn.ts'
import { clean } from '../../lib/text.ts'
import { silentLogger } from './call.ts'

export interface Ears {
  hear(body: string): Promise<Heard | null>
}

export interface EarsOptions {
  botToken: string
  identity(): { botId: string; botUserId: string }
}

/** Where a listener leaves what it understood. */
interface Slate {
  heard: Heard | null
}

export async function createEars({ botToken, identity }: EarsOptions): Promise<Ears> {
  const app = new App({
    receiver: noReceiver,
    // One workspace, one token; Bolt's own way would ask Slack at every start and fail with it.
    authorize: async () => ({ botToken, ...identity() }),
    convoStore: false,
    deferInitialization: true,
    logger: silentLogger,
  })
  await app.init()
  app.error(async (error) => {
    throw error
  })
  listen(app)
  return {
    async hear(body) {
      const slate: Slate = { heard: null }
      await app.processEvent({ body: payloadOf(body), ack: async () => {}, customProperties: { slate } })
      return slate.heard
    },
  }
}

/** Our receivers take deliveries in; Bolt is only handed what the inbox kept. */
const noReceiver: Receiver = { init: () => {}, start: async () => {}, stop: async () => {} }

function listen(app: App): void {
  const slateOf = (context: object) => (context as { slate: Slate }).slate
  app.command(/.*/, async ({ command, context }) => {
    slateOf(context).heard = {
      kind: 'command',
      command: command.command,
      text: typed(command.text ?? ''),
      from: { personId: command.user_id, channelId: command.channel_id },
      triggerId: command.trigger_id,
      responseUrl: command.response_url,
    }
  })
  app.action({ type: 'block_actions' }, async ({ body, context }) => {
    const [action] = body.actions as unknown as WireAction[]
    if (!action) return
    const message = body.message as WireMessage | undefined
    slateOf(context).heard = {
      kind: 'click',
      actionId: action.action_id,
      value: chosenIn(action),
      blockId: action.block_id ?? '',
      from: fromOf(body.user.id, body.channel?.id),
      triggerId: body.trigger_id,
      ...(body.response_url ? { responseUrl: body.response_url } : {}),
      ...(message && body.channel ? { message: messageOf(message, body.channel.id) } : {}),
    }
  })
  app.view({ type: 'view_submission' }, async ({ body, context }) => {
    slateOf(context).heard = {
      kind: 'submit',
      modalId: body.view.callback_id,
      meta: body.view.private_metadata,
      values: formValues(body.view.state.values),
      from: fromOf(body.user.id, undefined),
      triggerId: 'trigger_id' in body ? String(body.trigger_id) : '',
    }
  })
  app.shortcut(/.*/, async ({ shortcut, context }) => {
    const isOnMessage = shortcut.type === 'message_action'
    const message = isOnMessage ? (shortcut.message as WireMessage) : undefined
    slateOf(context).heard = {
      kind: 'shortcut',
      shortcutId: shortcut.callback_id,
      from: fromOf(shortcut.user.id, isOnMessage ? shortcut.channel.id : undefined),
      triggerId: shortcut.trigger_id,
      ...(isOnMessage && shortcut.response_url ? { responseUrl: shortcut.response_url } : {}),
      ...(message && isOnMessage ? { message: messageOf(message, shortcut.channel.id) } : {}),
    }
  })
  app.event(/.*/, async ({ event, context }) => {
    const { type, user, channel } = event as unknown as { type: string; user?: unknown; channel?: unknown }
    if (typeof user !== 'string') return
    const channelId = typeof channel === 'string' ? channel : undefined
    slateOf(context).heard = { kind: 'event', type, from: fromOf(user, channelId), event: { ...event } }
  })
}

interface WireAction {
  action_id: string
  block_id?: string
  value?: string
  selected_option?: { value?: string } | null
  selected_user?: string | null
}

interface WireMessage {
  ts: string
  thread_ts?: string
  text?: string
  user?: string
}

function fromOf(personId: string, channelId: string | undefined): From {
  return { personId, channelId: channelId || null }
}

function messageOf(message: WireMessage, channelId: string): HeardMessage {
  return {
    channelId,
    ts: message.ts,
    threadTs: message.thread_ts ?? null,
    text: typed(message.text ?? ''),
    authorId: message.user ?? null,
  }
}

function chosenIn(action: WireAction): string {
  return action.value ?? action.selected_option?.value ?? action.selected_user ?? ''
}

/** What the person typed: Slack's three entities undone once, its `<@U…>` tokens left as they are. */
function typed(text: string): string {
  return clean(unescapeText(text))
}

type WireValues = Record<string, Record<string, Record<string, unknown>>>

/** Each input's value by the name of its block, whatever kind of input it is. */
export function formValues(values: unknown): FormValues {
  const fields: FormValues = {}
  for (const [block, actions] of Object.entries((values ?? {}) as WireValues)) {
    const [held] = Object.values(actions)
    if (held) fields[block] = heldBy(held)
  }
  return fields
}

function heldBy(held: Record<string, unknown>): string | string[] | null {
  const { value, selected_option, selected_options, selected_user, selected_users, selected_date_time } = held
  if (typeof value === 'string') return clean(value)
  if (isOption(selected_option)) return selected_option.value
  if (Array.isArray(selected_options)) return selected_options.filter(isOption).map((option) => option.value)
  if (Array.isArray(selected_users)) return selected_users.map(String)
  if (typeof selected_user === 'string') return selected_user
  return typeof selected_date_time === 'number' ? String(selected_date_time) : null
}

function isOption(value: unknown): value is { value: string } {
  return typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'string'
}

/** JSON as it is; a command is a form, an interaction a form with JSON in it. */
export function payloadOf(body: string): Record<string, unknown> {
  if (body.startsWith('{')) return JSON.parse(body) as Record<string, unknown>
  const form = Object.fromEntries(new URLSearchParams(body))
  return typeof form.payload === 'string' ? (JSON.parse(form.payload) as Record<string, unknown>) : form
}
