/** What a message may hold, whichever way it comes: the Web API, a response address, an acknowledgement. */
import type { SlackBlock, SlackMessage } from '../types.ts'
import { findBlockProblems, isTooLong } from './block-rules.ts'
import { refuse, refuseWithProblems } from './refusal.ts'
import { isRecord } from './shape.ts'

export interface Content {
  text: string
  blocks: SlackBlock[]
  metadata: SlackMessage['metadata']
  /** What Slack lets pass, and grumbles about. */
  warnings: string[]
}

// What is longer is cut when it is posted, and refused when it is edited.
const postedTextMax = 40_000
const editedTextMax = 4_000
const markdownMax = 12_000
const attachmentsMax = 100
const metadataBytesMax = 16_000

export function readContent(given: Readonly<Record<string, unknown>>, way: 'post' | 'edit'): Content {
  const markdown = stringIn(given.markdown_text)
  const text = stringIn(given.text) ?? markdown ?? ''
  if (markdown !== null && (given.text !== undefined || given.blocks !== undefined)) refuse('markdown_text_conflict')
  if (markdown !== null && markdown.length > markdownMax) refuse('msg_too_long')
  if (way === 'edit' && text.length > editedTextMax) refuse('msg_too_long')
  const blocks = readBlocks(given.blocks)
  if (way === 'post' && isTooLong(blocks)) refuse('msg_blocks_too_long')
  const attachments = Array.isArray(given.attachments) ? given.attachments : []
  if (attachments.length > attachmentsMax) refuse('too_many_attachments')
  if (text.trim() === '' && blocks.length === 0 && attachments.length === 0) refuse('no_text')
  return {
    text: text.slice(0, postedTextMax),
    blocks,
    metadata: readMetadata(given.metadata),
    warnings: [
      ...(text.length > postedTextMax ? ['message_truncated'] : []),
      // Notifications and screen readers would have nothing to say.
      ...(text === '' && blocks.length > 0 ? ['missing_text_in_message'] : []),
    ],
  }
}

function readBlocks(given: unknown): SlackBlock[] {
  if (given === undefined || given === null || given === '') return []
  // A string here is JSON that could not be read.
  if (!Array.isArray(given)) return refuse('invalid_blocks_format')
  const problems = findBlockProblems(given, 'message')
  if (problems.length > 0) refuseWithProblems('invalid_blocks', problems)
  return given
}

function readMetadata(given: unknown): SlackMessage['metadata'] {
  if (given === undefined || given === null || given === '') return null
  if (!isRecord(given) || typeof given.event_type !== 'string' || !isRecord(given.event_payload)) {
    return refuse('invalid_metadata_format')
  }
  if (JSON.stringify(given).length > metadataBytesMax) refuse('metadata_too_large')
  return { event_type: given.event_type, event_payload: given.event_payload }
}

function stringIn(given: unknown): string | null {
  return given === undefined || given === null ? null : String(given)
}
