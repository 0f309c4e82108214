/** What was said in a channel, and in a thread. */
import { refuse } from '../refusal.ts'
import { messagesOf, type StoredMessage } from '../state.ts'
import { wireMessage } from '../wire.ts'
import {
  type ApiContext,
  type ApiMethods,
  flagArg,
  limitArg,
  needScope,
  ownChannel,
  textArg,
  visibleChannel,
} from './call.ts'

const usual = { history: 100, replies: 1_000 }

export const history: ApiMethods = {
  /** Newest first, without the replies. */
  'conversations.history': (context) => {
    needScope(context, visibleChannel(context), 'history')
    const channel = ownChannel(context, { mayBeArchived: true })
    const isAsked = span(context)
    const found: StoredMessage[] = []
    const limit = limitArg(context, usual.history)
    const all = messagesOf(context.state, channel.id)
    // From the end, and no further than asked: a long history costs nothing.
    for (let index = all.length - 1; index >= 0 && found.length <= limit; index -= 1) {
      const message = all[index]
      if (message && message.threadTs === null && isPublic(message) && isAsked(message)) found.push(message)
    }
    return answer(context, found, limit, 'before')
  },

  /** The first message, then its replies, oldest first. */
  'conversations.replies': (context) => {
    needScope(context, visibleChannel(context), 'history')
    const channel = ownChannel(context, { mayBeArchived: true })
    const ts = textArg(context, 'ts')
    const thread = messagesOf(context.state, channel.id).filter(
      (message) => isPublic(message) && (message.ts === ts || message.threadTs === ts),
    )
    if (thread.length === 0) refuse('thread_not_found')
    const isAsked = span(context)
    const isFirstPage = textArg(context, 'cursor') === ''
    const asked = thread.filter((message) => (message.ts === ts && isFirstPage) || isAsked(message))
    return answer(context, asked, limitArg(context, usual.replies), 'after')
  },
}

function isPublic(message: StoredMessage): boolean {
  return !message.deleted && message.onlyFor === null
}

/** Between `oldest` and `latest`; a cursor says where the last page ended. */
function span(context: ApiContext): (message: StoredMessage) => boolean {
  const oldest = tsArg(context, 'oldest')
  const latest = tsArg(context, 'latest')
  const isInclusive = flagArg(context, 'inclusive')
  const cursor = textArg(context, 'cursor')
  const [, direction, edge] =
    cursor === ''
      ? []
      : (/^(before|after):(\d+\.\d+)$/.exec(Buffer.from(cursor, 'base64').toString()) ?? refuse('invalid_cursor'))
  return ({ ts }) => {
    if (oldest !== null && (ts < oldest || (ts === oldest && !isInclusive))) return false
    if (latest !== null && (ts > latest || (ts === latest && !isInclusive))) return false
    if (edge === undefined) return true
    return direction === 'before' ? ts < edge : ts > edge
  }
}

/** Time stamps have one width until the year 2286, so they are compared as text; `oldest=0` is usual. */
function tsArg(context: ApiContext, name: 'oldest' | 'latest'): string | null {
  const given = textArg(context, name)
  if (given === '' || given === '0') return null
  const [, seconds = '', micros = ''] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(given) ?? refuse(`invalid_ts_${name}`)
  return `${seconds.padStart(10, '0')}.${micros.padEnd(6, '0')}`
}

function answer(
  context: ApiContext,
  found: readonly StoredMessage[],
  limit: number,
  direction: 'before' | 'after',
): Record<string, unknown> {
  const messages = found.slice(0, limit)
  const last = messages.at(-1)
  const hasMore = found.length > limit && last !== undefined
  const withMetadata = flagArg(context, 'include_all_metadata')
  return {
    messages: messages.map((message) => wireMessage(context.state, message, { withMetadata })),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? Buffer.from(`${direction}:${last.ts}`).toString('base64') : '' },
  }
}
