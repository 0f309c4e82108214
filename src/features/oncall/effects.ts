/** Who is called and told about a page, and when. */
import type { Given } from '../../core/decision.ts'
import type { Callback, Effect } from '../../core/effects.ts'
import { readable } from '../../lib/mrkdwn.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type Call, type Event, isInPagerDuty, missedCall, nextDueAt, type Page } from './domain.ts'
import { checkTaken, sayMissed, showMissed, stopChecking } from './missed.ts'
import type { Rules } from './rules.ts'
import { callMessage } from './views.ts'

export function effects(page: Page, event: Event, { policy }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'page.sent':
    case 'page.foundThere':
    case 'page.nobodyThere':
    case 'page.callFailed':
    case 'page.passedOn':
      return []
    case 'page.climbed':
      return [...askSchedules(page, event.step), climbLater(page, policy)]
    case 'page.called':
      return [
        ...call(page, event, policy),
        ...(event.way === 'pagerduty' ? [checkTaken(page, event), ...prioritize(page, policy)] : []),
      ]
    case 'page.delivered':
      if (event.way !== 'pagerduty') return []
      return [
        stopChecking(page),
        ...findThere(page, policy),
        ...(missedCall(page) ? [...showMissed(page, policy), ...refreshCalls(page)] : []),
      ]
    case 'page.notTaken':
      return [...sayMissed(page, event, policy), ...refreshCalls(page)]
    case 'page.reprioritized':
      return isInPagerDuty(page) ? prioritize(page, policy) : []
    case 'page.noted':
      return inNameOf(policy, (from) => ({
        kind: 'pagerduty.note',
        key: page.key,
        ...(page.there === null ? {} : { incident: page.there.id }),
        from,
        text: namedOutside(event.text, policy),
      }))
    case 'page.linked':
      return [...(isSoonAfter(page, event.at) ? triggerAgain(page) : []), ...refreshCalls(page)]
    case 'page.invited': {
      const { text, targets } = event
      return inNameOf(policy, (from) => ({ kind: 'pagerduty.invite', key: page.key, from, text, targets }))
    }
    case 'page.acknowledged':
      return [
        ...stopTimers(page),
        ...(event.via !== 'pagerduty' && isInPagerDuty(page) ? [tellPagerDuty(page, 'pager.acknowledge')] : []),
        ...refreshCalls(page),
        ...showMissed(page, policy),
      ]
    case 'page.exhausted':
      return [
        ...refreshCalls(page),
        {
          kind: 'slack.say',
          to: policy.opsChannel,
          priority: 'answer',
          message: {
            // What a page is about may be private; #ops learns that somebody must act, not what it is.
            text: policy.templates.render('oncall/exhausted', 'slack', {
              team: page.team ?? 'one person',
              calls: page.calls.length,
            }),
          },
        },
      ]
    case 'page.resolved':
      return [
        ...stopTimers(page),
        ...(isInPagerDuty(page) ? [tellPagerDuty(page, 'pager.resolve')] : []),
        ...refreshCalls(page),
        ...showMissed(page, policy),
      ]
    default:
      return unreachable(event)
  }
}

function askSchedules(page: Page, step: number): Effect[] {
  const { call: called = [] } = page.steps[step] ?? {}
  const names = called.flatMap((one) => /^schedule (.+)$/.exec(one)?.[1] ?? [])
  return names.map((id) => ({
    kind: 'perform',
    feature: 'schedules',
    id,
    isUrgent: true,
    command: { type: 'schedule.find', page: page.id, step },
  }))
}

function climbLater(page: Page, rules: Rules): Effect {
  return {
    kind: 'timer.set',
    key: timerOf(page),
    at: new Date(nextDueAt(page, rules)).toISOString(),
    fire: { feature: 'pages', id: page.id, isUrgent: true, command: { type: 'page.climb' } },
  }
}

