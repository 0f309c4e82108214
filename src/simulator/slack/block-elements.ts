/** The elements of Block Kit, each with its limits: texts, buttons, menus, pickers and inputs. */
import {
  type Fields,
  flag,
  isRecord,
  kinds,
  list,
  matching,
  oneOf,
  problem,
  record,
  type Shape,
  tried,
  wholeNumber,
  words,
} from './shape.ts'

const type: Fields = { type: words(50) }

function textObject(max: number, ...allowed: readonly string[]): Shape {
  const isKnown = oneOf(...allowed)
  const plainText = record({ type: isKnown, text: words(max) }, { emoji: flag })
  const markup = record({ type: isKnown, text: words(max) }, { verbatim: flag })
  return tried((value, at) => (isRecord(value) && value.type === 'mrkdwn' ? markup : plainText)(value, at))
}

export function plainText(max: number): Shape {
  return textObject(max, 'plain_text')
}

export function anyText(max: number): Shape {
  return textObject(max, 'plain_text', 'mrkdwn')
}

const confirm = record(
  { text: anyText(300) },
  { title: plainText(100), confirm: plainText(30), deny: plainText(30), style: oneOf('primary', 'danger') },
)

const id = { action_id: words(255) }
const focus = { focus_on_load: flag }
const placeholder = { placeholder: plainText(150) }
const askFirst = { confirm }
const several = { max_selected_items: wholeNumber(1, 1_000) }
const slackId = words(20)
const slackIds = list(slackId, { min: 0, max: 1_000 })

// The manual of today says 150 for `value`, the SDK's types say 75; what fits in 75 passes under both.
function option(text: Shape, more: Fields = {}): Shape {
  return record({ text, value: words(75) }, { description: anyText(75), ...more })
}
const menuOption = option(plainText(75))
const overflowOption = option(plainText(75), { url: words(3_000) })
const listedOption = option(anyText(75))

const optionGroup = record({ label: plainText(75), options: list(menuOption, { max: 100 }) })
const menuOptions = { options: list(menuOption, { max: 100 }), option_groups: list(optionGroup, { max: 100 }) }

function exactlyOneSource(value: Record<string, unknown>, at: string): string[] {
  if (value.options === undefined && value.option_groups === undefined)
    return problem('missing required field: options', at)
  if (value.options !== undefined && value.option_groups !== undefined)
    return problem('only one of options, option_groups is allowed', at)
  return initialsAreOffered(value, at)
}

/** What is chosen at first must be one of the options, to the letter. */
function initialsAreOffered(value: Record<string, unknown>, at: string): string[] {
  const offered = new Set(optionsOf(value).map(comparable))
  const initials = [value.initial_option, value.initial_options].flat().filter((initial) => initial !== undefined)
  const isStrange = initials.some((initial) => !offered.has(comparable(initial)))
  return isStrange ? problem('initial option must exactly match one of the options', at) : []
}

function optionsOf(value: Record<string, unknown>): unknown[] {
  const groups = Array.isArray(value.option_groups) ? value.option_groups : []
  const lists = [value.options, ...groups.map((group) => (isRecord(group) ? group.options : undefined))]
  return lists.flatMap((options) => (Array.isArray(options) ? options : []))
}

function comparable(given: unknown): string {
  const text = isRecord(given) && isRecord(given.text) ? given.text.text : undefined
  return JSON.stringify([text, isRecord(given) ? given.value : undefined])
}

const filter = record(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), { max: 4 }),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
)
const minQueryLength = { min_query_length: wholeNumber(0, 1_000) }
const respond = { response_url_enabled: flag }
const menu = { ...id, ...placeholder, ...focus, ...askFirst }
const conversations = { default_to_current_conversation: flag, filter }

