/** views.*: forms and App Home. */
import type { SlackBlock } from '../../types.ts'
import { findViewProblems } from '../block-rules.ts'
import { refuse } from '../refusal.ts'
import type { State, StoredView } from '../state.ts'
import { type ApiContext, type ApiMethod, jsonArg, textArg } from './call.ts'

const stackMax = 3
const viewBytesMax = 250_000

export const views: Record<string, ApiMethod> = {
  'views.open': (context) => {
    const trigger = useTrigger(context)
    const view = newView(context.state, trigger.userId, viewArg(context))
    context.state.modals.set(trigger.userId, [view])
    context.state.changed()
    return { view: wireView(context.state, view) }
  },
  'views.push': (context) => {
    const trigger = useTrigger(context)
    const stack = context.state.modals.get(trigger.userId) ?? []
    if (stack.length >= stackMax) refuse('push_limit_reached')
    const view = newView(context.state, trigger.userId, viewArg(context))
    context.state.modals.set(trigger.userId, [...stack, view])
    context.state.changed()
    return { view: wireView(context.state, view) }
  },
  'views.update': (context) => {
    const { state, args } = context
    const wanted = textArg(args, 'view_id')
    const external = textArg(args, 'external_id')
    const open = [...state.modals.values()].flat().find((view) => (wanted ? view.id === wanted : view.externalId === external && external !== ''))
    if (!open) return refuse('not_found')
    const hash = textArg(args, 'hash')
    if (hash !== '' && hash !== open.hash) refuse('hash_conflict')
    replaceView(state, open, viewArg(context))
    return { view: wireView(state, open) }
  },
  'views.publish': (context) => {
    const { state, args } = context
    const userId = textArg(args, 'user_id')
    const view = newView(state, userId, viewArg(context))
    state.world.homes[userId] = view
    state.changed()
    return { view: wireView(state, view) }
  },
}

export type GivenView = Record<string, unknown> & { blocks: SlackBlock[] }

function viewArg({ args }: ApiContext): GivenView {
  const given = jsonArg(args, 'view')
  checkView(given)
  return given as GivenView
}

export function checkView(given: unknown): void {
  const errors = findViewProblems(given)
  if (errors.length > 0) refuse('invalid_arguments', { response_metadata: { messages: errors.map((error) => `[ERROR] ${error}`) } })
  if (JSON.stringify(given).length > viewBytesMax) refuse('view_too_large')
}

function useTrigger({ state, args }: ApiContext) {
  const id = textArg(args, 'trigger_id') || textArg(args, 'interactivity_pointer')
  const trigger = state.triggers.get(id)
  if (!trigger) return refuse('invalid_trigger_id')
  if (trigger.isUsed) refuse('exchanged_trigger_id')
  if (state.clock.now().getTime() > trigger.expiresAt) refuse('expired_trigger_id')
  trigger.isUsed = true
  return trigger
}

export function newView(state: State, userId: string, given: GivenView): StoredView {
  const view: StoredView = {
    id: state.newId('V'),
    type: given.type === 'home' ? 'home' : 'modal',
    userId,
    callbackId: '',
    privateMetadata: '',
    externalId: '',
    notifyOnClose: false,
    title: '',
    submit: null,
    close: null,
    blocks: [],
    hash: '',
    errors: {},
    values: {},
  }
  fillView(state, view, given)
  return view
}

export function replaceView(state: State, view: StoredView, given: GivenView): void {
  fillView(state, view, given)
  state.changed()
}

function fillView(state: State, view: StoredView, given: GivenView): void {
  const plain = (value: unknown) => (typeof value === 'object' && value !== null && 'text' in value ? String(value.text) : null)
  view.callbackId = String(given.callback_id ?? '')
  view.privateMetadata = String(given.private_metadata ?? '')
  view.externalId = String(given.external_id ?? '')
  view.notifyOnClose = given.notify_on_close === true
  view.title = plain(given.title) ?? ''
  view.submit = plain(given.submit)
  view.close = plain(given.close)
  // Slack names what the app left unnamed.
  view.blocks = given.blocks.map((block, index) => (block.block_id ? block : { ...block, block_id: `b${index}` }))
  view.hash = state.newTs()
  view.errors = {}
}

/** A view as interactions and answers carry it. */
export function wireView(state: State, view: StoredView): Record<string, unknown> {
  const plain = (text: string | null) => (text === null ? null : { type: 'plain_text', text })
  return {
    id: view.id,
    team_id: state.world.teamId,
    type: view.type,
    callback_id: view.callbackId,
    private_metadata: view.privateMetadata,
    external_id: view.externalId,
    title: plain(view.title),
    submit: plain(view.submit),
    close: plain(view.close),
    blocks: view.blocks,
    hash: view.hash,
    state: { values: view.values },
    root_view_id: view.id,
    previous_view_id: null,
    app_id: state.world.appId,
    bot_id: state.world.botId,
  }
}
