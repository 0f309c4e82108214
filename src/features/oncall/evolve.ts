/** What a page is after something happened to it. */
import { unreachable } from '../../lib/unreachable.ts'
import type { Call, Event, Page } from './domain.ts'

export function evolve(page: Page | null, event: Event): Page {
  if (event.type === 'page.sent') return sent(event)
  if (!page) throw new Error(`${event.type} before page.sent`)

  switch (event.type) {
    case 'page.climbed':
      return { ...page, nextStep: event.step + 1 }
    case 'page.called': {
      const { type: _, ...call } = event
      return { ...page, calls: [...page.calls, call] }
    }
    case 'page.delivered':
      return {
        ...page,
        calls: page.calls.map((call) => (isCall(call, event) ? { ...call, deliveredAt: event.at } : call)),
      }
    case 'page.notTaken': {
      const missed = { step: event.step, person: '', way: 'pagerduty' }
      return {
        ...page,
        calls: page.calls.map((call) => (isCall(call, missed) ? { ...call, notTakenAt: event.at } : call)),
      }
    }
    case 'page.nobodyThere':
    case 'page.callFailed':
    case 'page.passedOn':
    case 'page.noted':
    case 'page.invited':
      return page
    case 'page.foundThere':
      return { ...page, there: event.there }
    case 'page.linked':
      return { ...page, link: event.link }
    case 'page.reprioritized':
      return { ...page, priority: event.priority }
    case 'page.acknowledged':
      return {
        ...page,
        status: 'acknowledged',
        acknowledgedBy: event.by,
        acknowledgedVia: event.via,
        acknowledgedAt: event.at,
      }
    case 'page.exhausted':
      return { ...page, status: 'exhausted' }
    case 'page.resolved':
      return { ...page, status: 'resolved', closedAt: event.at }
    default:
      return unreachable(event)
  }
}

function sent({ type: _, by, at, priority = null, ...said }: Extract<Event, { type: 'page.sent' }>): Page {
  return {
    ...said,
    priority,
    status: 'calling',
    nextStep: 0,
    calls: [],
    sentBy: by,
    sentAt: at,
    acknowledgedBy: null,
    acknowledgedVia: null,
    acknowledgedAt: null,
    closedAt: null,
    there: null,
  }
}

export function isCall(call: Call, { step, person, way }: Pick<Call, 'step' | 'person' | 'way'>): boolean {
  return call.step === step && call.person === person && call.way === way
}
