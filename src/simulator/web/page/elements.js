/**
 * Block Kit's controls: buttons, menus, boxes and pickers. `surface` is what they stand on, a message, a form or
 * App Home, and knows what happens when they are used:
 *   press(element)            a button
 *   choose(element, option)   a choice that is sent at once
 *   field(block)              for input blocks of a form: { value, set(value) }, what was entered so far
 */
import { initialValues, optionsOf, wordsOf } from './controls.js'
import { h } from './dom.js'
import { withEmoji } from './emoji.js'
import { menu } from './menu.js'
import { link } from './mrkdwn.js'
import { plainText, textObject } from './texts.js'
import { unknownThing } from './unknown.js'

/** @param {{ id?: string, describedBy?: string | null, isInvalid?: boolean }} [as] */
export function element(one, block, surface, as = {}) {
  switch (one.type) {
    case 'button':
      return button(one, block, surface)
    case 'image':
      return h('img', { class: 'small-image', src: safeImage(one.image_url), alt: one.alt_text ?? '' })
    case 'overflow':
      return overflow(one, block, surface)
    case 'static_select':
    case 'external_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return select(one, block, surface, as)
    case 'multi_static_select':
    case 'multi_external_select':
    case 'multi_users_select':
    case 'multi_channels_select':
    case 'multi_conversations_select':
    case 'checkboxes':
      return boxes(one, block, surface, as)
    case 'radio_buttons':
      return radios(one, block, surface, as)
    case 'datepicker':
      return picker(one, block, surface, as, { type: 'date', initial: one.initial_date })
    case 'timepicker':
      return picker(one, block, surface, as, { type: 'time', initial: one.initial_time })
    case 'datetimepicker':
      return picker(one, block, surface, as, {
        type: 'datetime-local',
        initial: one.initial_date_time,
        read: secondsOf,
        show: localMinute,
      })
    case 'plain_text_input':
    case 'rich_text_input':
      return one.multiline || one.type === 'rich_text_input'
        ? textArea(one, block, surface, as)
        : textBox(one, block, surface, as, 'text')
    case 'email_text_input':
      return textBox(one, block, surface, as, 'email')
    case 'url_text_input':
      return textBox(one, block, surface, as, 'url')
    case 'number_input':
      return textBox(one, block, surface, as, 'number')
    default:
      return unknownThing(one)
  }
}

function button(one, block, surface) {
  const words = withEmoji(one.text?.text ?? '')
  const className = `button ${one.style === 'primary' || one.style === 'danger' ? one.style : ''}`
  const isBusy = surface.isBusy(one, block)
  // A button with an address is a link; the bot hears of it as well.
  if (one.url)
    return h('span', { class: 'link-button', onclick: () => surface.press(one, block) }, link(one.url, words))
  return h(
    'button',
    {
      type: 'button',
      class: className,
      'aria-busy': String(isBusy),
      onclick: () => !isBusy && surface.press(one, block),
    },
    words,
  )
}

function overflow(one, block, surface) {
  const items = optionsOf(one).map((option) => ({
    label: withEmoji(option.text?.text ?? ''),
    pick: () => surface.choose(one, block, option.value ?? ''),
  }))
  const id = `${surface.id} ${block.block_id} ${one.action_id}`
  return menu(surface.page, { id, label: 'More actions', face: ['⋯'], className: 'button overflow', items })
}

function choicesOf(one, surface) {
  if (one.type.includes('users_select'))
    return surface.people.map((person) => ({ value: person.id, words: person.realName || person.name }))
  if (one.type.includes('channels_select') || one.type.includes('conversations_select')) {
    return surface.channels
      .filter((channel) => channel.kind !== 'dm')
      .map((channel) => ({ value: channel.id, words: `#${channel.name}` }))
  }
  return optionsOf(one).map((option) => ({
    value: option.value,
    words: plainText(option.text),
    text: option.text,
    description: option.description,
  }))
}

/** Tells the form, or sends the choice at once where there is no form around or the form asks for it. */
function report(one, block, surface, value) {
  const field = surface.field(block)
  field?.set(value)
  if (!field || block.dispatch_action) surface.choose(one, block, Array.isArray(value) ? value.join(',') : value)
}

function chosen(one, block, surface) {
  const value = surface.field(block)?.value ?? initialValues(one)
  return Array.isArray(value) ? value : [value]
}

