/** Slack's blocks, built so that none can exceed Slack's limits. Texts are mrkdwn that is escaped already. */
import { shorten } from './text.ts'

export type Block = { type: string; [field: string]: unknown }

/** Plain text: nothing in it is read as markup, so it needs no escaping. */
export function header(text: string): Block {
  return { type: 'header', text: { type: 'plain_text', text: shorten(nonEmpty(text), 150), emoji: true } }
}

export function section(text: string): Block {
  return { type: 'section', text: mrkdwn(text, 3_000) }
}

// Slack refuses a message whose blocks hold more than some 11,000 letters; the rest is for headings and buttons.
const lettersMax = 8_500

/** Lines that fit into one message together: where there is too much, each is cut to its share. */
export function fitting(lines: readonly string[]): readonly string[] {
  const letters = lines.reduce((sum, line) => sum + line.length, 0)
  if (letters <= lettersMax) return lines
  const share = Math.floor(lettersMax / lines.length)
  return lines.map((line) => shortenMarkup(line, share))
}

/** Lines in as few sections as they fit into. */
export function sections(lines: readonly string[]): Block[] {
  const texts: string[] = []
  for (const line of fitting(lines)) {
    const last = texts.at(-1)
    if (last !== undefined && last.length + line.length < 2_900) texts[texts.length - 1] = `${last}\n${line}`
    else texts.push(line)
  }
  return texts.map(section)
}

export function fields(texts: readonly string[]): Block {
  return { type: 'section', fields: texts.slice(0, 10).map((text) => mrkdwn(text, 2_000)) }
}

export function context(texts: readonly string[]): Block {
  return { type: 'context', elements: texts.slice(0, 10).map((text) => mrkdwn(text, 2_000)) }
}

export function actions(elements: readonly Block[]): Block {
  return { type: 'actions', elements: elements.slice(0, 25) }
}

export const divider: Block = { type: 'divider' }

function mrkdwn(text: string, max: number) {
  return { type: 'mrkdwn', text: shortenMarkup(nonEmpty(text), max), verbatim: true }
}

/** Cutting may not leave half an entity or half of `<…>` behind. */
export function shortenMarkup(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = shorten(text, max).slice(0, -1)
  return `${cut.replace(/&[a-z]{0,3}$/, '').replace(/<[^>]*$/, '')}…`
}

// Slack refuses empty text.
function nonEmpty(text: string): string {
  return text.trim() === '' ? '–' : text
}
