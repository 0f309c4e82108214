/** What a person has chosen and typed, as Slack reports it: `state.values[block][action]`. */
import type { SlackBlock } from '../types.ts'
import { optionNamed } from './options.ts'
import type { StoredView, ViewValues } from './state.ts'

export type Reported = Record<string, unknown>
export type Entered = Readonly<Record<string, string | readonly string[]>>

/** How each kind of element reports what it holds: the field, and what it begins with. */
const reports: Readonly<Record<string, { field: string; initial: string; empty: unknown }>> = {
  plain_text_input: { field: 'value', initial: 'initial_value', empty: null },
  email_text_input: { field: 'value', initial: 'initial_value', empty: null },
  url_text_input: { field: 'value', initial: 'initial_value', empty: null },
  number_input: { field: 'value', initial: 'initial_value', empty: null },
  static_select: { field: 'selected_option', initial: 'initial_option', empty: null },
  radio_buttons: { field: 'selected_option', initial: 'initial_option', empty: null },
  overflow: { field: 'selected_option', initial: 'initial_option', empty: null },
  users_select: { field: 'selected_user', initial: 'initial_user', empty: null },
  channels_select: { field: 'selected_channel', initial: 'initial_channel', empty: null },
  conversations_select: { field: 'selected_conversation', initial: 'initial_conversation', empty: null },
  datepicker: { field: 'selected_date', initial: 'initial_date', empty: null },
  timepicker: { field: 'selected_time', initial: 'initial_time', empty: null },
  datetimepicker: { field: 'selected_date_time', initial: 'initial_date_time', empty: null },
  checkboxes: { field: 'selected_options', initial: 'initial_options', empty: [] },
  multi_static_select: { field: 'selected_options', initial: 'initial_options', empty: [] },
  multi_users_select: { field: 'selected_users', initial: 'initial_users', empty: [] },
  multi_channels_select: { field: 'selected_channels', initial: 'initial_channels', empty: [] },
  multi_conversations_select: { field: 'selected_conversations', initial: 'initial_conversations', empty: [] },
}

/** Buttons and images hold nothing. */
export function holdsValue(element: SlackBlock): boolean {
  return element.type in reports
}

export function initialValue(element: SlackBlock): Reported {
  const { field, initial, empty } = reportOf(element)
  const given = element[initial]
  return { type: element.type, [field]: given === undefined || given === '' ? empty : given }
}

/** `given`: the visible words of an option, a person's or channel's id, a date, plain text; several for what takes several. */
export function enteredValue(element: SlackBlock, given: string | readonly string[]): Reported {
  const { field, empty } = reportOf(element)
  const all = (typeof given === 'string' ? [given] : given).filter((one) => one !== '')
  const isOptions = field.startsWith('selected_option')
  const values = all.map((one) =>
    isOptions ? optionNamed(element, one) : element.type === 'datetimepicker' ? seconds(one) : one,
  )
  return { type: element.type, [field]: Array.isArray(empty) ? values : (values[0] ?? empty) }
}

/** Everything in these blocks that can hold a value, with what it holds. */
export function valuesIn(blocks: readonly SlackBlock[], entered: ViewValues = {}): ViewValues {
  const values: ViewValues = {}
  for (const block of blocks) {
    const id = String(block.block_id)
    const elements: SlackBlock[] = [
      block.element,
      block.accessory,
      ...(block.type === 'actions' ? (block.elements ?? []) : []),
    ]
    for (const element of elements) {
      if (!element || !holdsValue(element) || element.type === 'overflow') continue
      const action = String(element.action_id)
      values[id] = { ...values[id], [action]: entered[id]?.[action] ?? initialValue(element) }
    }
  }
  return values
}

export function valuesOf(view: Pick<StoredView, 'blocks' | 'values'>): ViewValues {
  return valuesIn(view.blocks, view.values)
}

/** After an update: what was entered, where it can still be shown. */
export function keepValues(view: Pick<StoredView, 'blocks' | 'values'>): ViewValues {
  const offered = valuesIn(view.blocks)
  const kept: ViewValues = {}
  for (const [block, actions] of Object.entries(view.values)) {
    for (const [action, value] of Object.entries(actions)) {
      if (offered[block]?.[action]?.type === value.type) kept[block] = { ...kept[block], [action]: value }
    }
  }
  return kept
}

/** Inputs are named by their visible label, or by their block. */
export function enterValues(view: StoredView, entered: Entered): void {
  const inputs = view.blocks.filter((block) => block.type === 'input')
  for (const [name, given] of Object.entries(entered)) {
    const block = inputs.find((input) => input.label?.text === name) ?? inputs.find((input) => input.block_id === name)
    if (!block) throw new Error(`there is no input «${name}» in «${view.title}»; it has: ${labelsOf(inputs)}`)
    enterValue(view, String(block.block_id), block.element, given)
  }
}

export function enterValue(
  view: StoredView,
  blockId: string,
  element: SlackBlock,
  given: string | readonly string[],
): void {
  view.values[blockId] = { ...view.values[blockId], [String(element.action_id)]: enteredValue(element, given) }
}

/** What Slack itself does not let through, by block: it says so without asking the bot. */
export function findInputErrors(view: StoredView): Record<string, string> {
  const values = valuesOf(view)
  const errors: Record<string, string> = {}
  for (const block of view.blocks) {
    if (block.type !== 'input') continue
    const id = String(block.block_id)
    const held = values[id]?.[String(block.element.action_id)]?.[reportOf(block.element).field]
    const isEmpty = held === null || held === undefined || (Array.isArray(held) && held.length === 0)
    const error = isEmpty
      ? block.optional === true
        ? null
        : 'Please complete this required field.'
      : whyNotTaken(block.element, held)
    if (error !== null) errors[id] = error
  }
  return errors
}

function whyNotTaken(element: SlackBlock, held: unknown): string | null {
  const text = String(held)
  switch (element.type) {
    case 'plain_text_input': {
      const { min_length: min = 0, max_length: max = 3_000 } = element
      if (text.length < min) return `Please enter at least ${min} characters.`
      return text.length > max ? `Please enter no more than ${max} characters.` : null
    }
    case 'number_input': {
      const pattern = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/
      if (!pattern.test(text)) return 'Please enter a number.'
      const isBelow = element.min_value !== undefined && Number(text) < Number(element.min_value)
      const isAbove = element.max_value !== undefined && Number(text) > Number(element.max_value)
      return isBelow || isAbove ? 'Please enter a number within the limits.' : null
    }
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? null : 'Please enter an e-mail address.'
    case 'url_text_input':
      return URL.canParse(text) ? null : 'Please enter an address that begins with http:// or https://.'
    default:
      return null
  }
}

function reportOf(element: SlackBlock) {
  const report = reports[element.type]
  if (!report) throw new Error(`a person cannot enter anything into "${element.type}" here yet`)
  return report
}

function labelsOf(inputs: readonly SlackBlock[]): string {
  return inputs.map((input) => input.label?.text).join(', ') || 'no inputs'
}

function seconds(given: string): number {
  const parsed = /^\d+$/.test(given) ? Number(given) : Math.floor(Date.parse(given) / 1_000)
  if (Number.isNaN(parsed)) throw new Error(`"${given}" is no time; give an ISO date or seconds`)
  return parsed
}
