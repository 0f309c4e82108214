/** How the forms look. */
import { escapeHtml } from '../../../../lib/html.ts'
import { document } from '../document.ts'
import type { Refused } from './domain.ts'
import type { Rules } from './rules.ts'

export type Problem = Refused | 'none-chosen'

export function askingPage(rules: Rules, { address = '', problem }: { address?: string; problem?: Problem }): string {
  const { settings, say } = rules
  const boxes = settings.components.map(
    ({ key, name }) =>
      `<label><input type="checkbox" name="component" value="${escapeHtml(key)}">${escapeHtml(name)}</label>`,
  )
  const choice =
    boxes.length === 0
      ? ''
      : `<fieldset><legend>About what</legend>
<label><input type="radio" name="scope" value="all" checked> Everything, also what comes later</label>
<label><input type="radio" name="scope" value="some"> Only what is chosen here</label>
${boxes.join('\n')}</fieldset>`
  const wrong =
    problem === undefined ? '' : `<p class="stale" role="alert" id="problem">${escapeHtml(sentences[problem])}</p>`
  const isWrong = problem === 'no-address' ? ' aria-invalid="true" aria-describedby="problem"' : ''
  const main = `<h2>Subscribe by e-mail</h2><p>${escapeHtml(say('subscribe', { page: settings.name }))}</p>${wrong}
<form method="post" action="/status/subscribe"><label for="address">Your e-mail address</label>
<input id="address" name="address" type="email" autocomplete="email" required maxlength="254" value="${escapeHtml(address)}"${isWrong}>
${choice}<button>Subscribe</button></form>`
  return drawn(rules, { title: 'Subscribe', main, path: '/status/subscribe' })
}

const sentences: Record<Problem, string> = {
  'no-address': 'This is not an e-mail address. Write it like name@example.com.',
  'no-such-component': 'One of the choices is not on this page any more. Choose again.',
  'none-chosen': 'Choose at least one, or «Everything».',
  'asked-just-now': 'A mail is on its way to this address already.',
  'too-many-asked': 'Very many people subscribe just now. Try again in an hour.',
  'no-such-link': 'This link is not known here.',
  'link-too-old': 'This link is too old. Subscribe again.',
}

/** A question and a button that answers it at the same address. */
export function buttonPage(rules: Rules, moment: 'confirm-ask' | 'leave-ask', label: string): string {
  const main = `<h2>${label}</h2><p>${escapeHtml(rules.say(moment, { page: rules.settings.name }))}</p>
<form method="post"><button>${label}</button></form>`
  return drawn(rules, { title: label, main, path: '' })
}

export function saidPage(rules: Rules, moment: 'asked' | 'confirmed' | 'left' | 'link-unknown'): string {
  const main = `<h2>${titles[moment]}</h2><p role="status">${escapeHtml(rules.say(moment, { page: rules.settings.name }))}</p>`
  return drawn(rules, { title: titles[moment], main, path: '' })
}

const titles = {
  asked: 'Look into your mailbox',
  confirmed: 'You are subscribed',
  left: 'You are unsubscribed',
  'link-unknown': 'This link is not known',
} as const

function drawn({ settings, say }: Rules, around: { title: string; main: string; path: string }): string {
  return document(settings, around, { say, staleMinutes: null, isCopy: false })
}
