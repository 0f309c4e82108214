/** A thread, open beside its channel. */
import { composer } from './composer.js'
import { h } from './dom.js'
import { icon } from './icons.js'
import { threadList } from './messages.js'
import { channelTitle } from './places.js'

export function threadView(page, world, channel, threadTs) {
  const close = () => page.openThread(null)
  return h(
    'aside',
    {
      class: 'thread',
      key: 'thread',
      'aria-label': 'Thread',
      onkeydown: (event) => event.key === 'Escape' && !event.defaultPrevented && close(),
      mounted: (element) => element.querySelector('textarea')?.focus(),
      leaving: (element) => element.contains(document.activeElement) && document.querySelector('#composer')?.focus(),
    },
    h(
      'header',
      { class: 'place-head' },
      h('h2', {}, 'Thread'),
      h('span', { class: 'member-count' }, channel.kind === 'dm' ? channelTitle(channel, world) : `#${channel.name}`),
      h(
        'button',
        { type: 'button', class: 'icon-button push-right', 'aria-label': 'Close thread', onclick: close },
        icon('close'),
      ),
    ),
    threadList(page, world, threadTs),
    channel.isMember && !channel.isArchived
      ? composer(page, world, { id: 'thread-composer', channel, label: 'Reply in thread', thread: threadTs })
      : h('p', { class: 'foot-note' }, 'Join the channel to reply.'),
  )
}
