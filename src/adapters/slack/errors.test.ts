import { expect, test } from 'vitest'
import { benches, callsOf, textsIn } from '../../../tests/support/slack-adapter.ts'
import type { SlackEffect } from '../../core/effects.ts'
import type { Fault } from '../../simulator/types.ts'
import { meanings } from './errors.ts'

const open = benches()
const say: SlackEffect = { kind: 'slack.say', to: 'C0INCIDEN2', message: { text: 'checkout is down' } }
const show: SlackEffect = { kind: 'slack.show', name: 'a/1/card', to: 'C0INCIDEN2', message: { text: 'P1' } }
const error = (code: string): Fault => ({ kind: 'error', error: code })

const outcomes: [what: string, fault: Fault, expected: { code: string; outcome: string; isOutage: boolean }][] = [
  [
    'a revoked token waits for the operator',
    error('token_revoked'),
    { code: 'token_revoked', outcome: 'again', isOutage: true },
  ],
  [
    'a wrong token waits for the operator',
    error('invalid_auth'),
    { code: 'invalid_auth', outcome: 'again', isOutage: true },
  ],
  ['no token waits for the operator', error('not_authed'), { code: 'not_authed', outcome: 'again', isOutage: true }],
  [
    'a disabled account waits for the operator',
    error('account_inactive'),
    { code: 'account_inactive', outcome: 'again', isOutage: true },
  ],
  [
    'an error inside Slack leaves a doubt',
    error('internal_error'),
    { code: 'internal_error', outcome: 'unknown', isOutage: false },
  ],
  [
    'a fatal error inside Slack leaves a doubt',
    error('fatal_error'),
    { code: 'fatal_error', outcome: 'unknown', isOutage: false },
  ],
  [
    'Slack being unavailable leaves a doubt',
    error('service_unavailable'),
    { code: 'service_unavailable', outcome: 'unknown', isOutage: true },
  ],
  [
    'Slack running out of time leaves a doubt',
    error('request_timeout'),
    { code: 'request_timeout', outcome: 'unknown', isOutage: true },
  ],
  ['a missing scope is final', error('missing_scope'), { code: 'missing_scope', outcome: 'never', isOutage: false }],
  ['an archived channel is final', error('is_archived'), { code: 'is_archived', outcome: 'never', isOutage: false }],
  [
    'a channel that is gone is final',
    error('channel_not_found'),
    { code: 'channel_not_found', outcome: 'never', isOutage: false },
  ],
  [
    'a channel that only some may write to is final',
    error('restricted_action'),
    { code: 'restricted_action', outcome: 'never', isOutage: false },
  ],
  [
    'a refusal that is new to us is tried again',
    error('something_new'),
    { code: 'something_new', outcome: 'again', isOutage: false },
  ],
  [
    'a page of a proxy instead of an answer is tried again',
    error('<html>login</html>'),
    { code: 'unreadable_answer', outcome: 'again', isOutage: false },
  ],
  [
    'a server error leaves a doubt',
    { kind: 'http', status: 500 },
    { code: 'slack_http_500', outcome: 'unknown', isOutage: true },
  ],
  [
    'a closed door leaves a doubt',
    { kind: 'http', status: 503 },
    { code: 'slack_http_503', outcome: 'unknown', isOutage: true },
  ],
  [
    'a proxy that forbids the way surely did nothing',
    { kind: 'http', status: 403 },
    { code: 'slack_http_403', outcome: 'again', isOutage: true },
  ],
  [
    'a connection cut before the effect leaves a doubt',
    { kind: 'reset', when: 'before-effect' },
    { code: 'slack_unreachable', outcome: 'unknown', isOutage: true },
  ],
  [
    'a connection cut after the effect leaves a doubt',
    { kind: 'reset', when: 'after-effect' },
    { code: 'slack_unreachable', outcome: 'unknown', isOutage: true },
  ],
]

test.each(outcomes)('%s', async (_what, fault, expected) => {
  const { attempt, simulator } = await open({ isStarted: false })
  simulator.slack.faults.inject('chat.postMessage', fault)

  await expect(attempt(say)).rejects.toMatchObject(expected)
})

