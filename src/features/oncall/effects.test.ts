/** When the same event goes to PagerDuty again with the link to the channel: it must never wake anybody a second time. */
import { expect, test } from 'vitest'
import type { Page } from './domain.ts'
import { effects } from './effects.ts'
import type { Rules } from './rules.ts'

const sentAt = '2026-03-01T03:00:00.000Z'
const page: Page = {
  id: 'incidents-1-platform',
  round: 1,
  status: 'calling',
  key: 'incidents/1',
  team: 'platform',
  summary: 'P1 INC-1 checkout is down',
  severity: 'critical',
  priority: 'P1',
  link: 'https://slack.com/app_redirect?channel=C1',
  about: { feature: 'incidents', id: '1' },
  isTest: false,
  steps: [],
  nextStep: 1,
  calls: [{ step: 0, person: '', way: 'pagerduty', at: sentAt }],
  sentBy: null,
  sentAt,
  acknowledgedBy: null,
  acknowledgedVia: null,
  acknowledgedAt: null,
  closedAt: null,
  there: null,
}
const rules = { pagerduty: { actAs: null }, there: [], people: {} } as unknown as Rules

function linked(change: Partial<Page>, at: string) {
  const event = { type: 'page.linked' as const, link: page.link ?? '', at }
  const given = { id: page.id, now: new Date(at), actor: { kind: 'tocsin' as const, what: 'a test' }, policy: rules }
  return effects({ ...page, ...change }, event, given).map((effect) => effect.kind)
}

test('the link follows a page that was sent a moment ago and that nobody has acknowledged', () => {
  expect(linked({}, '2026-03-01T03:00:04.000Z')).toEqual(['pager.trigger'])
})

test.each<[string, Partial<Page>, string]>([
  ['that somebody acknowledged', { status: 'acknowledged' }, '2026-03-01T03:00:04.000Z'],
  ['that was sent long ago, and may be closed there', {}, '2026-03-01T03:10:00.000Z'],
  ['that is not in PagerDuty', { calls: [] }, '2026-03-01T03:00:04.000Z'],
])('no event follows a page %s', (_what, change, at) => {
  expect(linked(change, at)).toEqual([])
})
