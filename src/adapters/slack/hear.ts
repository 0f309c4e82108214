/** What Slack posted, in our words. Bolt reads and routes the payload; its listeners only translate. */
import { App, type Receiver } from '@slack/bolt'
import type { From, Heard, HeardMessage } from '../../core/heard.ts'
import { unescapeText as unescapeMarkup } from '../../lib/mrkdwn.ts'
import { clean, cleanDeep } from '../../lib/text.ts'
import { silentLogger } from './call.ts'
import { chosenValue, formValues } from './form-values.ts'
import type { Identity } from './identity.ts'
import { isRecord, payloadOf } from './payloads.ts'

export interface EarsOptions {
  botToken: string
  /** Null until Slack has said who we are. */
  identity(): Identity | null
}

export type Ears = (body: string) => Promise<Heard | null>

/** Where a listener leaves what it understood. */
class Slate {
  heard: Heard | null = null
}

export function createEars({ botToken, identity }: EarsOptions): Ears {
  const app = new App({
    receiver: noReceiver,
    // One workspace, one token. Bolt's own way would ask Slack at every start, and fail with it. A body of another
    // team (Slack Connect) is heard all the same: what its author may do is decided by the kind of person they are.
    authorize: async () => ({ botToken, ...identity() }),
    convoStore: false,
    deferInitialization: true,
    logger: silentLogger,
  })
  // Without this, Bolt would log an error and call the delivery done; the inbox must know that it was not.
  app.error(async (error) => {
    throw error
  })
  hearRequests(app)
  hearEvents(app, identity)
  const ready = app.init()
  return async (body) => {
    await ready
    const slate = new Slate()
    // It was acknowledged when the inbox had it.
    await app.processEvent({ body: { ...payloadOf(body) }, ack: async () => {}, customProperties: { slate } })
    return slate.heard
  }
}

/** Our receivers take deliveries in; Bolt is only handed what the inbox kept. */
const noReceiver: Receiver = { init: () => {}, start: async () => {}, stop: async () => {} }

function note(context: { readonly [name: string]: unknown }, heard: Heard): void {
  if (context.slate instanceof Slate) context.slate.heard = heard
}

function hearRequests(app: App): void {
  app.command(/.*/, async ({ command, context }) => {
    note(context, {
      kind: 'command',
      command: command.command,
      text: typed(command.text ?? ''),
      from: from(command.user_id, command.channel_id),
      triggerId: command.trigger_id,
      responseUrl: command.response_url,
    })
  })
  app.action({ type: 'block_actions' }, async ({ body, context }) => {
    const [action] = body.actions
    if (!action) return
    const channelId = body.channel?.id
    note(context, {
      kind: 'click',
      actionId: action.action_id,
      value: chosenValue({ ...action }),
      blockId: action.block_id ?? '',
      from: from(body.user.id, channelId),
      triggerId: body.trigger_id,
      ...(body.response_url ? { responseUrl: body.response_url } : {}),
      ...(body.message && channelId ? { message: messageIn(body.message, channelId) } : {}),
    })
  })
  app.view({ callback_id: /.*/, type: 'view_submission' }, async ({ body, context }) => {
    note(context, {
      kind: 'submit',
      modalId: body.view.callback_id,
      meta: body.view.private_metadata,
      values: formValues(body.view.state.values),
      from: from(body.user.id, undefined),
      triggerId: 'trigger_id' in body ? body.trigger_id : '',
    })
  })
  app.shortcut(/.*/, async ({ shortcut, context }) => {
    const common = { kind: 'shortcut', shortcutId: shortcut.callback_id, triggerId: shortcut.trigger_id } as const
    if (shortcut.type !== 'message_action') return note(context, { ...common, from: from(shortcut.user.id, undefined) })
    const { channel, message, response_url, user } = shortcut
    note(context, {
      ...common,
      from: from(user.id, channel.id),
      ...(response_url ? { responseUrl: response_url } : {}),
      message: messageIn(message, channel.id),
    })
  })
}

function hearEvents(app: App, identity: () => Identity | null): void {
  app.event(/.*/, async ({ event: given, body, context }) => {
    const event = cleanDeep({ ...given })
    if (!isRecord(event) || isOurOwnMessage(event, identity(), body.api_app_id)) return
    const texts = typeof event.text === 'string' ? { text: unescapeMarkup(event.text) } : {}
    const message =
      isRecord(event.message) && typeof event.message.text === 'string'
        ? { message: { ...event.message, text: unescapeMarkup(event.message.text) } }
        : {}
    note(context, {
      kind: 'event',
      type: given.type,
      from: from(personIn(event), channelIn(event)),
      event: { ...event, ...texts, ...message },
    })
  })
}

/** Posted, edited or deleted by us: hearing ourselves, we could go on for ever. */
function isOurOwnMessage(event: Record<string, unknown>, me: Identity | null, appId: string): boolean {
  if (event.type !== 'message' && event.type !== 'app_mention') return false
  const sides = [event, event.message, event.previous_message].filter(isRecord)
  return sides.some(({ user, bot_id, app_id }) => {
    if (app_id !== undefined && app_id === appId) return true
    // Until we know who we are, any bot might be us.
    return me === null ? bot_id !== undefined : user === me.botUserId || bot_id === me.botId
  })
}

/** Empty where nobody in particular did it. */
function personIn({ user, message, previous_message }: Record<string, unknown>): string {
  if (typeof user === 'string') return user
  if (isRecord(user) && typeof user.id === 'string') return user.id
  for (const side of [message, previous_message]) if (isRecord(side) && typeof side.user === 'string') return side.user
  return ''
}

function channelIn({ channel, channel_id, item }: Record<string, unknown>): string | undefined {
  const inItem = isRecord(item) ? item.channel : undefined
  const inChannel = isRecord(channel) ? channel.id : channel
  return [inChannel, channel_id, inItem].find((id) => typeof id === 'string')
}

function from(personId: string, channelId: string | undefined): From {
  return { personId, channelId: channelId || null }
}

interface WireMessage {
  ts?: string
  thread_ts?: string
  text?: string
  user?: string
}

function messageIn({ ts = '', thread_ts, text = '', user }: WireMessage, channelId: string): HeardMessage {
  return { channelId, ts, threadTs: thread_ts ?? null, text: typed(text), authorId: user ?? null }
}

/** What the person typed: Slack's three entities undone exactly once, its `<@U…>` tokens left as they are. */
function typed(text: string): string {
  return clean(unescapeMarkup(text))
}
