/** Forms and App Home as the simulator keeps them. */
import type { SlackView } from '../types.ts'
import { findViewProblems, isViewTooLarge } from './block-rules.ts'
import { refuse, refuseWithProblems } from './refusal.ts'
import { isRecord } from './shape.ts'
import { named, type State, type StoredView } from './state.ts'
import { keepValues } from './view-state.ts'

/** A view as the bot gave it, looked through and found in order. */
export type GivenView = Record<string, unknown> & { blocks: StoredView['blocks'] }

export function readView(given: unknown): GivenView {
  const problems = findViewProblems(given)
  if (problems.length > 0) refuseWithProblems('invalid_arguments', problems)
  if (isViewTooLarge(given)) refuse('view_too_large')
  return given as GivenView
}

/** `below`: the forms under it, the first one first. */
export function newView(state: State, userId: string, given: GivenView, below: readonly StoredView[] = []): StoredView {
  const id = state.newId('V')
  const view: StoredView = {
    id,
    type: given.type === 'home' ? 'home' : 'modal',
    userId,
    callbackId: '',
    privateMetadata: '',
    externalId: '',
    notifyOnClose: false,
    clearOnClose: false,
    title: '',
    submit: null,
    close: null,
    blocks: [],
    hash: '',
    rootViewId: below[0]?.id ?? id,
    previousViewId: below.at(-1)?.id ?? null,
    errors: {},
    values: {},
  }
  fillView(state, view, given)
  return view
}

/** What was entered stays where block and action keep their names, and is gone elsewhere. */
export function fillView(state: State, view: StoredView, given: GivenView): void {
  view.callbackId = String(given.callback_id ?? '')
  view.privateMetadata = String(given.private_metadata ?? '')
  view.externalId = String(given.external_id ?? '')
  view.notifyOnClose = given.notify_on_close === true
  view.clearOnClose = given.clear_on_close === true
  view.title = wordsOf(given.title) ?? ''
  view.submit = wordsOf(given.submit)
  view.close = wordsOf(given.close)
  view.blocks = named(state, given.blocks)
  view.values = keepValues(view)
  view.hash = `${state.newTs()}.${view.id}`
  view.errors = {}
  state.changed()
}

/** What a person sees of it. */
export function shownView(view: StoredView | undefined): SlackView | null {
  if (!view) return null
  const { id, type, callbackId, title, submit, close, blocks, errors } = view
  return { id, type, callbackId, title, submit, close, blocks, errors: { ...errors } }
}

function wordsOf(text: unknown): string | null {
  return isRecord(text) && typeof text.text === 'string' ? text.text : null
}
