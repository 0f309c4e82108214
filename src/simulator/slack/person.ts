/** What one person can do with their hands. What cannot be done is an error that says what could. */
import type { Manifest, PersonHands, SlackMessage, SlackPerson } from '../types.ts'
import { channelHandsOf } from './channel-hands.ts'
import { postMessage, sendCommand } from './composer.ts'
import { closeForm, submitForm, topForm } from './forms.ts'
import { actInView, actOnMessage, interact, shortcutOnMessage, type Wires } from './interactions.ts'
import { controlNamed } from './options.ts'
import { addReaction, removeReaction } from './reaction.ts'
import {
  addMessage,
  channelOf,
  deleteMessage,
  editMessage,
  messageAt,
  type StoredChannel,
  type StoredMessage,
} from './state.ts'
import { escapeTyped } from './typed.ts'
import { enterValues } from './view-state.ts'
import { shownView } from './views.ts'

export function handsOf(person: SlackPerson, wires: Wires, manifest: Manifest): PersonHands {
  const { state, events } = wires
  const { world } = state

  return {
    id: person.id,
    person,

    async type(channelId, line, threadTs = undefined) {
      const channel = place(channelId)
      if (!channel.members.includes(person.id))
        throw new Error(`${person.name} is not in #${channel.name}, and must join it first`)
      if (channel.isArchived) throw new Error(`#${channel.name} is archived: nobody can write there`)
      const composed = { channel, line, threadTs: threadTs ?? null }
      return line.startsWith('/')
        ? sendCommand(wires, person, manifest, composed)
        : postMessage(wires, person, composed)
    },

    async click(message, label) {
      const seen = visible(message)
      return actOnMessage(wires, person, seen, controlNamed(seen.blocks, label, 'on that message'))
    },
    async choose(message, label, option) {
      const seen = visible(message)
      return actOnMessage(wires, person, seen, controlNamed(seen.blocks, label, 'on that message'), option)
    },

    modal: () => shownView(state.modals.get(person.id)?.at(-1)),
    submit: (values) => submitForm(wires, person, values),
    async clickInModal(label, option, values = {}) {
      const view = topForm(state, person)
      enterValues(view, values)
      return actInView(wires, person, view, controlNamed(view.blocks, label, `in «${view.title}»`), option)
    },
    closeModal: () => closeForm(wires, person),

    async openHome() {
      await events.homeOpened(person.id)
      return shownView(world.homes[person.id])
    },
    home: () => shownView(world.homes[person.id]),
    async clickInHome(label, option) {
      const view = world.homes[person.id]
      if (!view) throw new Error(`${person.name} sees an empty App Home: the bot has published nothing`)
      return actInView(wires, person, view, controlNamed(view.blocks, label, 'in App Home'), option)
    },

    async shortcut(name, message) {
      const all = manifest.features.shortcuts ?? []
      const type = message ? 'message' : 'global'
      const found = all.find((candidate) => candidate.name === name && candidate.type === type)
      if (!found) {
        const names = all.map((candidate) => `«${candidate.name}» (${candidate.type})`)
        throw new Error(`there is no ${type} shortcut «${name}»; there is: ${names.join(', ') || 'none'}`)
      }
      if (message) return shortcutOnMessage(wires, person, found, visible(message))
      return interact(wires, person, name, {
        type: 'shortcut',
        callback_id: found.callback_id,
        action_ts: state.newTs(),
      })
    },

    async react(message, emoji) {
      const seen = visible(message)
      if (hasReacted(seen, emoji)) return
      addReaction(state, seen, person.id, emoji)
      await events.reacted('reaction_added', seen, person.id, emoji)
    },
    async unreact(message, emoji) {
      const seen = visible(message)
      if (!hasReacted(seen, emoji)) return
      removeReaction(state, seen, person.id, emoji)
      await events.reacted('reaction_removed', seen, person.id, emoji)
    },

    async edit(message, text) {
      const seen = own(message)
      const textBefore = seen.text
      editMessage(state, seen, { text: escapeTyped(state, person, text, { withIds: true }), blocks: [] })
      await events.messageChanged(seen, textBefore)
    },
    async delete(message) {
      const seen = own(message)
      deleteMessage(state, seen)
      await events.messageDeleted(seen)
    },
    async postFile(channelId, file, threadTs) {
      const channel = place(channelId)
      if (!channel.members.includes(person.id)) throw new Error(`${person.name} is not in #${channel.name}`)
      const { name, content, text = '' } = file
      const posted = addMessage(state, {
        channelId,
        user: person.id,
        text,
        threadTs: threadTs ?? null,
        files: [{ id: state.newId('F'), name, title: name, content }],
      })
      await events.messagePosted(posted)
    },

    channels: channelHandsOf(person, wires, place),
    async join(channelId) {
      const channel = place(channelId)
      if (channel.members.includes(person.id)) return
      if (channel.kind !== 'public' || person.kind !== 'member')
        throw new Error(`${person.name} can only be invited to #${channel.name}`)
      if (channel.isArchived) throw new Error(`#${channel.name} is archived: nobody can join it`)
      channel.members.push(person.id)
      state.changed()
      await events.memberJoined(channel, person.id)
    },
    async leave(channelId) {
      const channel = place(channelId)
      if (!channel.members.includes(person.id)) return
      channel.members = channel.members.filter((member) => member !== person.id)
      state.changed()
      await events.memberLeft(channel, person.id)
    },
  }

  function place(channelId: string): StoredChannel {
    const channel = channelOf(state, channelId)
    if (channel && maySee(channel)) return channel
    const names = world.channels.filter(maySee).map(({ id, name }) => `${id} (#${name})`)
    throw new Error(`${person.name} sees no channel ${channelId}; there is: ${names.join(', ')}`)
  }

  function maySee(channel: StoredChannel): boolean {
    return channel.members.includes(person.id) || (channel.kind === 'public' && person.kind === 'member')
  }

  /** The message as it stands now. */
  function visible({ channelId, ts }: SlackMessage): StoredMessage {
    const channel = place(channelId)
    const message = messageAt(state, channelId, ts)
    if (message && (message.onlyFor === null || message.onlyFor === person.id)) return message
    throw new Error(`${person.name} sees no message ${ts} in #${channel.name}: it is gone, or for somebody else`)
  }

  function own(message: SlackMessage): StoredMessage {
    const seen = visible(message)
    if (seen.user !== person.id) throw new Error(`${person.name} can change only what ${person.name} wrote`)
    return seen
  }

  function hasReacted(message: StoredMessage, emoji: string): boolean {
    return message.reactions.some((reaction) => reaction.name === emoji && reaction.users.includes(person.id))
  }
}