const selects: Fields = {
  static_select: record(type, { ...menu, ...menuOptions, initial_option: menuOption }, exactlyOneSource),
  external_select: record(type, { ...menu, ...minQueryLength, initial_option: menuOption }),
  users_select: record(type, { ...menu, initial_user: slackId }),
  channels_select: record(type, { ...menu, ...respond, initial_channel: slackId }),
  conversations_select: record(type, { ...menu, ...respond, ...conversations, initial_conversation: slackId }),
  multi_static_select: record(
    type,
    { ...menu, ...several, ...menuOptions, initial_options: list(menuOption, { max: 100 }) },
    exactlyOneSource,
  ),
  multi_external_select: record(type, {
    ...menu,
    ...several,
    ...minQueryLength,
    initial_options: list(menuOption, { max: 100 }),
  }),
  multi_users_select: record(type, { ...menu, ...several, initial_users: slackIds }),
  multi_channels_select: record(type, { ...menu, ...several, initial_channels: slackIds }),
  multi_conversations_select: record(type, { ...menu, ...several, ...conversations, initial_conversations: slackIds }),
}

const choices: Fields = {
  radio_buttons: record(
    { ...type, options: list(listedOption, { max: 10 }) },
    { ...id, ...focus, ...askFirst, initial_option: listedOption },
    initialsAreOffered,
  ),
  checkboxes: record(
    { ...type, options: list(listedOption, { max: 10 }) },
    { ...id, ...focus, ...askFirst, initial_options: list(listedOption, { max: 10 }) },
    initialsAreOffered,
  ),
}

const day = matching(/^\d{4}-\d{2}-\d{2}$/, 'a date as YYYY-MM-DD')
const hour = matching(/^\d{2}:\d{2}$/, 'a time as HH:mm')
const pickers: Fields = {
  datepicker: record(type, { ...menu, initial_date: day }),
  timepicker: record(type, { ...menu, initial_time: hour, timezone: words(50) }),
  // Ten digits, as Slack has it: seconds, not milliseconds.
  datetimepicker: record(type, {
    ...id,
    ...focus,
    ...askFirst,
    initial_date_time: wholeNumber(1_000_000_000, 9_999_999_999),
  }),
}

const buttons: Fields = {
  button: record(
    { ...type, text: plainText(75) },
    {
      ...id,
      ...askFirst,
      value: words(2_000),
      url: words(3_000),
      style: oneOf('primary', 'danger'),
      accessibility_label: words(75),
    },
  ),
  overflow: record({ ...type, options: list(overflowOption, { max: 5 }) }, { ...id, ...askFirst }),
}

const dispatch = {
  dispatch_action_config: record({
    trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { max: 2 }),
  }),
}
const typed = { ...id, ...focus, ...placeholder, ...dispatch }
const digits = matching(/^-?\d+(\.\d+)?$/, 'a number')
const typedInputs: Fields = {
  plain_text_input: record(type, {
    ...typed,
    initial_value: words(3_000, 0),
    multiline: flag,
    min_length: wholeNumber(0, 3_000),
    max_length: wholeNumber(1, 3_000),
  }),
  email_text_input: record(type, { ...typed, initial_value: words(3_000, 0) }),
  url_text_input: record(type, { ...typed, initial_value: words(3_000, 0) }),
  number_input: record(
    { ...type, is_decimal_allowed: flag },
    { ...typed, initial_value: digits, min_value: digits, max_value: digits },
  ),
}

const imageSource = { image_url: words(3_000) }
export const imageElement = record({ ...type, ...imageSource, alt_text: words(2_000) })

/** Which elements each place takes. */
export const actionElement = tried(kinds({ ...buttons, ...selects, ...choices, ...pickers }))
export const accessory = tried(kinds({ ...buttons, ...selects, ...choices, ...pickers, image: imageElement }))
export const inputElement = tried(kinds({ ...typedInputs, ...selects, ...choices, ...pickers }))
export const contextElement = tried(kinds({ plain_text: anyText(3_000), mrkdwn: anyText(3_000), image: imageElement }))
