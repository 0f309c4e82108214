/** What a person does to a channel: name it, write its topic, archive it, bring somebody in. */
import type { ChannelHands, SlackPerson } from '../types.ts'
import type { Wires } from './interactions.ts'
import { Refusal } from './refusal.ts'
import { addChannel, archiveChannel, type StoredChannel } from './state.ts'
import { validName } from './web-api/conversations.ts'

export function channelHandsOf(
  person: SlackPerson,
  { state, events }: Wires,
  place: (channelId: string) => StoredChannel,
): ChannelHands {
  const { world } = state

  function mine(channelId: string): StoredChannel {
    const channel = place(channelId)
    if (!channel.members.includes(person.id)) throw new Error(`${person.name} is not in #${channel.name}`)
    return channel
  }

  function named(name: string, own?: StoredChannel): string {
    try {
      return validName(state, name, own)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      throw new Error(`a channel cannot be called «${name}»: Slack says ${error.code}`)
    }
  }

  return {
    async create(name, { isPrivate = false } = {}) {
      const kind = isPrivate ? 'private' : 'public'
      const channel = addChannel(state, { id: state.newId('C'), name: named(name), kind, members: [person.id] })
      channel.creator = person.id
      await events.channelChanged('created', channel, person.id)
      return channel.id
    },
    async rename(channelId, name) {
      const channel = mine(channelId)
      channel.name = named(name, channel)
      state.changed()
      await events.channelChanged('rename', channel, person.id)
    },
    async setTopic(channelId, topic) {
      const channel = mine(channelId)
      channel.topic = topic
      channel.topicCreator = person.id
      state.changed()
    },
    async archive(channelId) {
      const channel = mine(channelId)
      if (channel.isArchived) return
      archiveChannel(state, channel)
      await events.channelChanged('archive', channel, person.id)
    },
    async unarchive(channelId) {
      const channel = place(channelId)
      if (!channel.isArchived) return
      channel.isArchived = false
      if (!channel.members.includes(person.id)) channel.members.push(person.id)
      state.changed()
      await events.channelChanged('unarchive', channel, person.id)
    },
    async makePrivate(channelId) {
      const channel = mine(channelId)
      if (channel.kind !== 'public') return
      channel.kind = 'private'
      state.changed()
      await events.channelConverted(channel, person.id)
    },
    async remove(channelId, name) {
      const channel = mine(channelId)
      const other = world.people.find((one) => one.name === name || one.id === name)
      if (!other || !channel.members.includes(other.id)) throw new Error(`${name} is not in #${channel.name}`)
      await events.memberLeft(channel, other.id)
      channel.members = channel.members.filter((member) => member !== other.id)
      state.changed()
    },
    async invite(channelId, name) {
      const channel = mine(channelId)
      const other = world.people.find((one) => one.name === name || one.id === name)
      if (!other || other.kind === 'deactivated') throw new Error(`there is nobody called ${name} to invite`)
      if (channel.isArchived) throw new Error(`#${channel.name} is archived: nobody can join it`)
      if (channel.members.includes(other.id)) return
      channel.members.push(other.id)
      state.changed()
      await events.memberJoined(channel, other.id, person.id)
    },
    async addBookmark(channelId, title, link) {
      mine(channelId).bookmarks.push({ id: state.newId('Bk'), title, link })
      state.changed()
    },
    async removeBookmark(channelId, title) {
      const channel = mine(channelId)
      channel.bookmarks = channel.bookmarks.filter((bookmark) => bookmark.title !== title)
      state.changed()
    },
  }
}
