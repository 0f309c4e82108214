/** Sending and closing the form on top, and what the bot's answer does to the stack of forms. */
import type { Ack, SlackPerson } from '../types.ts'
import { interact, nothingAsked, type Wires } from './interactions.ts'
import { Refusal, refuse } from './refusal.ts'
import { isRecord } from './shape.ts'
import type { State, StoredView } from './state.ts'
import { type Entered, enterValues, findInputErrors } from './view-state.ts'
import { fillView, newView, readView } from './views.ts'
import { wireView } from './wire.ts'

const stackMax = 3

export function topForm(state: State, person: SlackPerson): StoredView {
  const view = state.modals.get(person.id)?.at(-1)
  if (!view) throw new Error(`${person.name} has no form open`)
  return view
}

export async function submitForm(wires: Wires, person: SlackPerson, entered: Entered): Promise<Ack> {
  const { state } = wires
  const view = topForm(state, person)
  if (view.submit === null) throw new Error(`«${view.title}» cannot be sent: it has no button for it`)
  enterValues(view, entered)
  view.errors = findInputErrors(view)
  state.changed()
  // The bot hears nothing of it: Slack itself says no.
  if (Object.keys(view.errors).length > 0) return { ...nothingAsked, outcome: 'failed', body: { errors: view.errors } }
  const ack = await interact(wires, person, view.callbackId, {
    type: 'view_submission',
    view: wireView(state, view),
    response_urls: [],
  })
  return ack.outcome === 'ok' ? obey(state, person, view, ack) : ack
}

export async function closeForm(wires: Wires, person: SlackPerson): Promise<Ack> {
  const { state } = wires
  const view = topForm(state, person)
  if (view.clearOnClose) state.modals.delete(person.id)
  else remove(state, view)
  state.changed()
  if (!view.notifyOnClose) return nothingAsked
  return interact(wires, person, view.callbackId, {
    type: 'view_closed',
    view: wireView(state, view),
    is_cleared: view.clearOnClose,
  })
}

/** An answer that Slack cannot follow leaves the form as it is, and the person reads of "trouble". */
function obey(state: State, person: SlackPerson, view: StoredView, ack: Ack): Ack {
  try {
    follow(state, person, view, isRecord(ack.body) ? ack.body : {})
    return ack
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { ...ack, outcome: 'failed', body: { error: error.code, ...error.more } }
  } finally {
    state.changed()
  }
}

function follow(state: State, person: SlackPerson, view: StoredView, answer: Record<string, unknown>): void {
  const stack = state.modals.get(person.id) ?? []
  switch (answer.response_action) {
    case undefined:
      remove(state, view)
      return
    case 'errors':
      view.errors = readErrors(view, answer.errors)
      return
    case 'clear':
      state.modals.delete(person.id)
      return
    case 'update':
      fillView(state, view, readView(answer.view))
      return
    case 'push':
      if (stack.length >= stackMax) refuse('push_limit_reached')
      state.modals.set(person.id, [...stack, newView(state, person.id, readView(answer.view), stack)])
      return
    default:
      refuse('invalid_response_action', { response_action: answer.response_action })
  }
}

/** Errors stand beside inputs; one for a block that is no input has no place to stand. */
function readErrors(view: StoredView, errors: unknown): Record<string, string> {
  const given = isRecord(errors) ? errors : {}
  const inputs = view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id)
  const homeless = Object.keys(given).filter((blockId) => !inputs.includes(blockId))
  if (homeless.length > 0 || Object.keys(given).length === 0) refuse('invalid_errors', { unknown_blocks: homeless })
  return Object.fromEntries(Object.entries(given).map(([blockId, error]) => [blockId, String(error)]))
}

function remove(state: State, view: StoredView): void {
  const stack = state.modals.get(view.userId) ?? []
  state.modals.set(
    view.userId,
    stack.filter((one) => one !== view),
  )
}
