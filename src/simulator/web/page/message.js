/** One message: who, when, what, and what can be done with it. */
import { avatar } from './avatar.js'
import { drawBlocks } from './blocks.js'
import { momentOf, timeOf } from './dates.js'
import { h } from './dom.js'
import { editBox } from './edit.js'
import { emojiOf, offeredReactions } from './emoji.js'
import { icon } from './icons.js'
import { menu } from './menu.js'
import { mrkdwn } from './mrkdwn.js'
import { personName } from './places.js'
import { messageSurface, namesFor } from './surfaces.js'

/**
 * @param {{ isContinued: boolean, replies: object[], isInThread: boolean, isPinned: boolean }} about `isContinued`: by the
 *   same person and shortly after, so drawn without the name.
 */
export function drawMessage(page, world, message, { isContinued, replies, isInThread, isPinned }) {
  const author = world.people.find((person) => person.id === message.user)
  const isPrivate = message.onlyFor !== null
  const headId = `head-${isInThread ? 'thread-' : ''}${message.ts}`
  return h(
    'article',
    {
      key: message.ts,
      class: `message${isPrivate ? ' private' : ''}${isContinued ? ' continued' : ''}`,
      'aria-labelledby': headId,
    },
    isPrivate && h('p', { class: 'message-note' }, icon('eye'), 'Only visible to you'),
    isPinned && h('p', { class: 'message-note' }, icon('pin'), 'Pinned'),
    h('div', { class: 'message-side' }, isContinued ? drawTime(message) : avatar(author)),
    h(
      'div',
      { class: 'message-main' },
      h(
        'p',
        { class: isContinued ? 'message-head hidden' : 'message-head', id: headId },
        h('b', { class: 'author' }, personName(message.user, world)),
        author?.kind === 'bot' && h('span', { class: 'badge' }, 'App'),
        author?.kind === 'guest' && h('span', { class: 'badge' }, 'Guest'),
        !isContinued && drawTime(message),
      ),
      page.state.editing === message.ts ? editBox(page, world, message) : body(page, world, message),
      files(message),
      message.edited && h('span', { class: 'edited' }, '(edited)'),
      reactions(page, world, message),
      !isInThread && replies.length > 0 && threadSummary(page, world, message, replies),
    ),
    !isPrivate && toolbar(page, world, message, isInThread),
  )
}

function drawTime(message) {
  const moment = momentOf(message.ts)
  return h(
    'time',
    { class: 'message-time', datetime: moment.toISOString(), title: moment.toLocaleString() },
    timeOf(moment),
  )
}

function body(page, world, message) {
  if (message.blocks.length > 0) {
    return h('div', { class: 'message-body' }, drawBlocks(message.blocks, messageSurface(page, world, message)))
  }
  return h('div', { class: 'message-body message-text' }, mrkdwn(message.text, namesFor(world)))
}

function files(message) {
  if (message.files.length === 0) return null
  return h(
    'ul',
    { class: 'files', 'aria-label': 'Files' },
    message.files.map(({ id, name, title, content }) =>
      h(
        'li',
        { key: id },
        h(
          'details',
          {},
          h('summary', {}, h('b', {}, title), title === name ? null : ` ${name}`),
          h('pre', {}, content),
        ),
      ),
    ),
  )
}

function reactions(page, world, message) {
  if (message.reactions.length === 0) return null
  return h(
    'div',
    { class: 'reactions' },
    message.reactions.map(({ name, users }) => {
      const isMine = users.includes(world.me.id)
      const who = users.map((id) => personName(id, world)).join(', ')
      return h(
        'button',
        {
          key: name,
          type: 'button',
          class: 'reaction',
          'aria-pressed': String(isMine),
          'aria-label': `${name.replaceAll('_', ' ')}, ${users.length}: ${who}`,
          title: who,
          onclick: () => react(page, message, name, isMine),
        },
        emojiOf(name),
        ' ',
        h('b', {}, users.length),
      )
    }),
  )
}

function react(page, message, emoji, isMine = false) {
  return page.act({ do: isMine ? 'unreact' : 'react', channel: message.channelId, ts: message.ts, emoji })
}

function threadSummary(page, world, message, replies) {
  const people = [...new Set(replies.map((reply) => reply.user))].slice(0, 4)
  return h(
    'button',
    { type: 'button', class: 'thread-summary', onclick: () => page.openThread(message.ts) },
    people.map((id) => avatar(world.people.find((person) => person.id === id))),
    h('b', {}, replies.length === 1 ? '1 reply' : `${replies.length} replies`),
    h('span', {}, `last ${timeOf(momentOf(replies.at(-1).ts))}`),
  )
}

function toolbar(page, world, message, isInThread) {
  const place = isInThread ? 'thread' : 'list'
  const items = [
    ...world.shortcuts
      .filter((shortcut) => shortcut.type === 'message')
      .map(({ name }) => ({
        label: name,
        pick: () => page.act({ do: 'shortcut', name, channel: message.channelId, ts: message.ts }),
      })),
    ...(message.user === world.me.id ? ownItems(page, message) : []),
  ]
  return h(
    'div',
    { class: 'toolbar', role: 'group', 'aria-label': 'Message actions' },
    menu(page, {
      id: `react ${place} ${message.ts}`,
      label: 'Add a reaction',
      face: [icon('smile')],
      className: 'icon-button',
      layout: 'grid',
      items: offeredReactions.map((name) => ({
        label: name.replaceAll('_', ' '),
        face: emojiOf(name),
        pick: () => react(page, message, name),
      })),
    }),
    !isInThread &&
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          'aria-label': 'Reply in thread',
          title: 'Reply in thread',
          onclick: () => page.openThread(message.ts),
        },
        icon('reply'),
      ),
    items.length > 0 &&
      menu(page, {
        id: `more ${place} ${message.ts}`,
        label: 'More actions',
        face: [icon('more')],
        className: 'icon-button',
        items,
      }),
  )
}

function ownItems(page, message) {
  const remove = () => page.act({ do: 'delete', channel: message.channelId, ts: message.ts })
  const question = {
    title: { type: 'plain_text', text: 'Delete this message?' },
    text: { type: 'plain_text', text: 'It cannot be brought back.' },
    confirm: { type: 'plain_text', text: 'Delete' },
    deny: { type: 'plain_text', text: 'Keep' },
    style: 'danger',
  }
  return [
    { label: 'Edit message', pick: () => page.show({ editing: message.ts }) },
    { label: 'Delete message', pick: () => page.ask(question, remove) },
  ]
}
