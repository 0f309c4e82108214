/** Dialogs: the bot's forms, and the question "are you sure?" of a button. The browser keeps the focus inside. */
import { drawBlocks } from './blocks.js'
import { h } from './dom.js'
import { withEmoji } from './emoji.js'
import { icon } from './icons.js'
import { entered, formSurface, namesFor } from './surfaces.js'
import { plainText, textObject } from './texts.js'

export function modal(page, world) {
  const view = world.modal
  if (!view) return null
  const draft = page.draftOf(view.id)
  const isBusy = page.state.busy.has(`submit ${view.id}`)
  const close = () => page.act({ do: 'closeModal' })
  const submit = async (event) => {
    event.preventDefault()
    if (isBusy) return
    await page.act({ do: 'submit', values: entered(view, draft) }, { busyKey: `submit ${view.id}` })
    document.querySelector('dialog [aria-invalid="true"], dialog .has-error input')?.focus()
  }
  return dialog(
    { key: view.id, labelledBy: 'modal-title', className: 'modal', onCancel: close },
    h(
      'form',
      { onsubmit: submit, novalidate: true },
      h(
        'div',
        { class: 'dialog-head' },
        h('h2', { id: 'modal-title' }, withEmoji(view.title)),
        h(
          'button',
          { type: 'button', class: 'icon-button', 'aria-label': 'Close this form', onclick: close },
          icon('close'),
        ),
      ),
      h('div', { class: 'dialog-body' }, drawBlocks(view.blocks, formSurface(page, world, view, draft))),
      h(
        'div',
        { class: 'dialog-foot' },
        h('button', { type: 'button', class: 'button', onclick: close }, view.close ?? 'Close'),
        view.submit !== null &&
          h('button', { type: 'submit', class: 'button primary', 'aria-busy': String(isBusy) }, withEmoji(view.submit)),
      ),
    ),
  )
}

export function confirmation(page, world) {
  const asked = page.state.asked
  if (!asked) return null
  const { confirm, go } = asked
  const names = namesFor(world)
  const answer = (isYes) => () => {
    page.ask(null)
    if (isYes) go()
  }
  return dialog(
    { key: 'confirm', labelledBy: 'confirm-title', className: 'confirm', onCancel: answer(false) },
    h('div', { class: 'dialog-head' }, h('h2', { id: 'confirm-title' }, plainText(confirm.title) || 'Are you sure?')),
    h('div', { class: 'dialog-body' }, textObject(confirm.text, names)),
    h(
      'div',
      { class: 'dialog-foot' },
      h('button', { type: 'button', class: 'button', onclick: answer(false) }, plainText(confirm.deny) || 'Cancel'),
      h(
        'button',
        { type: 'button', class: `button ${confirm.style === 'danger' ? 'danger' : 'primary'}`, onclick: answer(true) },
        plainText(confirm.confirm) || 'Yes',
      ),
    ),
  )
}

function dialog({ key, labelledBy, className, onCancel }, ...children) {
  return h(
    'dialog',
    {
      key,
      class: className,
      'aria-modal': 'true',
      'aria-labelledby': labelledBy,
      mounted: open,
      leaving: close,
      oncancel: (event) => {
        event.preventDefault()
        onCancel()
      },
      // The browser closes by itself when Escape is pressed twice in a row.
      onclose: onCancel,
    },
    ...children,
  )
}

function open(element) {
  element.showModal()
  // The first thing to fill in, rather than the button that closes.
  element
    .querySelector('.dialog-body :is(input, select, textarea), .dialog-foot .primary, .dialog-foot button')
    ?.focus()
}

/** Closing gives the focus back to where it was, which removing does not. */
function close(element) {
  element.onclose = null
  element.close()
  if (document.activeElement === document.body) document.querySelector('#composer')?.focus()
}
