import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { manifest } from '../../../tests/support/manifest.ts'
import type { PagerEffect } from '../../core/effects.ts'
import type { Delivery } from '../../core/ports.ts'
import { startSimulator } from '../../simulator/index.ts'
import type { Fault, Simulator } from '../../simulator/types.ts'
import { createPager, type PagerOptions } from './index.ts'

const state = {} as { simulator: Simulator }
beforeAll(async () => {
  state.simulator = await startSimulator({ manifest })
})
afterAll(() => state.simulator.close())
beforeEach(() => state.simulator.pagerduty.faults.clear())

const now = new Date('2026-03-02T12:00:00Z')
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

/** One delivery by a pager that knows the service «platform» only. */
function deliver(
  effect: PagerEffect,
  delivery: Partial<Delivery<PagerEffect>> = {},
  options: Partial<PagerOptions> = {},
) {
  const { PAGERDUTY_EVENTS_URL: eventsUrl = '', PAGERDUTY_ROUTING_KEY = '' } = state.simulator.env
  const routingKeyOf = (service: string) => (service === 'platform' ? PAGERDUTY_ROUTING_KEY : null)
  return createPager({ eventsUrl, routingKeyOf, ...options }).deliver({
    id: '1',
    effect,
    attempt: 1,
    isInDoubt: false,
    decidedAt: now,
    now,
    observed: null,
    signal: new AbortController().signal,
    ...delivery,
  })
}

const trigger = (key: string, summary = 'P1 checkout is down'): PagerEffect => ({
  kind: 'pager.trigger',
  key,
  service: 'platform',
  summary,
  severity: 'critical',
  link: 'https://example.com/incidents/42',
})
const pages = (key: string) => state.simulator.pagerduty.pages().filter((page) => page.key === key)
const fail = (fault: Fault, times?: number) => state.simulator.pagerduty.faults.inject('v2/enqueue', fault, times)

test('a page rings, is acknowledged and resolved under one key', async () => {
  await deliver(trigger('a'))
  expect(pages('a')).toMatchObject([
    {
      status: 'triggered',
      summary: 'P1 checkout is down',
      severity: 'critical',
      link: 'https://example.com/incidents/42',
    },
  ])
  await deliver({ kind: 'pager.acknowledge', key: 'a', service: 'platform' })
  expect(pages('a')[0]?.status).toBe('acknowledged')
  await deliver({ kind: 'pager.resolve', key: 'a', service: 'platform' })
  expect(pages('a')[0]?.status).toBe('resolved')
})

test.each([
  ['the connection is cut after it arrived', { kind: 'reset', when: 'after-effect' }, 'pagerduty_unreachable'],
  ['its answer never comes', { kind: 'hang' }, 'pagerduty_timeout'],
] as const)('a page rings once although %s and it is sent again', async (_what, fault, code) => {
  fail(fault)
  const attempt = deliver(trigger(code), {}, { timeoutMilliseconds: 200 })
  await expect(attempt).rejects.toMatchObject({ outcome: 'again', isOutage: true, code })
  await deliver(trigger(code), { attempt: 2, isInDoubt: true })
  expect(pages(code)).toHaveLength(1)
})

test('a page that never arrived rings when it is sent again', async () => {
  fail({ kind: 'reset', when: 'before-effect' })
  await expect(deliver(trigger('b'))).rejects.toMatchObject({ outcome: 'again', isOutage: true })
  expect(pages('b')).toHaveLength(0)
  await deliver(trigger('b'), { attempt: 2 })
  expect(pages('b')).toHaveLength(1)
})

