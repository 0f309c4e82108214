/** The list of a channel's messages, and the list of a thread. New ones are read out; whoever scrolled up stays there. */
import { dayOf, momentOf } from './dates.js'
import { h } from './dom.js'
import { icon } from './icons.js'
import { drawMessage } from './message.js'

const continuedSecondsMax = 5 * 60

export function messageList(page, world, channel) {
  const open = world.open?.id === channel.id ? world.open : null
  const messages = open?.messages ?? []
  const roots = messages.filter((message) => !isReply(message))
  return h(
    'div',
    // Another channel is another list: what stands there already is not read out as news.
    {
      class: 'log',
      key: `log ${world.me.id} ${channel.id}`,
      role: 'log',
      'aria-label': 'Messages',
      tabindex: '0',
      mounted: toEnd,
      onscroll: page.scrolled,
    },
    open && open.earlier > 0 && earlier(page, open.earlier),
    open && roots.length === 0 && h('p', { class: 'empty', key: 'empty' }, `Nothing was said here yet.`),
    withDays(page, world, roots, open?.pins ?? [], (message) => repliesTo(messages, message.ts)),
  )
}

export function threadList(page, world, threadTs) {
  const messages = world.open?.messages ?? []
  const root = messages.find((message) => message.ts === threadTs)
  const replies = repliesTo(messages, threadTs)
  const drawn = root ? [root, ...replies] : replies
  return h(
    'div',
    { class: 'log', key: `thread ${threadTs}`, role: 'log', 'aria-label': 'Thread', tabindex: '0', mounted: toEnd },
    !root && h('p', { class: 'empty' }, 'The first message of this thread is gone.'),
    drawn.map((message, index) => [
      drawMessage(page, world, message, {
        isContinued: continues(drawn[index - 1], message) && index > 1,
        replies: [],
        isInThread: true,
        isPinned: false,
      }),
      message === root && h('p', { class: 'thread-count', key: 'count' }, countOf(replies)),
    ]),
  )
}

function withDays(page, world, messages, pins, repliesOf) {
  const now = new Date(world.now)
  const drawn = []
  let day = ''
  let previous
  for (const message of messages) {
    const moment = momentOf(message.ts)
    const isNewDay = moment.toDateString() !== day
    if (isNewDay)
      drawn.push(h('p', { class: 'day', key: `day ${moment.toDateString()}` }, h('span', {}, dayOf(moment, now))))
    day = moment.toDateString()
    drawn.push(
      drawMessage(page, world, message, {
        isContinued: !isNewDay && continues(previous, message),
        replies: repliesOf(message),
        isInThread: false,
        isPinned: pins.includes(message.ts),
      }),
    )
    previous = message
  }
  return drawn
}

function continues(previous, message) {
  if (!previous || previous.user !== message.user || previous.onlyFor !== message.onlyFor) return false
  // A card stands on its own.
  if (message.blocks.length > 0 || previous.blocks.length > 0) return false
  return Number(message.ts) - Number(previous.ts) < continuedSecondsMax
}

function isReply(message) {
  return message.threadTs !== null && message.threadTs !== message.ts
}

function repliesTo(messages, ts) {
  return messages.filter((message) => message.threadTs === ts && message.ts !== ts)
}

function countOf(replies) {
  if (replies.length === 0) return 'No replies yet'
  return replies.length === 1 ? '1 reply' : `${replies.length} replies`
}

function earlier(page, count) {
  return h(
    'p',
    { class: 'earlier', key: 'earlier' },
    h('button', { type: 'button', class: 'button', onclick: page.showEarlier }, `Show earlier messages (${count})`),
  )
}

export function jumpToNewest(page) {
  if (!page.state.isScrolledUp) return null
  const jump = () => toEnd(document.querySelector('main .log'))
  return h('button', { type: 'button', class: 'jump', key: 'jump', onclick: jump }, icon('down'), 'Newest messages')
}

export function toEnd(element) {
  if (element) element.scrollTop = element.scrollHeight
}
