/** Messages as Slack shows them, in our words. */
import type { HeardMessage } from '../../core/heard.ts'
import { unescapeText as unescapeMarkup } from '../../lib/mrkdwn.ts'
import { clean } from '../../lib/text.ts'
import { isRecord } from './payloads.ts'

export function messageIn(given: Readonly<Record<string, unknown>>, channelId: string): HeardMessage {
  const ts = stringIn(given.ts) ?? ''
  const files = Array.isArray(given.files) ? given.files.filter(isRecord) : []
  return {
    channelId,
    ts,
    threadTs: stringIn(given.thread_ts),
    text: typed(stringIn(given.text) ?? ''),
    authorId: stringIn(given.user),
    at: momentOf(ts),
    files: files.flatMap((file) => {
      const id = stringIn(file.id)
      if (id === null) return []
      const name = clean(stringIn(file.name) ?? stringIn(file.title) ?? id)
      return [{ id, name, permalink: stringIn(file.permalink) }]
    }),
  }
}

/** What the person typed: Slack's three entities undone exactly once, its `<@U…>` tokens left as they are. */
export function typed(text: string): string {
  return clean(unescapeMarkup(text))
}

/** A message's time stamp is when it was written. */
function momentOf(ts: string): string {
  const seconds = Number(ts)
  return new Date(Number.isFinite(seconds) ? seconds * 1_000 : 0).toISOString()
}

export function stringIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
