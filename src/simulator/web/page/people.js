/** Who one is: every person of the workspace is one click away. */
import { avatar } from './avatar.js'
import { h } from './dom.js'

export function peopleSwitcher(page, world) {
  const playable = world.people.filter((person) => person.kind !== 'bot' && person.kind !== 'deactivated')
  return h(
    'nav',
    { class: 'people', 'aria-label': 'Who you are' },
    h('span', { class: 'people-label', 'aria-hidden': 'true' }, 'You are'),
    h(
      'ul',
      {},
      playable.map((person) => h('li', { key: person.id }, face(page, world, person))),
    ),
  )
}

const kinds = { guest: 'guest', stranger: 'from another company' }

function face(page, world, person) {
  const name = person.realName || person.name
  const about = [person.title, kinds[person.kind]].filter(Boolean).join(', ')
  return h(
    'button',
    {
      type: 'button',
      class: 'person',
      'aria-label': `Be ${name}`,
      'aria-pressed': String(person.id === world.me.id),
      title: `${name}${about ? ` (${about})` : ''}`,
      onclick: () => page.be(person.id),
    },
    avatar(person),
    h('span', {}, name.split(' ')[0]),
  )
}