function call(page: Page, called: Call, rules: Rules): Effect[] {
  const whenDone = deliveredBy(page, called)
  const failed = {
    feature: 'pages',
    id: page.id,
    isUrgent: true as const,
    command: { type: 'page.callFailed', step: called.step },
  }
  switch (called.way) {
    case 'pagerduty':
      return [{ ...trigger(page), whenDone, whenGivenUp: failed }]
    case 'slack':
      return [{ ...showCall(page, called.person), whenDone }]
    case 'mail': {
      const to = rules.people[called.person]?.email
      if (!to) return []
      const data = {
        summary: summaryOf(page),
        at: page.sentAt,
        link: answerLink(page, called.person, rules),
        isTest: page.isTest,
      }
      const subject = rules.templates.render('oncall/called', 'subject', data)
      const text = rules.templates.render('oncall/called', 'text', data)
      return [{ kind: 'mail.send', to: [to], subject, text, whenDone }]
    }
    default: {
      const webhook = rules.webhooks[called.way]
      if (!webhook) return []
      const person = rules.people[called.person]
      return [
        {
          kind: 'webhook.send',
          ...webhook,
          body: {
            type: 'page',
            summary: summaryOf(page),
            severity: page.severity,
            person: called.person,
            name: person?.name ?? null,
            phone: person?.phone ?? null,
            answer: answerLink(page, called.person, rules),
            is_test: page.isTest,
            paged_at: page.sentAt,
          },
          whenDone,
        },
      ]
    }
  }
}

function trigger(page: Page): Extract<Effect, { kind: 'pager.trigger' }> {
  return {
    kind: 'pager.trigger',
    key: page.key,
    service: page.team ?? '',
    summary: summaryOf(page),
    severity: page.severity,
    ...(page.link === null ? {} : { link: page.link }),
  }
}

/**
 * The same event with the link in it: PagerDuty takes it into what it has under this key and rings nobody, as long as
 * that is open. Whoever closed it there must not be woken by a link, so it is said only while nobody has answered, and
 * soon: an hour later somebody may have, unheard.
 */
function triggerAgain(page: Page): Effect[] {
  return page.status === 'calling' && isInPagerDuty(page) ? [trigger(page)] : []
}

const linkedWithin = 2 * 60_000

function isSoonAfter({ sentAt }: Page, at: string): boolean {
  return Date.parse(at) - Date.parse(sentAt) <= linkedWithin
}

/** PagerDuty knows no mentions: people are named by their names. */
function namedOutside(text: string, { people }: Rules): string {
  return readable(text.replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id: string) => people[id]?.name ?? 'somebody'))
}

function deliveredBy({ id, round }: Page, { step, person, way }: Call): Callback {
  return { feature: 'pages', id, command: { type: 'page.deliver', round, step, person, way } }
}

export function summaryOf(page: Page): string {
  return page.isTest ? `Test page: ${page.summary}` : page.summary
}

function showCall(page: Page, person: string): Extract<Effect, { kind: 'slack.show' }> {
  const name = `pages/${page.id}/${page.round}-${person}` as const
  return { kind: 'slack.show', name, to: `@${person}`, message: callMessage(page), priority: 'answer' }
}

/** Whoever was called sees how it stands, also when somebody else was quicker. */
function refreshCalls(page: Page): Effect[] {
  const people = page.calls.filter(({ way }) => way === 'slack').map(({ person }) => person)
  return [...new Set(people)].map((person) => showCall(page, person))
}

/** By its id there we know it again when people act on it there. Asked of whoever gave us a way to ask. */
function findThere({ id, key }: Page, { pagerduty, there }: Rules): Effect[] {
  if (pagerduty.actAs === null && there.length === 0) return []
  const me = (type: string) => ({ feature: 'pages', id, command: { type } })
  return [{ kind: 'pagerduty.find', key, whenDone: me('page.seeThere'), whenGivenUp: me('page.missThere') }]
}

function prioritize({ key, priority: severity }: Page, rules: Rules): Effect[] {
  const priority = severity === null ? undefined : rules.pagerduty.priorities[severity]
  if (priority === undefined) return []
  return inNameOf(rules, (from) => ({ kind: 'pagerduty.priority', key, from, priority }))
}

/** What changes something there is done in the name of a user there; without one it is left out. */
function inNameOf({ pagerduty }: Rules, effect: (from: string) => Effect): Effect[] {
  return pagerduty.actAs === null ? [] : [effect(pagerduty.actAs)]
}

function tellPagerDuty(page: Page, kind: 'pager.acknowledge' | 'pager.resolve'): Effect {
  return { kind, key: page.key, service: page.team ?? '' }
}

export function answerLink({ id, round }: Pick<Page, 'id' | 'round'>, person: string, rules: Rules): string {
  return `${rules.publicUrl}/oncall/answer/${id}/${round}/${person}/${rules.sign(`${id}/${round}/${person}`)}`
}

function stopTimers(page: Page): Effect[] {
  return [{ kind: 'timer.cancel', key: timerOf(page) }, ...(isInPagerDuty(page) ? [stopChecking(page)] : [])]
}

function timerOf(page: Page): string {
  return `pages/${page.id}/climb`
}
