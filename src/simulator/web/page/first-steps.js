/** What a newcomer should try first, ticked off as it is done. */
import { h } from './dom.js'
import { icon } from './icons.js'

export const firstLine = '/inc checkout returns 500s'
const rollbackLine = '/action rollback checkout production because clients see errors'

export function firstSteps(page) {
  const done = page.state.firstSteps
  if (done.includes('dismissed')) return null
  return h(
    'section',
    { class: 'first-steps', key: 'first steps', 'aria-label': 'First steps' },
    h(
      'header',
      {},
      h('h2', {}, stepIds.every((id) => done.includes(id)) ? 'That is the idea' : 'First steps'),
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button push-right',
          'aria-label': 'Hide the first steps',
          onclick: () => page.tick('dismissed'),
        },
        icon('close'),
      ),
    ),
    h(
      'ol',
      {},
      step(done, 'declare', [
        'Type ',
        h('code', {}, firstLine),
        ' and press Enter. ',
        !done.includes('declare') &&
          h('button', { type: 'button', class: 'quiet', onclick: () => page.fill(firstLine) }, 'Type it for me'),
      ]),
      step(done, 'lead', ['Open the new channel on the left and click ', h('b', {}, 'Take lead'), ' on the card.']),
      step(done, 'fire', ['Fire an alert, under ', h('b', {}, 'Make something happen'), ', and see who is told.']),
      step(done, 'rollBack', [
        'Checkout is broken for real. Type ',
        h('code', {}, rollbackLine),
        ' and approve it as somebody else. ',
        done.includes('fire') &&
          !done.includes('rollBack') &&
          h('button', { type: 'button', class: 'quiet', onclick: () => page.fill(rollbackLine) }, 'Type it for me'),
      ]),
    ),
  )
}

const stepIds = ['declare', 'lead', 'fire', 'rollBack']

function step(done, id, words) {
  const isDone = done.includes(id)
  const isNext = id === stepIds.find((candidate) => !done.includes(candidate))
  return h(
    'li',
    { key: id, class: isDone ? 'done' : isNext ? 'next' : null },
    isDone && icon('check'),
    words,
    isDone && h('span', { class: 'hidden' }, ' (done)'),
  )
}

/** Which step a person has just done, if any. */
export function stepDoneBy(act, words) {
  if (act.do === 'type' && /^\/inc(ident)? +\S/.test(act.line)) return 'declare'
  if (act.do === 'click' && words === 'Take lead') return 'lead'
  if (act.do === 'fire') return 'fire'
  if (act.do === 'click' && words === 'Approve') return 'rollBack'
  return null
}
