/** views.*: forms, one above the other, and App Home. */
import { refuse } from '../refusal.ts'
import { personOf, type StoredView } from '../state.ts'
import { fillView, type GivenView, newView, readView } from '../views.ts'
import { wireView } from '../wire.ts'
import { type ApiContext, type ApiMethods, textArg } from './call.ts'

// The first form and two above it.
const stackMax = 3

export const views: ApiMethods = {
  'views.open': (context) => {
    const given = modalArg(context)
    const userId = useTrigger(context)
    return { view: wireView(context.state, open(context, userId, given, [])) }
  },

  'views.push': (context) => {
    const given = modalArg(context)
    const userId = useTrigger(context)
    const stack = context.state.modals.get(userId) ?? []
    if (stack.length === 0) refuse('not_found')
    if (stack.length >= stackMax) refuse('push_limit_reached')
    return { view: wireView(context.state, open(context, userId, given, stack)) }
  },

  'views.update': (context) => {
    const { state } = context
    const view = openView(context)
    const hash = textArg(context, 'hash')
    if (hash !== '' && hash !== view.hash) refuse('hash_conflict')
    fillView(state, view, modalArg(context, view))
    return { view: wireView(state, view) }
  },

  'views.publish': (context) => {
    const { state } = context
    const userId = textArg(context, 'user_id')
    if (!personOf(state, userId)) refuse('user_not_found')
    const given = readView(context.args.view)
    if (given.type !== 'home')
      refuse('invalid_arguments', {
        response_metadata: { messages: ['[ERROR] view type not supported [json-pointer:/view]'] },
      })
    const before = state.world.homes[userId]
    const hash = textArg(context, 'hash')
    if (hash !== '' && before && hash !== before.hash) refuse('hash_conflict')
    const view = before ?? newView(state, userId, given)
    fillView(state, view, given)
    state.world.homes[userId] = view
    return { view: wireView(state, view) }
  },
}

/** A form that asks for nothing impossible. `own` is the one it will replace. */
function modalArg(context: ApiContext, own?: StoredView): GivenView {
  const given = readView(context.args.view)
  if (given.type !== 'modal')
    refuse('invalid_arguments', {
      response_metadata: { messages: ['[ERROR] view type not supported [json-pointer:/view]'] },
    })
  const externalId = String(given.external_id ?? '')
  const isTaken = externalId !== '' && allOpen(context).some((view) => view !== own && view.externalId === externalId)
  return isTaken ? refuse('duplicate_external_id') : given
}

function useTrigger(context: ApiContext): string {
  return context.permits.useTrigger(textArg(context, 'trigger_id') || textArg(context, 'interactivity_pointer'))
}

function open({ state }: ApiContext, userId: string, given: GivenView, below: readonly StoredView[]): StoredView {
  const view = newView(state, userId, given, below)
  state.modals.set(userId, [...below, view])
  return view
}

function openView(context: ApiContext): StoredView {
  const id = textArg(context, 'view_id')
  const externalId = textArg(context, 'external_id')
  const isMeant = (view: StoredView) =>
    id === '' ? externalId !== '' && view.externalId === externalId : view.id === id
  return allOpen(context).find(isMeant) ?? refuse('not_found')
}

function allOpen({ state }: ApiContext): StoredView[] {
  return [...state.modals.values()].flat()
}
