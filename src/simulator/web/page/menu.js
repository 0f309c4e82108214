/** A button that opens a menu: arrow keys move, Escape closes and gives the focus back. */
import { h } from './dom.js'

/**
 * @param {{ id: string, label: string, face: import('./dom.js').Child[], className: string,
 *   items: { label: string, face?: string, pick(): void }[], layout?: 'list' | 'grid' }} options
 */
export function menu(page, { id, label, face, className, items, layout = 'list' }) {
  const isOpen = page.state.openMenu === id
  return h(
    'span',
    { class: 'menu-anchor', key: `menu ${id}` },
    h(
      'button',
      {
        type: 'button',
        class: className,
        'aria-label': label,
        title: label,
        'aria-haspopup': 'menu',
        'aria-expanded': String(isOpen),
        onclick: () => page.openMenu(isOpen ? null : id),
      },
      face,
    ),
    isOpen && opened(page, items, label, layout),
  )
}

function opened(page, items, label, layout) {
  return h(
    'div',
    {
      class: `menu ${layout}`,
      role: 'menu',
      'aria-label': label,
      mounted: place,
      onkeydown: (event) => move(event, page),
    },
    items.map((item) =>
      h(
        'button',
        {
          type: 'button',
          role: 'menuitem',
          tabindex: '-1',
          'aria-label': item.face ? item.label : null,
          title: item.face ? item.label : null,
          onclick: (event) => {
            giveFocusBack(event.currentTarget)
            page.openMenu(null)
            item.pick()
          },
        },
        item.face ?? item.label,
      ),
    ),
  )
}

/** Below its button, or above where there is no room. Fixed, so that no scrolling list cuts it off. */
function place(element) {
  putBesideButton(element)
  element.querySelector('button')?.focus()
}

/**
 * A list scrolls by itself too, for a new message or for the very focus that opened the menu: the menu stays with its
 * button, and goes only when that is scrolled out of sight.
 */
export function followButton(page, scrolled) {
  const element = page.state.openMenu ? document.querySelector('.menu') : null
  if (!element || scrolled.closest?.('.menu')) return
  const button = element.parentElement.getBoundingClientRect()
  const list = scrolled.getBoundingClientRect?.()
  const isInSight = !list || (button.bottom > list.top && button.top < list.bottom)
  if (isInSight) putBesideButton(element)
  else page.openMenu(null)
}

function putBesideButton(element) {
  const anchor = element.parentElement.getBoundingClientRect()
  const { width, height } = element.getBoundingClientRect()
  const hasRoomBelow = anchor.bottom + height + 8 < innerHeight
  element.style.top = `${hasRoomBelow ? anchor.bottom + 4 : Math.max(8, anchor.top - height - 4)}px`
  element.style.left = `${Math.max(8, Math.min(anchor.right - width, innerWidth - width - 8))}px`
}

function move(event, page) {
  const items = [...event.currentTarget.querySelectorAll('button')]
  const at = items.indexOf(document.activeElement)
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }
  if (event.key in steps) items.at((at + steps[event.key]) % items.length)?.focus()
  else if (event.key === 'Home') items[0]?.focus()
  else if (event.key === 'End') items.at(-1)?.focus()
  else if (event.key === 'Escape' || event.key === 'Tab') {
    giveFocusBack(event.currentTarget)
    page.openMenu(null)
    if (event.key === 'Tab') return
  } else return
  event.preventDefault()
  event.stopPropagation()
}

function giveFocusBack(inside) {
  inside.closest('.menu-anchor')?.querySelector('button')?.focus()
}
