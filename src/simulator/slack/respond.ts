/** The addresses that come with commands and clicks: five answers within thirty minutes. */

import type { Events } from './events.ts'
import { type Content, readContent } from './message-content.ts'
import type { Answer, Permits } from './permits.ts'
import { Refusal } from './refusal.ts'
import { isRecord } from './shape.ts'
import { addMessage, deleteMessage, editMessage, messageAt, type State } from './state.ts'

export interface RespondOptions {
  state: State
  permits: Permits
  events: Events
}

export function respond(
  { state, permits, events }: RespondOptions,
  path: string,
  body: string,
): { status: number; body: unknown } {
  const given = parsed(body)
  if (!given) return { status: 400, body: { ok: false, error: 'invalid_payload' } }
  try {
    const isDeleting = given.delete_original === true
    // Read first: an answer that Slack cannot show does not use up a permit.
    const content = isDeleting ? null : readContent(given, 'post')
    const answer = permits.useAnswer(path)
    const original = answer.messageTs === null ? undefined : messageAt(state, answer.channelId, answer.messageTs)
    if (content === null) {
      if (original) deleteMessage(state, original)
    } else if (given.replace_original === true && original) {
      editMessage(state, original, content)
    } else {
      show(state, events, answer, { ...content, isForAll: given.response_type === 'in_channel' })
    }
    return { status: 200, body: { ok: true } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const isGone = ['no_such_url', 'expired_url', 'used_url'].includes(error.code)
    return { status: isGone ? 404 : 400, body: { ok: false, error: error.code, ...error.more } }
  }
}

/** Only the person who asked sees it, unless it is said to be for the channel. */
export function show(
  state: State,
  events: Events,
  answer: Answer,
  { isForAll, text, blocks }: Content & { isForAll: boolean },
): void {
  const { channelId, threadTs, userId } = answer
  const message = addMessage(state, {
    channelId,
    user: state.world.botUserId,
    text,
    blocks,
    threadTs,
    onlyFor: isForAll ? null : userId,
  })
  void events.messagePosted(message)
}

function parsed(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
