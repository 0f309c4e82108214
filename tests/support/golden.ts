/**
 * What people see, written down: a line for each block, so that a change of a view is a change that somebody reads. And
 * what Slack, or a person, would not take of it.
 */
import type { Block, Message } from '../../src/core/effects.ts'
import type { ModalView } from '../../src/core/modals.ts'
import {
  findBlockProblems,
  findViewProblems,
  isTooLong,
  isViewTooLarge,
} from '../../src/simulator/slack/block-rules.ts'

export type Drawn = Message | ModalView | { home: readonly Block[] }
/** By what it is, in words. */
export type Views = Readonly<Record<string, Drawn>>

export function golden(views: Views): string {
  const all = Object.entries(views).map(([name, drawn]) => {
    const lines = linesOf(drawn).map((line) => `    ${JSON.stringify(line)}`)
    return `  ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n  ]`
  })
  return `{\n${all.join(',\n')}\n}\n`
}

function linesOf(drawn: Drawn): unknown[] {
  if ('home' in drawn) return [...drawn.home]
  if ('callback_id' in drawn) {
    const { blocks, ...form } = drawn
    return [form, ...blocks]
  }
  return [drawn.text, ...(drawn.blocks ?? [])]
}

// What Slack lets a form remember.
const rememberedMax = 3_000
// Slack cuts a message's text here.
const textMax = 4_000

/** Slack's sentences, and who would be called or led astray by somebody's words. */
export function problemsOf(views: Views): string[] {
  return Object.entries(views).flatMap(([name, drawn]) =>
    [...refusalsOf(drawn), ...callsIn(drawn)].map((problem) => `${name}: ${problem}`),
  )
}

function refusalsOf(drawn: Drawn): string[] {
  if ('home' in drawn) return findBlockProblems(drawn.home, 'home')
  if ('callback_id' in drawn)
    return [
      ...findViewProblems(drawn),
      ...(isViewTooLarge(drawn) ? ['the form is too large'] : []),
      ...(drawn.private_metadata.length > rememberedMax ? ['the form remembers too much'] : []),
    ]
  return [
    ...findBlockProblems(drawn.blocks ?? [], 'message'),
    ...(isTooLong(drawn.blocks ?? []) ? ['the message is too long'] : []),
    ...(drawn.text.length >= textMax ? ['its text is too long'] : []),
  ]
}

function callsIn(drawn: Drawn): string[] {
  const blocks = 'home' in drawn ? drawn.home : drawn.blocks
  const text = 'text' in drawn ? [drawn.text] : []
  const found = [...text, ...markupIn(blocks)].join('\n').match(/<!(channel|here|everyone)|<https:\/\/evil/)
  return found ? [`lets ${found[0]} through`] : []
}

/** Every text that Slack reads as markup; plain text calls nobody. */
function markupIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(markupIn)
  if (typeof part !== 'object' || part === null) return []
  if ('type' in part && part.type === 'mrkdwn' && 'text' in part) return [String(part.text)]
  return Object.values(part).flatMap(markupIn)
}
