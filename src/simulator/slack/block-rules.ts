/**
 * What Slack refuses in blocks. Schemas are closed: a field that is not known is refused like one that is wrong.
 * Only the blocks and elements that an incident bot uses are known; a new one is added here before it is sent.
 */
import type { SlackBlock } from '../types.ts'

type Check = (value: unknown, at: string, found: string[]) => void
type Fields = Record<string, { check: Check; isRequired?: true }>

const lettersMax = { message: 13_000 }

/** Sentences with JSON pointers, as Slack words them; empty when all is well. */
export function findBlockProblems(blocks: unknown, surface: 'message' | 'modal' | 'home', at = '/blocks'): string[] {
  const found: string[] = []
  if (!Array.isArray(blocks)) return [`must be an array [json-pointer:${at}]`]
  const max = surface === 'message' ? 50 : 100
  if (blocks.length > max) found.push(`no more than ${max} items allowed [json-pointer:${at}]`)
  const ids = new Set<string>()
  for (const [index, block] of blocks.entries()) {
    const here = `${at}/${index}`
    checkOneOf(surface === 'message' ? messageBlocks : { ...messageBlocks, input: inputBlock }, block, here, found)
    const id = isRecord(block) ? block.block_id : undefined
    if (typeof id !== 'string') continue
    if (ids.has(id)) found.push(`\`block_id\` already exists [json-pointer:${here}/block_id]`)
    ids.add(id)
  }
  return found
}

/** All letters of a message's blocks together; Slack refuses more with a code of its own. */
export function isTooLong(blocks: readonly SlackBlock[]): boolean {
  return JSON.stringify(blocks).length > lettersMax.message
}

