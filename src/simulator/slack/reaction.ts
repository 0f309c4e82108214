/** Emoji on messages, the bot's and people's alike. */
import { Refusal, refuse } from './refusal.ts'
import type { State, StoredMessage } from './state.ts'

// Slack publishes no number; this many different ones is what its own clients still show.
const emojiMax = 23

export function addReaction(state: State, message: StoredMessage, userId: string, name: string): void {
  const reaction = message.reactions.find((candidate) => candidate.name === name)
  if (reaction?.users.includes(userId)) refuse('already_reacted')
  if (!reaction && message.reactions.length >= emojiMax) refuse('too_many_emoji')
  if (reaction) reaction.users.push(userId)
  else message.reactions.push({ name, users: [userId] })
  state.changed()
}

export function removeReaction(state: State, message: StoredMessage, userId: string, name: string): void {
  const reaction = message.reactions.find((candidate) => candidate.name === name)
  if (!reaction?.users.includes(userId)) throw new Refusal('no_reaction')
  reaction.users = reaction.users.filter((user) => user !== userId)
  message.reactions = message.reactions.filter((candidate) => candidate.users.length > 0)
  state.changed()
}
