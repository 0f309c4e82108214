/** Changing one's own message, in its place. Enter saves, Escape leaves it as it was. */
import { h } from './dom.js'

export function editBox(page, world, message) {
  const close = () => page.show({ editing: null })
  const save = async (event) => {
    event.preventDefault()
    const text = event.currentTarget.elements.text.value.trim()
    close()
    if (text !== '') await page.act({ do: 'edit', channel: message.channelId, ts: message.ts, text })
  }
  return h(
    'form',
    { class: 'edit-box', key: 'edit', onsubmit: save },
    h('textarea', {
      name: 'text',
      rows: '2',
      'aria-label': 'Edit your message',
      mounted: (element) => {
        element.value = asTyped(message.text, world)
        element.focus()
      },
      onkeydown: (event) => {
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault()
          event.currentTarget.form.requestSubmit()
        } else if (event.key === 'Escape') {
          event.stopPropagation()
          close()
        }
      },
    }),
    h(
      'div',
      { class: 'edit-buttons' },
      h('button', { type: 'button', class: 'button', onclick: close }, 'Cancel'),
      h('button', { type: 'submit', class: 'button primary' }, 'Save'),
    ),
  )
}

/** A message as its author wrote it: names for ids, and Slack's three entities undone. */
export function asTyped(text, world) {
  return text
    .replace(/<@([UW]\w+)(?:\|[^>]*)?>/g, (whole, id) => {
      const person = world.people.find((candidate) => candidate.id === id)
      return person ? `@${person.name}` : whole
    })
    .replace(/<#(\w+)\|([^>]*)>/g, '#$2')
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
