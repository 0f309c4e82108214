/** Messages within Slack's limits. Pure: what is said, not how it gets there. */
import type { Block, Message } from '../../core/effects.ts'
import { context } from '../../lib/blocks.ts'
import { when } from '../../lib/mrkdwn.ts'
import { splitText } from '../../lib/text.ts'

// Slack edits texts of up to 4,000 characters, takes 50 blocks, and was seen to refuse 11,341 letters in them.
const textMax = 4_000
const lettersMax = 10_000
const blocksMax = 50
const lateAfterMilliseconds = 120_000

/** A long text becomes several messages. Blocks are never torn apart. */
export function partsOf(message: Message): readonly Message[] {
  if (hasBlocks(message)) return [message]
  return splitMarkup(message.text, textMax).map((text) => ({ text }))
}

/** What chat.postMessage and chat.update take. */
export function bodyOf(message: Message): { text: string; blocks?: readonly Block[] } {
  const text = shortened(message.text)
  return hasBlocks(message) ? { text, blocks: fitting(message.blocks) } : { text }
}

/** Whoever reads a message that waited must know when it was meant. */
export function markedIfLate(message: Message, { decidedAt, now }: { decidedAt: Date; now: Date }): Message {
  if (now.getTime() - decidedAt.getTime() < lateAfterMilliseconds) return message
  const mark = `Late: this was said ${when(decidedAt.toISOString())}.`
  if (hasBlocks(message)) return { ...message, blocks: [...message.blocks, context([mark])] }
  return { text: `${message.text}\n_${mark}_` }
}

function hasBlocks(message: Message): message is Message & { blocks: readonly Block[] } {
  return message.blocks !== undefined && message.blocks.length > 0
}

function shortened(text: string): string {
  if (text.length <= textMax) return text
  const [start = ''] = splitMarkup(text, textMax - 1)
  return `${start.trimEnd()}…`
}

/** Broken where it reads well, and never inside `<…>` or an entity. */
export function splitMarkup(text: string, max: number): string[] {
  const pieces: string[] = []
  let rest = text
  while (rest.length > max) {
    const [piece = ''] = splitText(rest, max)
    const end = endBeforeToken(piece)
    pieces.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return [...pieces, ...(rest === '' && pieces.length > 0 ? [] : [rest])]
}

function endBeforeToken(piece: string): number {
  const open = piece.lastIndexOf('<')
  if (open > 0 && open > piece.lastIndexOf('>')) return open
  const entity = piece.search(/&[a-z]{0,3}$/)
  return entity > 0 ? entity : piece.length
}

/** What does not fit is left out from the end; buttons stay, and a line says that something is missing. */
function fitting(blocks: readonly Block[]): readonly Block[] {
  if (fits(blocks)) return blocks
  const kept = [...blocks]
  const missing = context(['… shortened'])
  while (!fits([...kept, missing])) {
    const last = kept.findLastIndex((block) => block.type !== 'actions')
    kept.splice(last, 1)
  }
  const firstButtons = kept.findLastIndex((block) => block.type !== 'actions') + 1
  return kept.toSpliced(firstButtons, 0, missing)
}

function fits(blocks: readonly Block[]): boolean {
  return blocks.length <= blocksMax && lettersIn(blocks) <= lettersMax
}

/** Every `text` that somebody will read, however deep it stands. */
function lettersIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, inner) => sum + lettersIn(inner), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (name === 'text' && typeof inner === 'string' ? inner.length : lettersIn(inner)),
    0,
  )
}
