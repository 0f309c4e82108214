/** How the forms look. */
import { escapeHtml } from '../../../../lib/html.ts'
import { document } from '../document.ts'
import { wordsIn } from '../words.ts'
import type { Problem } from './domain.ts'
import type { Rules } from './rules.ts'

export function askingPage(rules: Rules, { address = '', problem }: { address?: string; problem?: Problem }): string {
  const { settings, say } = rules
  const words = wordsIn(settings.locale)
  const boxes = settings.components.map(
    ({ key, name }) =>
      `<label><input type="checkbox" name="component" value="${escapeHtml(key)}">${escapeHtml(name)}</label>`,
  )
  const choice =
    boxes.length === 0
      ? ''
      : `<fieldset><legend>${words.aboutWhat}</legend>
<label><input type="radio" name="scope" value="all" checked> ${words.everything}</label>
<label><input type="radio" name="scope" value="some"> ${words.some}</label>
<div class="choices">${boxes.join('\n')}</div></fieldset>`
  const wrong =
    problem === undefined ? '' : `<p class="stale" role="alert" id="problem">${escapeHtml(words.problems[problem])}</p>`
  const isWrong = problem === 'no-address' ? ' aria-invalid="true" aria-describedby="problem"' : ''
  const main = `<h2>${words.subscribeByMail}</h2><p>${escapeHtml(say('subscribe', { page: settings.name }))}</p>${wrong}
<form method="post" action="/status/subscribe"><label for="address">${words.address}</label>
<input id="address" name="address" type="email" autocomplete="email" required maxlength="254" value="${escapeHtml(address)}"${isWrong}>
${choice}<button>${words.subscribe}</button></form>`
  return drawn(rules, { title: words.subscribe, main, path: '/status/subscribe' })
}

/** A question and a button that answers it at the same address. */
export function buttonPage(rules: Rules, moment: 'confirm-ask' | 'leave-ask'): string {
  const words = wordsIn(rules.settings.locale)
  const label = moment === 'confirm-ask' ? words.confirm : words.unsubscribe
  const main = `<h2>${label}</h2><p>${escapeHtml(rules.say(moment, { page: rules.settings.name }))}</p>
<form method="post"><button>${label}</button></form>`
  return drawn(rules, { title: label, main, path: '' })
}

export function saidPage(rules: Rules, moment: 'asked' | 'confirmed' | 'left' | 'link-unknown'): string {
  const title = wordsIn(rules.settings.locale).titles[moment]
  const main = `<h2>${title}</h2><p role="status">${escapeHtml(rules.say(moment, { page: rules.settings.name }))}</p>`
  return drawn(rules, { title, main, path: '' })
}

function drawn({ settings, say }: Rules, around: { title: string; main: string; path: string }): string {
  return document(settings, around, { say, staleMinutes: null, isCopy: false })
}
