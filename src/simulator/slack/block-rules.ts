/**
 * What Slack refuses in the blocks of messages, forms and App Home. The blocks an incident bot may want are known; the
 * rest of Slack's growing set is refused like a slip of the pen, until somebody needs it and adds it here.
 */
import type { SlackBlock } from '../types.ts'
import { accessory, actionElement, anyText, contextElement, inputElement, plainText } from './block-elements.ts'
import { richTextElements } from './rich-text-shape.ts'
import { type Fields, flag, isRecord, kinds, list, oneOf, problem, record, type Shape, unique, words } from './shape.ts'

// The fewest letters in the blocks of one message that Slack was seen to refuse.
const lettersMax = 11_340

const blocksMax = { message: 50, modal: 100, home: 100 }
const viewBytesMax = 250_000

/** Slack's sentences; empty when all is well. */
export function findBlockProblems(blocks: unknown, surface: keyof typeof blocksMax, at = '/blocks'): string[] {
  const found = list(block, { min: 0, max: blocksMax[surface] })(blocks, at)
  const blockList = Array.isArray(blocks) ? blocks : []
  return [
    ...found,
    ...unique(blockList, 'block_id', (index) => `${at}/${index}`),
    ...(surface === 'message' ? oneTable(blockList, at) : []),
  ]
}

/** All letters of a message's blocks together: Slack refuses too many with a code of its own. */
export function isTooLong(blocks: readonly SlackBlock[]): boolean {
  return lettersIn(blocks) > lettersMax
}

export function findViewProblems(view: unknown): string[] {
  const at = '/view'
  if (!isRecord(view)) return problem('must be an object', at)
  const isModal = view.type === 'modal'
  return [
    ...(isModal ? modal : home)(view, at),
    ...findBlockProblems(view.blocks, isModal ? 'modal' : 'home', `${at}/blocks`),
    ...(isModal && view.submit === undefined && hasInput(view.blocks)
      ? problem('missing required field: submit', at)
      : []),
  ]
}

export function isViewTooLarge(view: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(view)) > viewBytesMax
}

const named: Fields = { type: words(50) }
const id: Fields = { block_id: words(255) }

/** Several controls of one block must be told apart. */
function actionElements(value: unknown, at: string): string[] {
  const found = list(actionElement, { max: 25 })(value, at)
  return [...found, ...unique(Array.isArray(value) ? value : [], 'action_id', (index) => `${at}/${index}`)]
}

function textOrFields(value: Record<string, unknown>, at: string): string[] {
  return value.text === undefined && value.fields === undefined ? problem('must have either text or fields', at) : []
}

const rawText = record({ type: oneOf('raw_text'), text: words(3_000) })
const richText = record({ ...named, elements: richTextElements }, id)
const cell = kinds({ raw_text: rawText, rich_text: richText })
const column = record({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag })

const block: Shape = kinds({
  header: record({ ...named, text: plainText(150) }, id),
  divider: record(named, id),
  section: record(
    named,
    { ...id, text: anyText(3_000), fields: list(anyText(2_000), { max: 10 }), accessory, expand: flag },
    textOrFields,
  ),
  context: record({ ...named, elements: list(contextElement, { max: 10 }) }, id),
  actions: record({ ...named, elements: actionElements }, id),
  image: record({ ...named, image_url: words(3_000), alt_text: words(2_000) }, { ...id, title: plainText(2_000) }),
  input: record(
    { ...named, label: plainText(2_000), element: inputElement },
    { ...id, hint: plainText(2_000), optional: flag, dispatch_action: flag },
  ),
  markdown: record({ ...named, text: words(12_000) }, id),
  rich_text: richText,
  table: record(
    { ...named, rows: list(list(cell, { max: 20 }), { max: 100 }) },
    { ...id, column_settings: list(column, { max: 20 }) },
  ),
})

function oneTable(blocks: readonly unknown[], at: string): string[] {
  const tables = blocks.filter((one) => isRecord(one) && one.type === 'table')
  return tables.length > 1 ? problem('only one table is allowed', at) : []
}

// The blocks of a view are looked at apart, because their number depends on the surface.
const anyBlocks: Fields = { blocks: () => [] }
const common: Fields = { private_metadata: words(3_000, 0), callback_id: words(255, 0), external_id: words(255, 0) }
const home = record({ type: oneOf('modal', 'home'), ...anyBlocks }, common)
const modal = record(
  { ...named, ...anyBlocks, title: plainText(24) },
  { ...common, submit: plainText(24), close: plainText(24), clear_on_close: flag, notify_on_close: flag },
)

function hasInput(blocks: unknown): boolean {
  return Array.isArray(blocks) && blocks.some((one) => isRecord(one) && one.type === 'input')
}

function lettersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let letters = 0
  for (const [key, inner] of Object.entries(value)) {
    letters += key === 'text' && typeof inner === 'string' ? inner.length : lettersIn(inner)
  }
  return letters
}
