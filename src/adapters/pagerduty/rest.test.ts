import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { manifest } from '../../../tests/support/manifest.ts'
import type { PagerDutyEffect, PagerEffect } from '../../core/effects.ts'
import type { Delivery } from '../../core/ports.ts'
import { startSimulator } from '../../simulator/index.ts'
import type { Fault, Simulator } from '../../simulator/types.ts'
import { createPager } from './index.ts'
import { createPagerDutyRest } from './rest.ts'

const state = {} as { simulator: Simulator }
beforeAll(async () => {
  state.simulator = await startSimulator({ manifest })
})
afterAll(() => state.simulator.close())
beforeEach(() => state.simulator.pagerduty.faults.clear())

const now = new Date('2026-03-02T12:00:00Z')
const whenDone = { feature: 'a', id: '1', command: { type: 'a.see' } }
const look: PagerDutyEffect = {
  kind: 'pagerduty.look',
  policies: ['PPLATFORM'],
  schedules: [],
  emails: ['ana@example.com', 'somebody@example.com'],
  whenDone,
  whenGivenUp: whenDone,
}
const from = 'eva@example.com'
const note = (key: string, text: string): PagerDutyEffect => ({ kind: 'pagerduty.note', key, from, text })

function deliver(effect: PagerDutyEffect, given: Partial<Delivery<PagerDutyEffect>> = {}, token?: string) {
  const { PAGERDUTY_API_URL: apiUrl = '', PAGERDUTY_TOKEN = '' } = state.simulator.env
  return createPagerDutyRest({ apiUrl, token: token ?? PAGERDUTY_TOKEN, timeoutMilliseconds: 1_500 }).deliver({
    ...around(),
    effect,
    ...given,
  })
}
const around = () => ({
  id: '1',
  attempt: 1,
  isInDoubt: false,
  decidedAt: now,
  now,
  observed: null,
  signal: new AbortController().signal,
})

function tellPager(effect: PagerEffect) {
  const { PAGERDUTY_EVENTS_URL: eventsUrl = '', PAGERDUTY_ROUTING_KEY = '' } = state.simulator.env
  return createPager({ eventsUrl, routingKeyOf: () => PAGERDUTY_ROUTING_KEY }).deliver({ ...around(), effect })
}
const page = (key: string) =>
  tellPager({ kind: 'pager.trigger', key, service: '', summary: 'down', severity: 'critical' })
const incident = (key: string) => state.simulator.pagerduty.pages().find((one) => one.key === key)
const fail = (name: string, fault: Fault, times?: number) => state.simulator.pagerduty.faults.inject(name, fault, times)

test('who is on call is read with the order in which they are called, their mail and their number', async () => {
  const { observed } = await deliver(look)

  expect(observed).toMatchObject({
    outcome: 'seen',
    entries: [
      { policy: 'PPLATFORM', level: 1, user: { name: 'Ben Okafor', email: 'ben@example.com', phone: '+351 555 0102' } },
      { policy: 'PPLATFORM', level: 2, user: { id: 'PDMI004' }, until: null },
    ],
  })
})

test.each<[string, Fault]>([
  ['pagerduty_http_500', { kind: 'http', status: 500 }],
  ['pagerduty_http_429', { kind: 'http', status: 429 }],
  ['pagerduty_unreachable', { kind: 'reset', when: 'before-effect' }],
  ['pagerduty_timeout', { kind: 'hang' }],
])('that it does not answer is an answer too: %s', async (code, fault) => {
  fail('oncalls', fault, 10)

  expect(await deliver(look)).toEqual({ observed: { outcome: 'failed', code } })
})

test('a token that it does not know, and no token at all, are said by name', async () => {
  expect(await deliver(look, {}, 'wrong')).toEqual({ observed: { outcome: 'failed', code: 'pagerduty_http_401' } })
  const without = createPagerDutyRest(null)
  expect(await without.deliver({ ...around(), effect: look })).toEqual({
    observed: { outcome: 'failed', code: 'no_pagerduty_token' },
  })
  await expect(without.deliver({ ...around(), effect: note('n', 'x') })).rejects.toMatchObject({ outcome: 'never' })
})

test('a note whose answer was lost is looked for, and stands there once', async () => {
  await page('lost')
  fail('notes', { kind: 'reset', when: 'after-effect' })
  await expect(deliver(note('lost', 'Ana leads.'))).rejects.toMatchObject({ outcome: 'unknown', isOutage: true })

  await deliver(note('lost', 'Ana leads.'), { isInDoubt: true, attempt: 2 })

  expect(incident('lost')?.notes).toEqual(['Ana leads.'])
})

test('a note for a page that is not there yet waits for it, longer and longer, and not for ever', async () => {
  const at = (attempt: number) => deliver(note('not-yet', 'x'), { attempt })
  await expect(at(1)).rejects.toMatchObject({ outcome: 'again', retryAfterSeconds: 2 })
  await expect(at(3)).rejects.toMatchObject({ outcome: 'again', retryAfterSeconds: 15 })
  await expect(at(22)).rejects.toMatchObject({ outcome: 'never' })
})

test('what is wanted of an incident that is over there is not wanted any more', async () => {
  await page('quick')
  await tellPager({ kind: 'pager.resolve', key: 'quick', service: '' })
  const priority: PagerDutyEffect = { kind: 'pagerduty.priority', key: 'quick', from, priority: 'P1' }
  await expect(deliver(priority)).rejects.toMatchObject({ outcome: 'again', retryAfterSeconds: 2 })
  await deliver(priority, { attempt: 3 })
  expect(incident('quick')?.priority).not.toBe('P1')
})

test('a priority is set by its name; one that the account does not have is given up', async () => {
  await page('grave')
  await deliver({ kind: 'pagerduty.priority', key: 'grave', from, priority: 'P1' })
  expect(incident('grave')?.priority).toBe('P1')

  const unknown: PagerDutyEffect = { kind: 'pagerduty.priority', key: 'grave', from, priority: 'P9' }
  await expect(deliver(unknown)).rejects.toMatchObject({ outcome: 'never', code: 'no_such_priority' })
})

test('responders are asked once, in the name of a user there, also when the answer was lost', async () => {
  await page('many')
  const targets = [{ type: 'user' as const, id: 'PBEN002' }]
  const effect: PagerDutyEffect = { kind: 'pagerduty.invite', key: 'many', from, text: 'search is gone', targets }
  fail('responder_requests', { kind: 'reset', when: 'after-effect' })
  await expect(deliver(effect)).rejects.toMatchObject({ outcome: 'unknown' })
  await deliver(effect, { isInDoubt: true })

  expect(incident('many')?.requests).toEqual([{ message: 'search is gone', targets: ['PBEN002'] }])
  const stranger: PagerDutyEffect = { ...effect, from: 'nobody@example.com' }
  await expect(deliver(stranger)).rejects.toMatchObject({ code: 'no_such_pagerduty_user', outcome: 'never' })
})
