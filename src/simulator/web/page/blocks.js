/** Block Kit as descriptions of elements, for messages, forms and App Home alike. */
import { h } from './dom.js'
import { element, safeImage } from './elements.js'
import { richText } from './rich-text.js'
import { plainText, textObject } from './texts.js'
import { unknownThing } from './unknown.js'

export function drawBlocks(blocks, surface) {
  return (blocks ?? []).map((block, index) =>
    h(
      'div',
      { class: `block ${classOf(block)}`, key: block?.block_id ?? `nth ${index}` },
      drawAtAnyRate(block, surface),
    ),
  )
}

// One block of a shape that nobody foresaw must not take the rest of the page with it.
function drawAtAnyRate(block, surface) {
  try {
    return drawBlock(block, surface)
  } catch {
    return unknownThing(block)
  }
}

function classOf(block) {
  return String(block?.type ?? '').replaceAll(/[^a-z_]/g, '')
}

function drawBlock(block, surface) {
  switch (block.type) {
    case 'header':
      return h('h3', {}, plainText(block.text))
    case 'divider':
      return h('hr')
    case 'section':
      return section(block, surface)
    case 'context':
      return context(block, surface)
    case 'actions':
    case 'context_actions':
      return (block.elements ?? []).map((one) => ({ ...element(one, block, surface), key: identity(one) }))
    case 'input':
      return input(block, surface)
    case 'image':
      return image(block)
    case 'rich_text':
      return richText(block.elements, surface.names)
    case 'markdown':
      return h('div', { class: 'as-written' }, String(block.text ?? ''))
    case 'table':
      return table(block, surface)
    default:
      return unknownThing(block)
  }
}

// A button that goes away must not become its neighbour under the finger or the focus of somebody.
function identity(one) {
  return `${one.action_id} ${one.value ?? ''}`
}

function section(block, surface) {
  const fields = (block.fields ?? []).map((field) => h('div', { class: 'field' }, textObject(field, surface.names)))
  return [
    h(
      'div',
      { class: 'section-text' },
      textObject(block.text, surface.names),
      fields.length > 0 && h('div', { class: 'fields' }, fields),
    ),
    block.accessory &&
      h('div', { class: 'accessory', key: identity(block.accessory) }, element(block.accessory, block, surface)),
  ]
}

function context(block, surface) {
  return (block.elements ?? []).map((one) =>
    one.type === 'mrkdwn' || one.type === 'plain_text'
      ? h('span', {}, textObject(one, surface.names))
      : element(one, block, surface),
  )
}

function input(block, surface) {
  const id = `field ${surface.id} ${block.block_id}`.replaceAll(/[^\w-]/g, '-')
  const error = surface.error(block)
  const hintId = block.hint ? `${id}-hint` : ''
  const errorId = error ? `${id}-error` : ''
  const describedBy = `${errorId} ${hintId}`.trim() || null
  const label = [plainText(block.label), block.optional && h('span', { class: 'optional' }, ' (optional)')]
  const control = element(block.element ?? {}, block, surface, { id, describedBy, isInvalid: Boolean(error) })
  const after = [
    block.hint && h('p', { class: 'field-hint', id: hintId }, plainText(block.hint)),
    error && h('p', { class: 'field-error', id: errorId, key: 'error' }, error),
  ]
  if (isGroup(block.element)) {
    return h('fieldset', { class: 'form-field' }, h('legend', {}, label), control, after)
  }
  return h('div', { class: 'form-field' }, h('label', { for: id }, label), control, after)
}

// Several boxes have one question; a label can only belong to one box.
function isGroup(one) {
  return one?.type === 'radio_buttons' || one?.type === 'checkboxes' || Boolean(one?.type?.startsWith('multi_'))
}

function image(block) {
  return h(
    'figure',
    {},
    block.title && h('figcaption', {}, plainText(block.title)),
    h('img', { src: safeImage(block.image_url), alt: block.alt_text ?? '' }),
  )
}

function table(block, surface) {
  const [head = [], ...rows] = block.rows ?? []
  const cell = (tag) => (one) =>
    h(tag, {}, one?.type === 'rich_text' ? richText(one.elements, surface.names) : String(one?.text ?? ''))
  return h(
    'div',
    { class: 'table-scroll' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, head.map(cell('th')))),
      h(
        'tbody',
        {},
        rows.map((row) => h('tr', {}, row.map(cell('td')))),
      ),
    ),
  )
}
