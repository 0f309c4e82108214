/** What a person has chosen and typed, as Slack reports it: `state.values[block][action]`. */
import type { SlackBlock } from '../types.ts'
import type { StoredView } from './state.ts'

type Reported = Record<string, unknown>

/** The values that inputs begin with. */
export function initialValue(element: SlackBlock): Reported {
  const { type } = element
  switch (type) {
    case 'plain_text_input':
      return { type, value: element.initial_value || null }
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: element.initial_option ?? null }
    case 'checkboxes':
      return { type, selected_options: element.initial_options ?? [] }
    case 'users_select':
      return { type, selected_user: element.initial_user ?? null }
    case 'datetimepicker':
      return { type, selected_date_time: element.initial_date_time ?? null }
    default:
      return { type, value: null }
  }
}

/** What is reported when somebody enters `given`: visible words of an option, a person's id, plain text. */
export function enteredValue(element: SlackBlock, given: string | readonly string[]): Reported {
  const { type } = element
  const words = typeof given === 'string' ? [given] : given
  const [first = ''] = words
  const options: SlackBlock[] = element.options ?? []
  const choose = (word: string) => {
    const found = options.find((option) => option.value === word || option.text?.text === word)
    if (!found) throw new Error(`there is no option «${word}»; there are ${options.map((option) => option.text?.text).join(', ')}`)
    return found
  }
  switch (type) {
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: first === '' ? null : choose(first) }
    case 'checkboxes':
      return { type, selected_options: words.map(choose) }
    case 'users_select':
      return { type, selected_user: first || null }
    case 'datetimepicker':
      return { type, selected_date_time: Number(first) || Math.floor(Date.parse(first) / 1_000) }
    default:
      return { type, value: first === '' ? null : first }
  }
}

/** All inputs of a view with what they hold now. */
export function fillValues(view: StoredView, entered: Readonly<Record<string, string | readonly string[]>>): void {
  const used = new Set<string>()
  for (const block of view.blocks) {
    if (block.type !== 'input') continue
    const id = String(block.block_id)
    const label = String(block.label?.text ?? '')
    const name = [label, id].find((candidate) => candidate in entered)
    if (name !== undefined) used.add(name)
    const given = name === undefined ? undefined : entered[name]
    const action = String(block.element?.action_id ?? id)
    const before = view.values[id]?.[action]
    view.values[id] = { [action]: given === undefined ? (before ?? initialValue(block.element)) : enteredValue(block.element, given) }
  }
  const unknown = Object.keys(entered).filter((name) => !used.has(name))
  if (unknown.length > 0) {
    const labels = view.blocks.filter((block) => block.type === 'input').map((block) => block.label?.text)
    throw new Error(`there is no input «${unknown.join('», «')}» in «${view.title}»; there are ${labels.join(', ')}`)
  }
}

/** Inputs that Slack itself does not let through empty. */
export function missingInputs(view: StoredView): Record<string, string> {
  const missing: Record<string, string> = {}
  for (const block of view.blocks) {
    if (block.type !== 'input' || block.optional === true) continue
    const id = String(block.block_id)
    const value = Object.values(view.values[id] ?? {})[0] ?? {}
    const held = value.value ?? value.selected_option ?? value.selected_user ?? value.selected_date_time ?? value.selected_options
    if (held === null || held === undefined || (Array.isArray(held) && held.length === 0)) missing[id] = 'Please complete this required field.'
  }
  return missing
}