export function findViewProblems(view: unknown): string[] {
  if (!isRecord(view)) return ['must be an object [json-pointer:/view]']
  const found: string[] = []
  const isModal = view.type === 'modal'
  checkFields(isModal ? modalFields : homeFields, view, '/view', found)
  found.push(...findBlockProblems(view.blocks, isModal ? 'modal' : 'home', '/view/blocks'))
  const hasInput = Array.isArray(view.blocks) && view.blocks.some((block) => isRecord(block) && block.type === 'input')
  if (isModal && hasInput && view.submit === undefined) found.push('missing required field: submit [json-pointer:/view]')
  return found
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkFields(fields: Fields, value: Record<string, unknown>, at: string, found: string[]): void {
  for (const key of Object.keys(value)) if (!(key in fields)) found.push(`invalid additional property: ${key} [json-pointer:${at}]`)
  for (const [key, { check, isRequired }] of Object.entries(fields)) {
    if (value[key] !== undefined) check(value[key], `${at}/${key}`, found)
    else if (isRequired) found.push(`missing required field: ${key} [json-pointer:${at}]`)
  }
}

function checkOneOf(kinds: Record<string, Fields>, value: unknown, at: string, found: string[]): void {
  const fields = isRecord(value) && typeof value.type === 'string' ? kinds[value.type] : undefined
  if (!fields) found.push(`unsupported type: ${isRecord(value) ? String(value.type) : typeof value} [json-pointer:${at}/type]`)
  else checkFields({ type: anything, ...fields }, value as Record<string, unknown>, at, found)
}

// What fields may hold.
const anything = { check: () => {} }
const required = (check: Check) => ({ check, isRequired: true }) as const
const optional = (check: Check) => ({ check })
const letters =
  (max: number, min = 1): Check =>
  (value, at, found) => {
    if (typeof value !== 'string') found.push(`must be a string [json-pointer:${at}]`)
    else if (value.length > max) found.push(`must be less than ${max + 1} characters [json-pointer:${at}]`)
    else if (value.trim().length < min) found.push(`must be more than 0 characters [json-pointer:${at}]`)
  }
const flag: Check = (value, at, found) => {
  if (typeof value !== 'boolean') found.push(`must be a boolean [json-pointer:${at}]`)
}
const oneOf =
  (...allowed: string[]): Check =>
  (value, at, found) => {
    if (!allowed.includes(String(value))) found.push(`must be one of ${allowed.join(', ')} [json-pointer:${at}]`)
  }
const text =
  (max: number, ...kinds: string[]): Check =>
  (value, at, found) => {
    if (!isRecord(value)) return void found.push(`must be an object [json-pointer:${at}]`)
    const isPlain = value.type === 'plain_text'
    const fields: Fields = {
      type: required(oneOf(...kinds)),
      text: required(letters(max)),
      ...(isPlain ? { emoji: optional(flag) } : { verbatim: optional(flag) }),
    }
    checkFields(fields, value, at, found)
  }
const plain = (max: number) => text(max, 'plain_text')
const anyText = (max: number) => text(max, 'plain_text', 'mrkdwn')
const listOf =
  (max: number, each: Check): Check =>
  (value, at, found) => {
    if (!Array.isArray(value)) return void found.push(`must be an array [json-pointer:${at}]`)
    if (value.length === 0) found.push(`no fewer than 1 items allowed [json-pointer:${at}]`)
    if (value.length > max) found.push(`no more than ${max} items allowed [json-pointer:${at}]`)
    for (const [index, one] of value.entries()) each(one, `${at}/${index}`, found)
  }
const object =
  (fields: Fields): Check =>
  (value, at, found) => {
    if (isRecord(value)) checkFields(fields, value, at, found)
    else found.push(`must be an object [json-pointer:${at}]`)
  }

const option = object({ text: required(anyText(75)), value: required(letters(150)), description: optional(anyText(75)) })
const confirm = object({
  title: required(plain(100)),
  text: required(anyText(300)),
  confirm: required(plain(30)),
  deny: required(plain(30)),
  style: optional(oneOf('primary', 'danger')),
})
const actionId = { action_id: optional(letters(255)), confirm: optional(confirm), focus_on_load: optional(flag) }
const placeholder = { placeholder: optional(plain(150)) }

const button: Fields = {
  ...actionId,
  text: required(plain(75)),
  value: optional(letters(2_000)),
  url: optional(letters(3_000)),
  style: optional(oneOf('primary', 'danger')),
  accessibility_label: optional(letters(75)),
}
const staticSelect: Fields = { ...actionId, ...placeholder, options: required(listOf(100, option)), initial_option: optional(option) }
const usersSelect: Fields = { ...actionId, ...placeholder, initial_user: optional(letters(20)) }
const radio: Fields = { ...actionId, options: required(listOf(10, option)), initial_option: optional(option) }
const checkboxes: Fields = { ...actionId, options: required(listOf(10, option)), initial_options: optional(listOf(10, option)) }
const textField: Fields = {
  ...actionId,
  ...placeholder,
  initial_value: optional(letters(3_000, 0)),
  multiline: optional(flag),
  min_length: anything,
  max_length: anything,
}
const datetime: Fields = { ...actionId, initial_date_time: anything }

const interactive: Record<string, Fields> = {
  button,
  static_select: staticSelect,
  users_select: usersSelect,
  overflow: { ...actionId, options: required(listOf(5, option)) },
  radio_buttons: radio,
  checkboxes,
  datetimepicker: datetime,
}
const inputs: Record<string, Fields> = {
  plain_text_input: textField,
  static_select: staticSelect,
  users_select: usersSelect,
  radio_buttons: radio,
  checkboxes,
  datetimepicker: datetime,
}
const elementOf =
  (kinds: Record<string, Fields>): Check =>
  (value, at, found) =>
    checkOneOf(kinds, value, at, found)

/** Action ids may not repeat within one block. */
const actionElements: Check = (value, at, found) => {
  listOf(25, elementOf(interactive))(value, at, found)
  const ids = Array.isArray(value) ? value.flatMap((one) => (isRecord(one) && typeof one.action_id === 'string' ? [one.action_id] : [])) : []
  if (new Set(ids).size < ids.length) found.push(`\`action_id\` already exists [json-pointer:${at}]`)
}
const contextElement: Check = (value, at, found) => {
  if (isRecord(value) && value.type === 'image') return
  anyText(3_000)(value, at, found)
}

const blockId = { block_id: optional(letters(255)) }
const inputBlock: Fields = {
  ...blockId,
  label: required(plain(2_000)),
  element: required(elementOf(inputs)),
  hint: optional(plain(2_000)),
  optional: optional(flag),
  dispatch_action: optional(flag),
}
const messageBlocks: Record<string, Fields> = {
  header: { ...blockId, text: required(plain(150)) },
  divider: blockId,
  context: { ...blockId, elements: required(listOf(10, contextElement)) },
  actions: { ...blockId, elements: required(actionElements) },
  section: {
    ...blockId,
    text: optional(anyText(3_000)),
    fields: optional(listOf(10, anyText(2_000))),
    accessory: optional(elementOf(interactive)),
    expand: optional(flag),
  },
}

const viewFields: Fields = {
  type: anything,
  blocks: anything,
  private_metadata: optional(letters(3_000, 0)),
  callback_id: optional(letters(255)),
  external_id: optional(letters(255, 0)),
}
const modalFields: Fields = {
  ...viewFields,
  title: required(plain(24)),
  submit: optional(plain(24)),
  close: optional(plain(24)),
  clear_on_close: optional(flag),
  notify_on_close: optional(flag),
}
const homeFields = viewFields
