/**
 * How somebody comes to be written to, and leaves. Following a link changes nothing, because mail programs and scanners
 * follow them too: each page has a button. Leaving is one POST without anything else (RFC 8058).
 *
 * What is answered to a form never says whether an address was known here.
 */

import { isRefusal } from '../../../../core/decision.ts'
import type { Page, PageAnswer, Visit } from '../../../../core/pages.ts'
import { clean } from '../../../../lib/text.ts'
import { contentSecurityPolicy } from '../style.ts'
import { aggregate } from './aggregate.ts'
import { isAddress, type Refused } from './domain.ts'
import { type Rules, readConfirmToken, readLeaveToken } from './rules.ts'
import { askingPage, buttonPage, saidPage } from './views.ts'

export const subscriberPages: readonly Page[] = [
  {
    method: 'GET',
    path: '/status/subscribe',
    answer: async (visit) => (takesAny(visit) ? html(askingPage(rulesOf(visit), {})) : none),
  },
  { method: 'POST', path: '/status/subscribe', answer: ask },
  { method: 'GET', path: '/status/confirm/:token', answer: showConfirm },
  { method: 'POST', path: '/status/confirm/:token', answer: confirm },
  { method: 'GET', path: '/status/unsubscribe/:token', answer: showLeave },
  { method: 'POST', path: '/status/unsubscribe/:token', answer: leave },
]

const actor = { kind: 'source', name: 'status page' } as const

async function ask(visit: Visit): Promise<PageAnswer> {
  if (!takesAny(visit)) return none
  const rules = rulesOf(visit)
  const address = clean(visit.form.get('address') ?? '').trim()
  const chosen = visit.form.getAll('component')
  // All of them means: also those that come later.
  const components = visit.form.get('scope') === 'some' ? chosen : []
  if (visit.form.get('scope') === 'some' && chosen.length === 0) {
    return html(askingPage(rules, { address, problem: 'none-chosen' }), 400)
  }
  // What is no address has no subscriber, and is not worth a row in the journal.
  if (!isAddress(address)) return html(askingPage(rules, { address, problem: 'no-address' }), 400)
  const command = { type: 'subscriber.ask', address, locale: rules.settings.locale, components } as const
  const outcome = await visit.perform(aggregate, rules.subscriberId(address), command, actor)
  if (!isRefusal<Refused>(outcome) || outcome.refused === 'asked-just-now') return html(saidPage(rules, 'asked'))
  const status = outcome.refused === 'too-many-asked' ? 429 : 400
  return html(askingPage(rules, { address, problem: outcome.refused }), status)
}

async function showConfirm(visit: Visit): Promise<PageAnswer> {
  const rules = rulesOf(visit)
  const token = readConfirmToken(rules, visit.params.token ?? '')
  return token ? html(buttonPage(rules, 'confirm-ask')) : html(saidPage(rules, 'link-unknown'), 404)
}

async function confirm(visit: Visit): Promise<PageAnswer> {
  const rules = rulesOf(visit)
  const token = readConfirmToken(rules, visit.params.token ?? '')
  if (!token) return html(saidPage(rules, 'link-unknown'), 404)
  const outcome = await visit.perform(aggregate, token.id, { type: 'subscriber.confirm', round: token.round }, actor)
  if (isRefusal(outcome)) return html(saidPage(rules, 'link-unknown'), 404)
  return html(saidPage(rules, 'confirmed'))
}

async function showLeave(visit: Visit): Promise<PageAnswer> {
  const rules = rulesOf(visit)
  if (readLeaveToken(rules, visit.params.token ?? '') === null) return html(saidPage(rules, 'link-unknown'), 404)
  return html(buttonPage(rules, 'leave-ask'))
}

async function leave(visit: Visit): Promise<PageAnswer> {
  const rules = rulesOf(visit)
  const id = readLeaveToken(rules, visit.params.token ?? '')
  if (id === null) return html(saidPage(rules, 'link-unknown'), 404)
  // Refused means that we have forgotten them already, which is what they want.
  await visit.perform(aggregate, id, { type: 'subscriber.leave' }, actor)
  return html(saidPage(rules, 'left'))
}

function takesAny(visit: Visit): boolean {
  return rulesOf(visit).settings.takesSubscribers
}

/** Who subscribed earlier may still leave. */
const none: PageAnswer = { status: 404, contentType: 'text/plain; charset=utf-8', body: 'There is nothing here.' }

function rulesOf(visit: Visit): Rules {
  return visit.policy(aggregate)
}

function html(body: string, status = 200): PageAnswer {
  // A link with a token is nobody else's business: neither a cache's nor the next site's.
  return { status, body, headers: { 'content-security-policy': contentSecurityPolicy, 'cache-control': 'no-store' } }
}