test.each([
  ['in trouble', 500, { outcome: 'again', isOutage: true, code: 'pagerduty_http_500' }],
  ['away', 503, { outcome: 'again', isOutage: true, code: 'pagerduty_http_503' }],
  ['not what is at this address', 404, { outcome: 'never', code: 'pagerduty_http_404' }],
  [
    'not who answered, but a proxy with a page of its own',
    200,
    { outcome: 'again', isOutage: true, code: 'pagerduty_http_200' },
  ],
] as const)('PagerDuty is %s', async (_what, status, expected) => {
  fail({ kind: 'http', status })
  await expect(deliver(trigger(`http ${status}`))).rejects.toMatchObject(expected)
})

test('a PagerDuty that is down is waited for, not counted against the page', async () => {
  state.simulator.pagerduty.faults.mode = 'down'
  await expect(deliver(trigger('c'))).rejects.toMatchObject({ outcome: 'again', isOutage: true })
})

test('nobody at the address is an outage too', async () => {
  const attempt = deliver(trigger('d'), {}, { eventsUrl: 'http://127.0.0.1:1/v2/enqueue' })
  await expect(attempt).rejects.toMatchObject({ outcome: 'again', isOutage: true, code: 'pagerduty_unreachable' })
})

test('a slow answer is an answer', async () => {
  fail({ kind: 'slow', milliseconds: 50 })
  await deliver(trigger('slow'))
  expect(pages('slow')).toHaveLength(1)
})

test.each([
  [429, 7, { outcome: 'again', isOutage: false, retryAfterSeconds: 7 }],
  [429, undefined, { outcome: 'again', isOutage: false, retryAfterSeconds: 5 }],
  [503, 30, { outcome: 'again', isOutage: true, retryAfterSeconds: 30 }],
] as const)('asked by a %i to come back in %s s, we do, and do not ask before', async (status, wait, expected) => {
  const before = state.simulator.pagerduty.calls.length
  fail({ kind: 'http', status, ...(wait === undefined ? {} : { retryAfterSeconds: wait }) })
  await expect(deliver(trigger('e'))).rejects.toMatchObject(expected)
  expect(state.simulator.pagerduty.calls.length - before).toBe(1)
})

test('an event that PagerDuty does not take is given up, and the code names the field', async () => {
  const attempt = deliver(trigger('f'), {}, { routingKeyOf: () => 'mistyped' })
  await expect(attempt).rejects.toMatchObject({ outcome: 'never', code: 'invalid_routing_key' })
  fail({ kind: 'error', error: 'for a reason without a field' })
  await expect(deliver(trigger('f'))).rejects.toMatchObject({ outcome: 'never', code: 'pagerduty_http_400' })
})

test('a service without a routing key is given up without asking', async () => {
  const before = state.simulator.pagerduty.calls.length
  const attempt = deliver({ kind: 'pager.resolve', key: 'g', service: 'nobody' })
  await expect(attempt).rejects.toMatchObject({ outcome: 'never', code: 'no_routing_key' })
  expect(state.simulator.pagerduty.calls).toHaveLength(before)
})

test('a bot that is stopped does not wait for an answer', async () => {
  fail({ kind: 'hang' })
  const stop = new AbortController()
  const attempt = deliver(trigger('h'), { signal: stop.signal })
  await expect.poll(() => pages('h').length).toBe(1)
  stop.abort()
  await expect(attempt).rejects.toMatchObject({ outcome: 'again', isOutage: true })
})

test.each([
  [1, 'P1 checkout is down'],
  [2, 'P1 checkout is down'],
  [15, '(15 min late) P1 checkout is down'],
  [125, '(2 h 5 min late) P1 checkout is down'],
])('a page that was decided %i minutes ago says «%s»', async (minutes, summary) => {
  await deliver(trigger(`late ${minutes}`), { decidedAt: minutesAgo(minutes) })
  expect(pages(`late ${minutes}`)).toMatchObject([{ summary }])
})

test('a summary that is too long is cut, and its lateness stays', async () => {
  await deliver(trigger('long', '🔥'.repeat(1_000)), { decidedAt: minutesAgo(3) })
  expect(pages('long')[0]?.summary).toMatch(/^\(3 min late\) (🔥)+…$/u)
})
