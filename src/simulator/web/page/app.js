/** Starts the page. */
import { followButton } from './menu.js'
import { createPage } from './page.js'
import { clockWords } from './panel.js'
import { listenForChanges } from './remote.js'

const page = createPage(document.querySelector('#app'))

addEventListener('hashchange', page.followAddress)

// A link that only moves the focus must not change the place in the address.
document.querySelector('.skip-link').onclick = (event) => {
  event.preventDefault()
  document.querySelector('#composer, #place')?.focus()
}

document.addEventListener('pointerdown', (event) => {
  if (page.state.openMenu && !event.target.closest('.menu-anchor')) page.openMenu(null)
})

document.addEventListener('scroll', (event) => followButton(page, event.target), { capture: true, passive: true })

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && page.state.isDrawerOpen) page.show({ isDrawerOpen: false })
})

// Only the digits of the clock, so that a page at rest is not drawn every second.
setInterval(() => {
  const clock = document.querySelector('#clock')
  if (clock?.firstChild) clock.firstChild.data = clockWords(page.worldNow())
}, 1_000)

listenForChanges({ changed: page.refresh, lost: page.lost })
page.refresh()
