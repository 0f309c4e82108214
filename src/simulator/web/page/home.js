/** The bot's own place under Apps: what it shows on its home tab, and the conversation with it. */
import { avatar } from './avatar.js'
import { drawBlocks } from './blocks.js'
import { composer } from './composer.js'
import { h } from './dom.js'
import { messageList } from './messages.js'
import { botOf, channelAt } from './places.js'
import { homeSurface } from './surfaces.js'

const tabs = { home: 'Home', messages: 'Messages' }

export function appView(page, world, place) {
  const bot = botOf(world)
  return [
    h(
      'header',
      { class: 'place-head', key: 'app head' },
      avatar(bot),
      h('h1', { tabindex: '-1', id: 'place' }, bot?.realName || 'The app'),
      h(
        'nav',
        { class: 'tabs', 'aria-label': 'Parts of the app' },
        Object.entries(tabs).map(([tab, words]) =>
          h('a', { key: tab, href: `#/app/${tab}`, 'aria-current': place.tab === tab ? 'page' : null }, words),
        ),
      ),
    ),
    place.tab === 'home' ? homeTab(page, world) : messagesTab(page, world, place),
  ]
}

function homeTab(page, world) {
  const view = world.home
  return h(
    'div',
    { class: 'home', key: `home ${world.me.id}` },
    view
      ? drawBlocks(view.blocks, homeSurface(page, world, view))
      : h(
          'p',
          { class: 'empty' },
          'The bot has not drawn its home for you yet. It does so a moment after you come here.',
        ),
  )
}

function messagesTab(page, world, place) {
  const channel = channelAt(place, world)
  if (!channel) return h('p', { class: 'empty', key: 'no messages' }, 'The bot has not written to you yet.')
  return [
    messageList(page, world, channel),
    composer(page, world, { id: 'composer', channel, label: `Message ${botOf(world)?.realName || 'the app'}` }),
  ]
}
