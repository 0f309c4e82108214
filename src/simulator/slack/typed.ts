/** What a line in the composer becomes on its way through Slack: three characters escaped, names turned into ids. */
import type { SlackPerson } from '../types.ts'
import type { State } from './state.ts'

/** `& < >` always; people, groups, channels and links where the app asks for it, and in every message. */
export function escapeTyped(
  state: State,
  author: SlackPerson,
  text: string,
  { withIds }: { withIds: boolean },
): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return withIds ? withNamesAsIds(state, author, safe) : safe
}

// A name begins a line or follows a space or bracket: `ana@example.com` mentions nobody.
const beforeName = String.raw`(?<=^|[\s("'“])`
const mention = new RegExp(String.raw`${beforeName}@([\p{L}\p{N}_][\p{L}\p{N}_.-]*)`, 'gu')
const channelLink = new RegExp(String.raw`${beforeName}#([\p{L}\p{N}_-]+)`, 'gu')
const address = new RegExp(String.raw`${beforeName}(https?:\/\/[^\s|"”]+)`, 'g')
const broadcasts = ['here', 'channel', 'everyone']

function withNamesAsIds(state: State, author: SlackPerson, text: string): string {
  const { people, groups, channels } = state.world
  return text
    .replace(address, (link) => `<${link}>`)
    .replace(mention, (whole, given: string) => {
      const name = given.replace(/[.-]+$/, '')
      const rest = given.slice(name.length)
      if (broadcasts.includes(name)) return `<!${name}>${rest}`
      const person = people.find((one) => one.name === name)
      if (person) return `<@${person.id}|${person.name}>${rest}`
      const group = groups.find((one) => one.handle === name)
      return group ? `<!subteam^${group.id}|@${group.handle}>${rest}` : whole
    })
    .replace(channelLink, (whole, name: string) => {
      const channel = channels.find(
        (one) => one.name === name && (one.kind === 'public' || one.members.includes(author.id)),
      )
      return channel ? `<#${channel.id}|${channel.name}>` : whole
    })
}
