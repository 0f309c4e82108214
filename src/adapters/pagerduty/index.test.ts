import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { manifest } from '../../../tests/support/manifest.ts'
import type { PagerEffect } from '../../core/effects.ts'
import type { Delivery } from '../../core/ports.ts'
import { startSimulator } from '../../simulator/index.ts'
import type { Simulator } from '../../simulator/types.ts'
import { createPager } from './index.ts'

const state = {} as { simulator: Simulator }
beforeAll(async () => {
  state.simulator = await startSimulator({ manifest })
})
afterAll(() => state.simulator.close())
beforeEach(() => state.simulator.pagerduty.faults.clear())

const now = new Date('2026-03-02T12:00:00Z')
const trigger = (key: string): PagerEffect => ({ kind: 'pager.trigger', key, service: 'platform', summary: 'P1 checkout is down', severity: 'critical' })
const pager = () => createPager({ eventsUrl: state.simulator.env.PAGERDUTY_EVENTS_URL ?? '', routingKeyOf: (service) => (service === 'platform' ? (state.simulator.env.PAGERDUTY_ROUTING_KEY ?? '') : null) })
const deliver = (effect: PagerEffect, more: Partial<Delivery<PagerEffect>> = {}) =>
  pager().deliver({ id: '1', effect, attempt: 1, isInDoubt: false, decidedAt: now, now, observed: null, signal: new AbortController().signal, ...more })
const pages = (key: string) => state.simulator.pagerduty.pages().filter((page) => page.key === key)

test('a page rings, is acknowledged and resolved under one key', async () => {
  await deliver(trigger('a'))
  expect(pages('a')).toMatchObject([{ status: 'triggered', summary: 'P1 checkout is down', severity: 'critical' }])
  await deliver({ kind: 'pager.acknowledge', key: 'a', service: 'platform' })
  expect(pages('a')[0]?.status).toBe('acknowledged')
  await deliver({ kind: 'pager.resolve', key: 'a', service: 'platform' })
  expect(pages('a')[0]?.status).toBe('resolved')
})

test('sent again after an unknown outcome, it rings once', async () => {
  state.simulator.pagerduty.faults.inject('v2/enqueue', { kind: 'reset', when: 'after-effect' })
  await expect(deliver(trigger('b'))).rejects.toMatchObject({ outcome: 'again', isOutage: true })
  await deliver(trigger('b'))
  expect(pages('b')).toHaveLength(1)
})

test.each([
  [{ kind: 'http', status: 500 }, { outcome: 'again', isOutage: true, code: 'pagerduty_http_500' }],
  [{ kind: 'http', status: 400 }, { outcome: 'never', code: 'pagerduty_http_400' }],
  [{ kind: 'error', error: 'bad' }, { outcome: 'never' }],
  [{ kind: 'reset', when: 'before-effect' }, { outcome: 'again', isOutage: true }],
] as const)('%o', async (fault, expected) => {
  state.simulator.pagerduty.faults.inject('v2/enqueue', fault)
  await expect(deliver(trigger('c'))).rejects.toMatchObject(expected)
})

test('when it is asked to come back later, it waits as long as it was told', async () => {
  // pdjs asks four times in all before it lets us know.
  state.simulator.pagerduty.faults.inject('v2/enqueue', { kind: 'http', status: 429, retryAfterSeconds: 7 }, 4)
  await expect(deliver(trigger('d'))).rejects.toMatchObject({ outcome: 'again', retryAfterSeconds: 7 })
})

test('a page that comes late says so', async () => {
  await deliver(trigger('e'), { now: new Date(now.getTime() + 15 * 60_000) })
  expect(pages('e')[0]?.summary).toBe('(15 min late) P1 checkout is down')
})

test('a service without a key is given up with a reason', async () => {
  await expect(deliver({ ...trigger('f'), service: 'nobody' })).rejects.toMatchObject({ outcome: 'never', code: 'no_routing_key' })
})
