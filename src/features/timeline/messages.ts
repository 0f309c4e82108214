/** A message of Slack's as a timeline keeps it: who said it, when, and where it can be read. */
import type { Call } from '../../core/call.ts'
import type { HeardMessage } from '../../core/heard.ts'
import { shorten } from '../../lib/text.ts'
import { type Author, type SaidMessage, textMax } from './domain.ts'

export async function saidMessage(call: Call, heard: HeardMessage): Promise<SaidMessage> {
  return {
    saidAt: momentOf(heard.ts),
    author: await authorOf(call, heard.authorId),
    text: shorten(heard.text, textMax),
    files: [],
    source: { channelId: heard.channelId, ts: heard.ts, permalink: null },
  }
}

/** Slack's name for a message begins with the second in which it was said. */
export function momentOf(ts: string): string {
  return new Date(Math.floor(Number(ts) * 1_000)).toISOString()
}

/** Whoever has no account here (an app, somebody of a connected workspace that Slack does not tell about) has a name at best. */
async function authorOf(call: Call, id: string | null): Promise<Author> {
  if (id === null) return { id: null, name: 'an app' }
  const person = await call.people.find(id)
  return { id, name: person?.realName || person?.handle || id }
}