function naming(one, as) {
  const label = as.id ? null : wordsOf(one) || 'Choose'
  return {
    id: as.id,
    'aria-label': label,
    'aria-describedby': as.describedBy,
    'aria-invalid': as.isInvalid ? 'true' : null,
  }
}

function select(one, block, surface, as) {
  const [value = ''] = chosen(one, block, surface)
  // Slack shows the description below; here there is one line.
  const drawn = ({ value: own, words, description }) =>
    h('option', { value: own }, withEmoji(description ? `${words} · ${plainText(description)}` : words))
  const groups = one.option_groups?.map((group) =>
    h(
      'optgroup',
      { label: plainText(group.label) },
      choicesOf({ type: one.type, options: group.options }, surface).map(drawn),
    ),
  )
  return h(
    'select',
    {
      class: 'select',
      value,
      ...naming(one, as),
      onchange: (event) => report(one, block, surface, event.target.value),
    },
    h('option', { value: '' }, wordsOf(one) || 'Choose…'),
    groups ?? choicesOf(one, surface).map(drawn),
  )
}

function boxes(one, block, surface, as) {
  const before = new Set(chosen(one, block, surface))
  const collect = (event) => {
    const ticked = [...event.currentTarget.querySelectorAll('input:checked')]
    report(
      one,
      block,
      surface,
      ticked.map((input) => input.value),
    )
  }
  const choices = choicesOf(one, surface)
  return h(
    'div',
    {
      class: choices.length > 8 ? 'choices scrolling' : 'choices',
      role: 'group',
      onchange: collect,
      'aria-describedby': as.describedBy,
    },
    choices.map((choice) => choiceLine(surface, choice, { type: 'checkbox', isChecked: before.has(choice.value) })),
  )
}

function radios(one, block, surface, as) {
  const [value] = chosen(one, block, surface)
  const name = `${surface.id} ${block.block_id} ${one.action_id}`
  return h(
    'div',
    {
      class: 'choices',
      role: 'radiogroup',
      'aria-label': as.id ? null : 'Choose one',
      'aria-describedby': as.describedBy,
      onchange: (event) => report(one, block, surface, event.target.value),
    },
    choicesOf(one, surface).map((choice) =>
      choiceLine(surface, choice, { type: 'radio', isChecked: choice.value === value, name }),
    ),
  )
}

function choiceLine(surface, choice, { type, isChecked, name = null }) {
  return h(
    'label',
    { class: 'choice', key: choice.value },
    h('input', { type, name, value: choice.value, checked: isChecked }),
    h(
      'span',
      {},
      choice.text ? textObject(choice.text, surface.names) : choice.words,
      choice.description && h('small', {}, textObject(choice.description, surface.names)),
    ),
  )
}

function picker(one, block, surface, as, { type, initial, read = String, show = String }) {
  const value = show(surface.field(block)?.value ?? initial ?? '')
  return h('input', {
    type,
    class: 'text-box short',
    value,
    ...naming(one, as),
    onchange: (event) => report(one, block, surface, read(event.target.value)),
  })
}

function textBox(one, block, surface, as, type) {
  const step = type === 'number' && one.is_decimal_allowed ? 'any' : null
  return h('input', {
    type,
    step,
    class: 'text-box',
    autocomplete: 'off',
    placeholder: one.placeholder?.text,
    maxlength: one.max_length,
    value: surface.field(block)?.value ?? one.initial_value ?? '',
    ...naming(one, as),
    oninput: (event) => surface.field(block)?.set(event.target.value),
  })
}

function textArea(one, block, surface, as) {
  return h('textarea', {
    class: 'text-box',
    rows: '4',
    placeholder: one.placeholder?.text,
    maxlength: one.max_length,
    value: surface.field(block)?.value ?? one.initial_value ?? '',
    ...naming(one, as),
    oninput: (event) => surface.field(block)?.set(event.target.value),
  })
}

function localMinute(seconds) {
  if (!seconds) return ''
  const moment = new Date(Number(seconds) * 1000)
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

function secondsOf(local) {
  const moment = new Date(local)
  return Number.isNaN(moment.getTime()) ? '' : String(Math.floor(moment.getTime() / 1000))
}

export function safeImage(url) {
  return /^https:\/\//i.test(url ?? '') ? url : ''
}
