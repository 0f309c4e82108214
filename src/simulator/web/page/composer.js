/** The box to write in: Enter sends, Shift+Enter breaks the line, Tab or Enter takes a suggestion. */
import { completionAt, usageOf } from './completion.js'
import { h } from './dom.js'
import { icon } from './icons.js'

/** @param {{ id: string, channel: { id: string }, label: string, thread?: string }} options */
export function composer(page, world, { id, channel, label, thread }) {
  const key = `${world.me.id} ${channel.id} ${thread ?? ''}`
  const draft = page.composerOf(key)
  // Slack takes no commands in threads.
  const known = thread ? { ...world, commands: [] } : world
  const completion = draft.isListOpen ? completionAt(draft.text, draft.caret, known) : null
  const usage = completion ? null : usageOf(draft.text, known)
  const listId = `${id}-suggestions`
  const box = () => document.getElementById(id)

  const read = () => {
    const { value, selectionEnd } = box()
    if (value !== draft.text || selectionEnd !== draft.caret) {
      Object.assign(draft, { text: value, caret: selectionEnd, chosen: 0, isListOpen: true })
    }
    grow(box())
    page.redraw()
  }
  const take = ({ insert }) => {
    box().setRangeText(insert, completion.from, completion.to, 'end')
    box().focus()
    read()
  }
  const submit = () => {
    const line = box().value.trim()
    if (line === '') return
    box().value = ''
    read()
    page.say({ channel: channel.id, line, thread }, () => {
      // It was not taken: give the words back, unless something else was begun meanwhile.
      const again = box()
      if (again?.value !== '') return
      again.value = line
      read()
    })
  }
  const onkeydown = (event) => {
    if (event.isComposing) return
    if (completion && keyInList(event, completion, draft, page, take)) return
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    submit()
  }

  return h(
    'div',
    { class: 'composer', key: `composer ${key}` },
    completion && suggestionList(completion, { listId, draft, take }),
    usage && usageLine(usage),
    h(
      'div',
      { class: 'composer-box' },
      h('textarea', {
        id,
        rows: '1',
        value: draft.text,
        'aria-label': label,
        placeholder: label,
        'aria-autocomplete': 'list',
        'aria-controls': completion ? listId : null,
        'aria-activedescendant': completion ? `${listId}-${draft.chosen}` : null,
        oninput: read,
        onclick: read,
        onkeyup: (event) => event.key.startsWith('Arrow') && read(),
        onblur: () => {
          draft.isListOpen = false
          page.redraw()
        },
        onkeydown,
        mounted: grow,
      }),
      h(
        'button',
        { type: 'button', class: 'send', 'aria-label': 'Send', title: 'Send (Enter)', onclick: submit },
        icon('send'),
      ),
    ),
  )
}

/** True when the key was for the list. */
function keyInList(event, { suggestions }, draft, page, take) {
  const chosen = suggestions[draft.chosen] ?? suggestions[0]
  const steps = { ArrowDown: 1, ArrowUp: -1 }
  if (event.key in steps) {
    draft.chosen = (draft.chosen + steps[event.key] + suggestions.length) % suggestions.length
    page.redraw()
  } else if (event.key === 'Escape') {
    draft.isListOpen = false
    page.redraw()
  } else if (event.key === 'Tab' && !event.shiftKey) take(chosen)
  // A command that is written out is meant; Enter sends it.
  else if (event.key === 'Enter' && !event.shiftKey && draft.text.trim() !== chosen.insert.trim()) take(chosen)
  else return false
  event.preventDefault()
  return true
}

function suggestionList({ kind, suggestions }, { listId, draft, take }) {
  return h(
    'div',
    { class: 'suggestions', key: 'suggestions' },
    h('p', { class: 'suggestions-head' }, `${titles[kind]} · Tab or Enter takes one`),
    h(
      'p',
      { class: 'hidden', role: 'status' },
      `${suggestions.length} suggestions, ${suggestions[draft.chosen]?.label ?? ''}`,
    ),
    h(
      'div',
      { id: listId, role: 'listbox', 'aria-label': titles[kind] },
      suggestions.map((suggestion, index) =>
        h(
          'div',
          {
            key: suggestion.label,
            id: `${listId}-${index}`,
            role: 'option',
            class: 'suggestion',
            'aria-selected': String(index === draft.chosen),
            // Before the box loses the focus.
            onpointerdown: (event) => {
              event.preventDefault()
              take(suggestion)
            },
          },
          h('b', {}, suggestion.label),
          suggestion.hint && h('code', {}, suggestion.hint),
          h('span', {}, suggestion.detail),
        ),
      ),
    ),
  )
}

const titles = { commands: 'Commands', people: 'People', channels: 'Channels' }

function usageLine({ command, hint, description }) {
  return h(
    'p',
    { class: 'usage', key: 'usage' },
    h('b', {}, command),
    hint && h('code', {}, hint),
    h('span', {}, description),
  )
}

// The box is as high as its lines, up to the limit in the style sheet.
function grow(box) {
  box.style.height = 'auto'
  box.style.height = `${box.scrollHeight}px`
}
