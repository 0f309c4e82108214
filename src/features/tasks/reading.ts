/** What a person means by «check the replica @ben in 30m»: the words, who, and until when. */
import { parseDuration } from '../../lib/duration.ts'
import { readable } from '../../lib/mrkdwn.ts'

export interface WrittenTask {
  text: string
  owner: string | null
  /** Milliseconds from now. */
  dueIn: number | null
}

const mentionPattern = /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/
const mentionAtEnd = new RegExp(`(?:^|\\s)(?:for\\s+)?${mentionPattern.source}$`)
const mentionAtStart = new RegExp(`^${mentionPattern.source}\\s+`)
// «look in 3 servers» names no time: only words for spans are one.
const unit = '(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)'
const dueAtEnd = new RegExp(`(?:^|\\s)(?:due\\s+)?in\\s+(\\d+\\s*${unit}(?:\\s*\\d+\\s*${unit})*)$`, 'i')

/** Who and when stand at the end, in either order, or who stands first; anything else is part of the task. */
export function readTask(line: string): WrittenTask {
  let rest = line.trim()
  let owner: string | null = null
  let dueIn: number | null = null
  for (;;) {
    const who: RegExpExecArray | null = owner === null ? mentionAtEnd.exec(rest) : null
    const due: RegExpExecArray | null = dueIn === null ? dueAtEnd.exec(rest) : null
    const span: number | null = due ? parseDuration(inShort(due[1] ?? '')) : null
    if (who) {
      owner = who[1] ?? null
      rest = rest.slice(0, who.index).trimEnd()
    } else if (due && span !== null) {
      dueIn = span
      rest = rest.slice(0, due.index).trimEnd()
    } else break
  }
  const first = owner === null ? mentionAtStart.exec(rest) : null
  if (first) {
    owner = first[1] ?? null
    rest = rest.slice(first[0].length)
  }
  return { text: readable(rest).trim(), owner, dueIn }
}

/** «30 minutes» is 30m, «2 hours» is 2h. */
function inShort(span: string): string {
  return span.toLowerCase().replace(/(\d+)\s*(s|m|h|d)[a-z]*/g, '$1$2')
}
