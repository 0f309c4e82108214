/** The whole page: people above, channels left, what is said in the middle, the world outside Slack on the right. */
import { channelView } from './channel.js'
import { h } from './dom.js'
import { firstSteps } from './first-steps.js'
import { appView } from './home.js'
import { icon } from './icons.js'
import { confirmation, modal } from './modal.js'
import { panel, troubles } from './panel.js'
import { peopleSwitcher } from './people.js'
import { phone, ringingOn } from './phone.js'
import { channelAt } from './places.js'
import { sidebar } from './sidebar.js'
import { threadView } from './thread.js'

export function shell(page, world) {
  const { state } = page
  const channel = channelAt(state.place, world)
  const thread = channel ? state.place.thread : null
  const className = ['shell', thread && 'with-thread', state.isDrawerOpen && 'drawer-open', `showing-${state.showing}`]
  return h(
    'div',
    { class: className.filter(Boolean).join(' ') },
    topBar(page, world),
    sidebar(page, world),
    h('div', { class: 'drawer-shade', key: 'shade', onclick: () => page.show({ isDrawerOpen: false }) }),
    h('main', { class: 'middle', key: 'main' }, notices(page, world), firstSteps(page), middle(page, world, channel)),
    channel && thread && threadView(page, world, channel, thread),
    h(
      'aside',
      { class: 'outside', key: 'outside', 'aria-label': 'Outside Slack' },
      panel(page, world),
      phone(page, world),
    ),
    bottomBar(page, world),
    modal(page, world),
    confirmation(page, world),
    h(
      'div',
      { class: 'toasts', key: 'toasts', role: 'status' },
      state.toasts.map((toast) => h('p', { key: toast.id, class: 'toast' }, toast.words)),
    ),
  )
}

function topBar(page, world) {
  const { isDrawerOpen } = page.state
  return h(
    'header',
    { class: 'top-bar', key: 'top' },
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button drawer-button',
        'aria-label': 'Channels',
        'aria-expanded': String(isDrawerOpen),
        'aria-controls': 'sidebar',
        onclick: () => page.show({ isDrawerOpen: !isDrawerOpen }),
      },
      icon('menu'),
    ),
    h('p', { class: 'brand' }, icon('bell'), h('b', {}, 'Tocsin'), h('span', {}, 'try page')),
    peopleSwitcher(page, world),
  )
}

function middle(page, world, channel) {
  if (page.state.place.kind === 'app') return appView(page, world, page.state.place)
  if (channel) return channelView(page, world, channel)
  return h(
    'p',
    { class: 'empty', key: 'nowhere' },
    `${world.me.realName} cannot see this channel. Choose another one on the left.`,
  )
}

function notices(page, world) {
  const offline = 'The server does not answer. This page goes on by itself when it is back.'
  const all = page.state.isOffline ? [{ name: 'server', mode: 'down', words: offline }] : troubles(world)
  return all.map(({ name, mode, words }) =>
    h('p', { class: `notice ${mode}`, key: `notice ${name}`, role: 'status' }, words),
  )
}

/** On narrow screens: one of these at a time. */
function bottomBar(page, world) {
  const ringing = ringingOn(world)
  return h(
    'nav',
    { class: 'bottom-bar', key: 'bottom', 'aria-label': 'Parts of the page' },
    part(page, 'chat', 'Chat', 'chat', 0),
    part(page, 'phone', 'Phone', 'phone', ringing),
    part(page, 'panel', 'Happen', 'bolt', 0),
  )
}

function part(page, name, words, iconName, count) {
  return h(
    'button',
    {
      key: name,
      type: 'button',
      'aria-pressed': String(page.state.showing === name),
      onclick: () => page.show({ showing: name }),
    },
    icon(iconName),
    words,
    count > 0 && h('span', { class: 'count loud' }, count),
  )
}
