/** The bytes of a webhook, read as JSON with care: they come from whoever knows the address. */
import { cleanDeep, isHarmless } from '../lib/text.ts'

export type ReadBody = { body: unknown; text: string } | { field: string; problem: string }

const utf8 = new TextDecoder('utf-8', { fatal: true })
// Deeper than any real payload; walking it must not exhaust the stack.
const depthMax = 64

export function readJson(raw: Buffer): ReadBody {
  if (raw.length === 0) return { field: '', problem: 'The body is empty. Send JSON.' }
  let text: string
  try {
    text = utf8.decode(raw)
  } catch {
    return { field: '', problem: 'The body is not valid UTF-8.' }
  }
  if (nesting(text) > depthMax) return { field: '', problem: `The JSON is nested deeper than ${depthMax} levels.` }
  try {
    const body: unknown = JSON.parse(text)
    return { body: saysNothingHidden(text) ? body : cleanDeep(body), text }
  } catch (error) {
    return {
      field: '',
      problem: `The body is not JSON: ${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'}`,
    }
  }
}

/** What is clean as it stands, and escapes nothing, is clean when it is read. */
function saysNothingHidden(text: string): boolean {
  return isHarmless(text) && !text.includes('\\')
}

/** Of a sign of life the call is what counts; what it says is read where it can be. */
export function readPing(raw: Buffer): { body: unknown; text: string } {
  const read = readJson(raw)
  return 'field' in read ? { body: null, text: 'null' } : read
}

/** A bound, not a parser; quick on a megabyte. */
function nesting(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isInString) {
      if (code === backslash) index += 1
      else if (code === quote) isInString = false
      continue
    }
    if (code === quote) isInString = true
    else if (code === openBrace || code === openBracket) deepest = Math.max(deepest, ++depth)
    else if (code === closeBrace || code === closeBracket) depth -= 1
  }
  return deepest
}

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [34, 92, 123, 125, 91, 93]
