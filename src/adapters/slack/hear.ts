/** What Slack posted, in our words. Bolt reads and routes the payload; its listeners only translate. */
import { App, type Receiver } from '@slack/bolt'
import type { From, Heard } from '../../core/heard.ts'
import { silentLogger } from './call.ts'
import { chosenValue, formValues } from './form-values.ts'
import { hearEvent, isOurOwn } from './hear-events.ts'
import { messageIn, typed } from './heard-messages.ts'
import type { Identity } from './identity.ts'
import { payloadOf } from './payloads.ts'

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
      ...(body.view?.type === 'modal'
        ? { form: { meta: body.view.private_metadata, values: formValues(body.view.state.values) } }
        : {}),
      ...(body.message && channelId ? { message: messageIn({ ...body.message }, channelId) } : {}),
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
      message: messageIn({ ...message }, channel.id),
    })
  })
}

function hearEvents(app: App, identity: () => Identity | null): void {
  app.event(/.*/, async ({ event, body, context }) => {
    const given = { ...event }
    if (isOurOwn(given, identity(), body.api_app_id)) return
    const heard = hearEvent(given, identity())
    if (heard) note(context, heard)
  })
}

function from(personId: string, channelId: string | undefined): From {
  return { personId, channelId: channelId || null }
}
