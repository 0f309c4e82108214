/** Messages of Slack's: how one is kept, and what becomes of it when people react, edit and delete. */
import type { Answer, Call } from '../../core/call.ts'
import type { HeardMessage, InOurs, Reacted, Said } from '../../core/heard.ts'
import { onReaction, onSaid, whoever } from '../../core/interactions.ts'
import { shorten } from '../../lib/text.ts'
import { incidentOfChannel } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { type Author, entryIdOf, type SaidMessage, textMax } from './domain.ts'
import { entriesOf } from './store.ts'

export async function saidMessage(call: Call, heard: HeardMessage, isOurs: boolean): Promise<SaidMessage> {
  const { channelId, ts, at, files } = heard
  const [author, permalink] = await Promise.all([authorOf(call, heard.authorId), call.slack.permalink(heard)])
  return {
    saidAt: at,
    author,
    text: shorten(heard.text, textMax),
    files: filesOf(files),
    source: { channelId, ts, permalink, isOurs },
  }
}

/** Whoever has no account here (an app, somebody of a connected workspace) has what name Slack gives, or none. */
async function authorOf(call: Call, id: string | null): Promise<Author> {
  if (id === null) return { id: null, name: 'an app' }
  const person = await call.people.find(id)
  return { id, name: person?.realName || person?.handle || id }
}

function filesOf(files: HeardMessage['files']) {
  return files.map(({ name, permalink }) => ({ name, permalink }))
}

export const hears = [
  // Members mark; whoever wrote it may be anybody.
  onReaction({ who: 'anyone', run: (call, reacted) => hearReaction(call, reacted) }),
  // What was kept follows its message, whoever changes it.
  onSaid({ who: whoever, run: (call, said) => hearChange(call, said) }),
]

async function hearReaction(call: Call, { thing, change, emoji, on, at, from }: InOurs<Reacted>): Promise<Answer> {
  const incident = incidentOfChannel(thing)
  if (incident === null || !call.policy(aggregate).isReaction(emoji)) return {}
  const mark = { person: from.personId, reaction: emoji, at }
  const id = entryIdOf(incident, on)
  if (change === 'removed') {
    await call.perform(aggregate, id, { type: 'timeline.unmark', mark })
    return {}
  }
  const heard = await call.slack.message(on)
  // Deleted since, or not for us to see.
  if (heard === null) return {}
  const message = await saidMessage(call, heard, true)
  await call.perform(aggregate, id, { type: 'timeline.keep', incident, message, mark })
  return {}
}

async function hearChange(call: Call, { change, message }: InOurs<Said>): Promise<Answer> {
  if (change === 'posted') return {}
  for (const id of await entriesOf(call.db, message)) {
    // In sequence: a message is seldom in more than one timeline.
    if (change === 'deleted') await call.perform(aggregate, id, { type: 'timeline.deleteInSlack' })
    else {
      const [text, files] = [shorten(message.text, textMax), filesOf(message.files)]
      await call.perform(aggregate, id, { type: 'timeline.edit', text, files })
    }
  }
  return {}
}
