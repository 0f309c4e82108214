import { expect, test } from 'vitest'
import { hexDigest } from '../../../../lib/signatures.ts'
import type { Parsed } from '../source.ts'
import { sentry } from './index.ts'

const receivedAt = new Date('2026-03-02T12:30:00Z')
const keyOf = (parsed: Parsed) => ('alerts' in parsed ? parsed.alerts[0]?.fingerprint : null)

const event = {
  action: 'triggered',
  data: {
    triggered_rule: 'New errors at checkout',
    event: {
      issue_id: '1170820242',
      title: 'TypeError: cart is undefined',
      culprit: 'checkout/cart.js in total',
      level: 'error',
      datetime: '2026-03-02T12:06:17.677000Z',
      web_url: 'https://acme.sentry.io/issues/1170820242/events/e4874d66/',
      tags: [
        ['environment', 'production'],
        ['server-name', 'web-3'],
      ],
    },
  },
}
const issue = (action: string) => ({ action, data: { issue: { id: '1170820242', title: 'TypeError' } } })
const metric = (action: string) => ({
  action,
  data: {
    metric_alert: {
      alert_rule: { id: 7, name: 'Too many errors' },
      date_started: '2026-03-02T12:00:40.000000Z',
      date_closed: action === 'resolved' ? '2026-03-02T12:20:00.000000Z' : null,
    },
  },
})

test('an issue alert is the issue, with its tags as labels that matchers can name', () => {
  expect(sentry.parse(event, receivedAt)).toMatchObject({
    alerts: [
      {
        status: 'firing',
        startsAt: '2026-03-02T12:06:17.677Z',
        title: 'TypeError: cart is undefined',
        labels: { environment: 'production', server_name: 'web-3', level: 'error', rule: 'New errors at checkout' },
        severityLabel: 'error',
      },
    ],
  })
})

test('it ends when the issue is resolved, and fires again when the issue is back', () => {
  expect(keyOf(sentry.parse(issue('resolved'), receivedAt))).toBe(keyOf(sentry.parse(event, receivedAt)))
  expect(sentry.parse(issue('resolved'), receivedAt)).toMatchObject({ alerts: [{ status: 'resolved' }] })
  expect(sentry.parse(issue('unresolved'), receivedAt)).toMatchObject({ alerts: [{ status: 'firing' }] })
})

test('a metric alert keeps its identity while its severity changes, and ends when it was closed', () => {
  const states = ['warning', 'critical', 'resolved'].map((action) => sentry.parse(metric(action), receivedAt))
  expect(new Set(states.map(keyOf)).size).toBe(1)
  expect(states).toMatchObject([
    { alerts: [{ status: 'firing', severityLabel: 'warning' }] },
    { alerts: [{ status: 'firing', severityLabel: 'critical' }] },
    { alerts: [{ status: 'resolved', severityLabel: null, endsAt: '2026-03-02T12:20:00.000Z' }] },
  ])
})

test('what Sentry tells beside alerts is understood, and is none', () => {
  const none = { alerts: [] }
  expect(sentry.parse({ action: 'created', data: { installation: {} } }, receivedAt)).toEqual(none)
  expect(sentry.parse(issue('assigned'), receivedAt)).toEqual(none)
})

test('its signature is over the bytes that came', () => {
  const { signed } = sentry
  if (!signed || !('isSigned' in signed)) throw new Error('Sentry signs by a secret')
  const raw = Buffer.from('{"action":"triggered"}')
  const headers = { 'sentry-hook-signature': hexDigest(raw, 'secret') }
  expect(signed.isSigned(raw, headers, 'secret')).toBe(true)
  expect(signed.isSigned(Buffer.from('{"action": "triggered"}'), headers, 'secret')).toBe(false)
  expect(signed.isSigned(raw, {}, 'secret')).toBe(false)
})

test.each([
  [{ data: {} }, 'action'],
  [{ action: 'triggered' }, 'data'],
  [{ action: 'triggered', data: { event: {} } }, 'data.event.issue_id'],
  [{ action: 'resolved', data: { issue: {} } }, 'data.issue.id'],
  [{ action: 'critical', data: { metric_alert: {} } }, 'data.metric_alert.alert_rule'],
])('%j is refused by the name of its field', (body, field) => {
  expect(sentry.parse(body, receivedAt)).toMatchObject({ field })
})
