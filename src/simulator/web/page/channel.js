/** The middle of the page: a channel or a conversation, with its topic, pins and bookmarks above and the box below. */

import { composer } from './composer.js'
import { momentOf, timeOf } from './dates.js'
import { h } from './dom.js'
import { icon } from './icons.js'
import { jumpToNewest, messageList } from './messages.js'
import { link, mrkdwn } from './mrkdwn.js'
import { channelTitle, personName } from './places.js'
import { namesFor } from './surfaces.js'

export function channelView(page, world, channel) {
  return [
    header(page, world, channel),
    h('div', { class: 'place-bar', key: `bar ${channel.id}` }, pins(world, channel), bookmarks(world, channel)),
    messageList(page, world, channel),
    jumpToNewest(page),
    foot(page, world, channel),
  ]
}

export function markOf(channel) {
  if (channel.kind === 'private') return icon('lock')
  return channel.kind === 'dm' ? null : '#'
}

function header(page, world, channel) {
  const people = channel.members.length
  return h(
    'header',
    { class: 'place-head', key: 'head' },
    h('h1', { tabindex: '-1', id: 'place' }, markOf(channel), channelTitle(channel, world)),
    channel.kind !== 'dm' && h('span', { class: 'member-count' }, people === 1 ? '1 member' : `${people} members`),
    channel.topic !== '' && h('p', { class: 'topic' }, mrkdwn(channel.topic, namesFor(world))),
    channel.isMember &&
      channel.kind !== 'dm' &&
      !channel.isArchived &&
      h(
        'button',
        { type: 'button', class: 'quiet', onclick: () => page.act({ do: 'leave', channel: channel.id }) },
        'Leave',
      ),
  )
}

function bookmarks(world, channel) {
  const marks = world.open?.id === channel.id ? world.open.bookmarks : []
  if (marks.length === 0) return null
  return h(
    'ul',
    { class: 'bookmarks', key: 'bookmarks', 'aria-label': 'Bookmarks' },
    marks.map((mark) => h('li', { key: mark.id }, icon('link'), link(mark.link, mark.title))),
  )
}

function pins(world, channel) {
  const open = world.open?.id === channel.id ? world.open : null
  const pinned = (open?.messages ?? []).filter((message) => open.pins.includes(message.ts))
  if (pinned.length === 0) return null
  return h(
    'details',
    { class: 'pins', key: 'pins' },
    h('summary', {}, icon('pin'), `${open.pins.length} pinned`),
    h(
      'ul',
      {},
      pinned.map((message) =>
        h(
          'li',
          { key: message.ts },
          h('b', {}, personName(message.user, world)),
          ` ${timeOf(momentOf(message.ts))} `,
          h('span', {}, mrkdwn(message.text.split('\n')[0], namesFor(world))),
        ),
      ),
    ),
  )
}

function foot(page, world, channel) {
  const title = channelTitle(channel, world)
  if (channel.isArchived)
    return h('p', { class: 'foot-note', key: 'archived' }, 'This channel is archived. It can be read, not written to.')
  if (channel.isMember) {
    const label = channel.kind === 'dm' ? `Message ${title}` : `Message #${title}`
    return composer(page, world, { id: 'composer', channel, label })
  }
  return h(
    'div',
    { class: 'foot-note', key: 'join' },
    h('span', {}, `You are looking at #${title} from outside.`),
    h(
      'button',
      { type: 'button', class: 'button primary', onclick: () => page.act({ do: 'join', channel: channel.id }) },
      'Join channel',
    ),
  )
}
