/** A page that PagerDuty does not take: who hears of it, whom they can ring by hand, and how it went on. */
import type { Effect } from '../../core/effects.ts'
import { Markup } from '../../lib/mrkdwn.ts'
import { type Call, type Event, missedCall, type Page } from './domain.ts'
import { theRoster } from './roster/aggregate.ts'
import { ringWords } from './roster/lines.ts'
import type { Rules } from './rules.ts'
import { answererWords } from './views.ts'

// PagerDuty takes a page in less than a second. After a minute of attempts it is away, and somebody else must be woken.
export const takenWithin = 60_000

export function checkTaken({ id, round }: Page, { step, at }: Call): Effect {
  return {
    kind: 'timer.set',
    key: takenTimerOf(id),
    at: new Date(Date.parse(at) + takenWithin).toISOString(),
    fire: { feature: 'pages', id, isUrgent: true, command: { type: 'page.checkTaken', round, step } },
  }
}

export function stopChecking({ id }: Page): Effect {
  return { kind: 'timer.cancel', key: takenTimerOf(id) }
}

function takenTimerOf(id: string): string {
  return `pages/${id}/taken`
}

/** Said to whoever sent it, else in #ops. What it is about may be private; that somebody must ring by hand is not. */
export function sayMissed(
  page: Page,
  { ring, seenAt, isRefused }: Extract<Event, { type: 'page.notTaken' }>,
  rules: Rules,
): Effect[] {
  const text = rules.templates.render('oncall/not-taken', 'slack', {
    ...named(page),
    isRefused,
    isTest: page.isTest,
    isLast: page.nextStep >= page.steps.length,
    ring: ring.length === 0 ? null : new Markup(ringWords(ring)),
    seenAt,
  })
  return [show(page, text, rules), ...lookThere(rules)]
}

/** Whoever read that somebody should be rung reads as well that they need not be any more. */
export function showMissed(page: Page, rules: Rules): Effect[] {
  const missed = missedCall(page)
  const isAnswered = page.status === 'acknowledged'
  const isSettled = isAnswered || page.status === 'resolved' || missed?.deliveredAt !== undefined
  if (!missed || !isSettled) return []
  const text = rules.templates.render('oncall/taken-after-all', 'slack', {
    ...named(page),
    by: isAnswered ? new Markup(answererWords(page)) : null,
    takenAt: page.status === 'resolved' ? null : (missed.deliveredAt ?? null),
  })
  return [show(page, text, rules)]
}

function named({ team, sentAt }: Page) {
  return { team: team ?? 'one person', sentAt }
}

function show({ id, round, sentBy }: Page, text: string, { opsChannel }: Rules): Effect {
  return {
    kind: 'slack.show',
    name: `pages/${id}/${round}-missed`,
    to: sentBy === null ? opsChannel : `@${sentBy}`,
    message: { text },
    priority: 'answer',
  }
}

/** So that `/oncall` says a moment later that it is away, and not five minutes later. */
function lookThere({ there }: Rules): Effect[] {
  if (there.length === 0) return []
  return [{ kind: 'perform', feature: 'rosters', id: theRoster, command: { type: 'roster.look' } }]
}
