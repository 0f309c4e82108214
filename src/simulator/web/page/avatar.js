/** A person's picture: initials on a colour of their own; the bot has the bell. */
import { h } from './dom.js'
import { icon } from './icons.js'

const tints = 8

export function avatar(person) {
  if (person?.kind === 'bot') return h('span', { class: 'avatar bot', 'aria-hidden': 'true' }, icon('bell'))
  const name = person?.realName || person?.name || '?'
  const initials = name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .join('')
    .slice(0, 2)
    .toUpperCase()
  return h('span', { class: `avatar tint-${tintOf(person?.id ?? '')}`, 'aria-hidden': 'true' }, initials)
}

function tintOf(id) {
  let sum = 0
  for (const letter of id) sum += letter.charCodeAt(0)
  return sum % tints
}
