/** The phone of whoever is on call, on which PagerDuty and direct messages ring, and the mail that was sent. */
import { timeOf } from './dates.js'
import { h } from './dom.js'
import { icon } from './icons.js'
import { link } from './mrkdwn.js'

export function phone(page, world) {
  const ringing = ringingOn(world)
  const isMail = page.state.phoneTab === 'mail'
  return h(
    'section',
    { class: `phone${ringing > 0 ? ' ringing' : ''}`, key: 'phone', 'aria-label': 'Phone' },
    h(
      'div',
      { class: 'phone-top', 'aria-hidden': 'true' },
      h('span', {}, timeOf(new Date(world.now))),
      h('span', { class: 'notch' }),
    ),
    h('div', { class: 'phone-screen', 'aria-live': 'polite' }, isMail ? mails(world) : pages(page, world)),
    h(
      'div',
      { class: 'phone-tabs', role: 'group', 'aria-label': 'On the phone' },
      tab(page, 'pages', 'Pages', 'bell', ringing),
      tab(page, 'mail', 'Mail', 'mail', world.mails.length),
    ),
  )
}

function tab(page, name, words, iconName, count) {
  return h(
    'button',
    {
      key: name,
      type: 'button',
      'aria-pressed': String(page.state.phoneTab === name),
      onclick: () => page.show({ phoneTab: name }),
    },
    icon(iconName),
    words,
    count > 0 && h('span', { class: 'count loud' }, count),
  )
}

const statusWords = { triggered: 'Ringing', acknowledged: 'Acknowledged', resolved: 'Resolved' }

export function ringingOn({ pages, calls }) {
  return pages.filter((one) => one.status === 'triggered').length + calls.filter((one) => one.isRinging).length
}

function pages(page, world) {
  if (world.pages.length + world.calls.length === 0) {
    return h('p', { class: 'empty' }, 'Nobody was paged. When Tocsin pages somebody, it rings here.')
  }
  const drawn = [
    ...world.pages.map((one) => ({ at: new Date(one.at).getTime(), draw: () => ofPagerDuty(page, one) })),
    ...world.calls.map((one) => ({ at: one.at, draw: () => bySlack(page, one) })),
  ]
  return drawn.sort((a, b) => b.at - a.at).map(({ draw }) => draw())
}

/** A direct message wakes whoever it is for; what is pressed here is pressed there. */
function bySlack(page, one) {
  const send = () => page.act({ as: one.person, do: 'click', channel: one.channel, ts: one.ts, label: 'Acknowledge' })
  return h(
    'article',
    {
      key: `${one.channel} ${one.ts}`,
      class: `page ${one.isRinging ? 'triggered' : 'acknowledged'}`,
      'aria-label': `Message to ${one.name}: ${one.summary}`,
    },
    h(
      'p',
      { class: 'page-head' },
      h('b', {}, one.isRinging ? 'Ringing' : 'Answered'),
      h('span', {}, `Slack · ${one.name} · ${timeOf(new Date(one.at))}`),
    ),
    h('p', { class: 'page-summary' }, one.summary),
    one.isRinging &&
      h(
        'div',
        { class: 'page-buttons' },
        h('button', { type: 'button', class: 'button primary', onclick: send }, 'Acknowledge'),
      ),
  )
}

function ofPagerDuty(page, one) {
  return h(
    'article',
    {
      key: `${one.key} ${new Date(one.at).getTime()}`,
      class: `page ${one.status}`,
      'aria-label': `Page: ${one.summary}`,
    },
    h(
      'p',
      { class: 'page-head' },
      h('b', {}, statusWords[one.status]),
      h('span', {}, `PagerDuty · ${one.severity} · ${timeOf(new Date(one.at))}`),
    ),
    h('p', { class: 'page-summary' }, one.summary),
    one.link && link(one.link, 'Open'),
    h(
      'div',
      { class: 'page-buttons' },
      one.status === 'triggered' && answer(page, one, 'acknowledge-page', 'Acknowledge', 'primary'),
      one.status === 'acknowledged' && answer(page, one, 'resolve-page', 'Resolve page', ''),
    ),
  )
}

function answer(page, one, happening, words, style) {
  const send = () => page.happen({ do: happening, key: one.key })
  return h('button', { key: happening, type: 'button', class: `button ${style}`, onclick: send }, words)
}

function mails(world) {
  if (world.mails.length === 0) return h('p', { class: 'empty' }, 'No mail was sent.')
  const numbered = world.mails.map((mail, index) => ({ mail, index }))
  return numbered
    .reverse()
    .map(({ mail, index }) =>
      h(
        'details',
        { key: `mail ${index} ${mail.subject}`, class: 'mail' },
        h(
          'summary',
          {},
          h('b', {}, mail.subject || '(no subject)'),
          h('span', {}, `to ${mail.to.join(', ')} · ${timeOf(new Date(mail.at))}`),
        ),
        h('p', { class: 'mail-from' }, `From ${mail.from}`),
        h('pre', { class: 'mail-text' }, mail.text),
      ),
    )
}
