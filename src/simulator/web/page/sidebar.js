/** The left side: the channels one is in, those one could join, conversations, the bot, and what is archived. */
import { avatar } from './avatar.js'
import { markOf } from './channel.js'
import { h } from './dom.js'
import { addressOf, botOf, channelTitle, dmWithBot } from './places.js'

export function sidebar(page, world) {
  const bot = botOf(world)
  const withBot = dmWithBot(world)
  const named = world.channels.filter((channel) => channel.kind !== 'dm').sort((a, b) => a.name.localeCompare(b.name))
  const living = named.filter((channel) => !channel.isArchived)
  const talks = world.channels.filter((channel) => channel.kind === 'dm' && channel !== withBot)
  const archived = named.filter((channel) => channel.isArchived)
  const lines = (channels) => channels.map((channel) => line(page, world, channel))
  return h(
    'nav',
    { class: 'sidebar', key: 'sidebar', id: 'sidebar', 'aria-label': 'Channels' },
    section('Channels', lines(living.filter((channel) => channel.isMember))),
    // Open at first: whoever has just made an alert fire looks for the channel that it opened, and may be in none of it.
    fold('More channels', lines(living.filter((channel) => !channel.isMember)), true),
    talks.length > 0 && section('Direct messages', lines(talks)),
    bot && section('Apps', [appLine(page, bot, withBot)]),
    fold('Archived', lines(archived)),
    globalShortcuts(page, world),
  )
}

function section(title, lines) {
  return h('section', { key: title }, h('h2', {}, title), h('ul', {}, lines))
}

function fold(title, lines, isOpenAtFirst = false) {
  if (lines.length === 0) return null
  return h(
    'details',
    { key: title, open: isOpenAtFirst },
    h('summary', {}, `${title} (${lines.length})`),
    h('ul', {}, lines),
  )
}

function line(page, world, channel) {
  const title = channelTitle(channel, world)
  const { messages: unread, mentions } = page.unread(channel)
  const isHere = page.state.place?.kind === 'channel' && page.state.place.id === channel.id
  const words = channel.kind === 'dm' ? title : `#${title}`
  const state = [channel.kind === 'private' && 'private', unread > 0 && `${unread} unread`].filter(Boolean)
  return h(
    'li',
    { key: channel.id },
    h(
      'a',
      {
        href: addressOf({ kind: 'channel', id: channel.id, thread: null }),
        class: `place-link${unread > 0 ? ' unread' : ''}`,
        'aria-current': isHere ? 'page' : null,
        'aria-label': [words, ...state].join(', '),
      },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, markOf(channel) ?? avatar(otherOf(channel, world))),
      h('span', { class: 'place-name' }, title),
      unread > 0 && h('span', { class: mentions > 0 || channel.kind === 'dm' ? 'count loud' : 'count' }, unread),
    ),
  )
}

function otherOf(channel, world) {
  return world.people.find((person) => person.id !== world.me.id && channel.members.includes(person.id))
}

function appLine(page, bot, withBot) {
  const unread = withBot ? page.unread(withBot).messages : 0
  const isHere = page.state.place?.kind === 'app'
  const name = bot.realName || bot.name
  return h(
    'li',
    { key: bot.id },
    h(
      'a',
      {
        href: unread > 0 ? '#/app/messages' : '#/app/home',
        class: `place-link${unread > 0 ? ' unread' : ''}`,
        'aria-current': isHere ? 'page' : null,
        'aria-label': unread > 0 ? `${name}, ${unread} unread` : name,
      },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, avatar(bot)),
      h('span', { class: 'place-name' }, name),
      unread > 0 && h('span', { class: 'count loud' }, unread),
    ),
  )
}

function globalShortcuts(page, world) {
  const shortcuts = world.shortcuts.filter((shortcut) => shortcut.type === 'global')
  if (shortcuts.length === 0) return null
  return h(
    'section',
    { key: 'shortcuts' },
    h('h2', {}, 'Shortcuts'),
    h(
      'ul',
      {},
      shortcuts.map(({ name, description }) =>
        h(
          'li',
          { key: name },
          h(
            'button',
            {
              type: 'button',
              class: 'place-link',
              title: description,
              onclick: () => page.act({ do: 'shortcut', name }),
            },
            name,
          ),
        ),
      ),
    ),
  )
}