test.each<[string, Fault]>([
  ['a server error', { kind: 'http', status: 502 }],
  ['a lost answer', { kind: 'reset', when: 'after-effect' }],
  ['an error inside Slack', error('internal_error')],
])('%s at an edit leaves no doubt: an edit may be made twice', async (_what, fault) => {
  const { attempt, deliver, simulator } = await open({ isStarted: false })
  await deliver(show)
  simulator.slack.faults.inject('chat.update', fault)

  await expect(attempt(show)).rejects.toMatchObject({ outcome: 'again' })
})

test('nobody listening at Slack’s address means that nothing was said', async () => {
  const gone = await open({ isStarted: false })
  await gone.simulator.close()
  const { attempt } = await open({ isStarted: false, apiUrl: gone.simulator.env.SLACK_API_URL ?? '' })

  await expect(attempt(say)).rejects.toMatchObject({ code: 'slack_unreachable', outcome: 'again', isOutage: true })
})

test.each([
  ['with a time', { kind: 'http', status: 429, retryAfterSeconds: 9 } satisfies Fault, 9],
  ['without a time', { kind: 'http', status: 429 } satisfies Fault, 30],
  ['in words', error('ratelimited'), 30],
])('Slack asking us to wait %s is waited for, counted, and no failure', async (_how, fault, seconds) => {
  const { attempt, simulator, metrics } = await open({ isStarted: false })
  simulator.slack.faults.inject('chat.postMessage', fault)

  await expect(attempt(say)).rejects.toMatchObject({ outcome: 'again', retryAfterSeconds: seconds })

  const { values } = await metrics.slackRateLimited.get()
  expect(values).toMatchObject([{ labels: { method: 'chat.postMessage' }, value: 1 }])
})

test('until the time that Slack gave is over, that method is not called, and the others are', async () => {
  const bench = await open({ isStarted: false })
  await bench.deliver(show)
  bench.simulator.slack.faults.inject('chat.update', { kind: 'http', status: 429, retryAfterSeconds: 20 })
  await bench.attempt(show).catch(() => {})

  await expect(bench.attempt(show)).rejects.toMatchObject({ code: 'paced' })
  await bench.attempt(say)
  expect(callsOf(bench, 'chat.update')).toBe(1)

  bench.clock.advance(20_000)
  await bench.attempt(show)
})

test('a missing scope is named, so that the log says what to add', async () => {
  const { attempt, simulator } = await open({ isStarted: false })
  simulator.slack.faults.inject('chat.postMessage', error('missing_scope'))

  await expect(attempt(say)).rejects.toMatchObject({ code: expect.stringMatching(/^missing_scope/) })
})

test('a broken token is complained about once a minute, however many calls it breaks', async () => {
  const { attempt, simulator, logged, clock } = await open({ isStarted: false })
  simulator.slack.faults.inject('*', error('token_revoked'), 4)
  const complaints = () => logged.filter((line) => line.includes('SLACK_BOT_TOKEN')).length

  for (let time = 1; time <= 3; time += 1) await attempt(say).catch(() => {})
  expect(complaints()).toBe(1)
  clock.advance(61_000)
  await attempt(say).catch(() => {})

  expect(complaints()).toBe(2)
})

test('no log line of a failure carries the message or the token', async () => {
  const { attempt, simulator, logged } = await open({ isStarted: false })
  simulator.slack.faults.inject('chat.postMessage', error('invalid_blocks'), 2)

  await attempt(say).catch(() => {})

  expect(logged.join('')).not.toMatch(/checkout is down|xoxb-/)
})

test('a process that ends lets go of its calls, and leaves the doubt', async () => {
  const { attempt, simulator } = await open({ isStarted: false })
  simulator.slack.faults.inject('chat.postMessage', { kind: 'slow', milliseconds: 5_000 })

  await expect(attempt(say, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
    code: 'stopped',
    outcome: 'unknown',
  })
})

test('every code in the table is one that Slack could send', () => {
  expect(Object.keys(meanings).filter((code) => !/^[a-z_]+$/.test(code))).toEqual([])
})

test('whatever fails on the way, a sentence is said exactly once', async () => {
  const bench = await open({ isStarted: false })
  const troubles: Fault[] = outcomes
    .map(([, fault]) => fault)
    .filter((fault) => fault.kind !== 'error' || meanings[fault.error] !== 'never')
  for (const fault of troubles) bench.simulator.slack.faults.inject('chat.postMessage', fault)

  for (let time = 1; time <= 3; time += 1) await bench.deliver(say)

  expect(textsIn(bench, 'incidents')).toHaveLength(3)
})
