import { expect, test } from 'vitest'
import { benches, callsOf, channelId, textsIn } from '../../../tests/support/slack-adapter.ts'
import type { SlackEffect } from '../../core/effects.ts'

const open = benches()
const say = (text: string, to = '#incidents'): SlackEffect => ({ kind: 'slack.say', to, message: { text } })

test('a sentence is said in the channel that tocsin.yml names', async () => {
  const bench = await open()

  await bench.deliver(say('checkout is down'))

  expect(textsIn(bench, 'incidents')).toEqual(['checkout is down'])
})

test('the channel is looked for once, however much is said there at the same time', async () => {
  const bench = await open()

  await Promise.all([bench.deliver(say('one')), bench.deliver(say('two'))])
  await bench.deliver(say('three'))

  expect(textsIn(bench, 'incidents').toSorted()).toEqual(['one', 'three', 'two'])
  expect(callsOf(bench, 'conversations.list')).toBe(1)
})

test('a sentence whose answer was lost is not said twice', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('chat.postMessage', { kind: 'reset', when: 'after-effect' })

  await bench.deliver(say('checkout is down'))

  expect(textsIn(bench, 'incidents')).toEqual(['checkout is down'])
})

test('a sentence that surely was not said, is said', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('chat.postMessage', { kind: 'reset', when: 'before-effect' }, 2)

  await bench.deliver(say('checkout is down'))

  expect(textsIn(bench, 'incidents')).toEqual(['checkout is down'])
})

test('while the look for a lost sentence fails, it stays in doubt and is not said again', async () => {
  const bench = await open()
  const { faults } = bench.simulator.slack
  faults.inject('chat.postMessage', { kind: 'reset', when: 'after-effect' })
  faults.inject('conversations.history', { kind: 'http', status: 429, retryAfterSeconds: 7 })
  faults.inject('conversations.history', { kind: 'http', status: 503 })
  faults.inject('conversations.history', { kind: 'error', error: 'internal_error' })

  await bench.deliver(say('checkout is down'))

  expect(textsIn(bench, 'incidents')).toEqual(['checkout is down'])
  expect(callsOf(bench, 'chat.postMessage')).toBe(1)
})

test('a text that is too long for one message becomes several, in order, and each is said once', async () => {
  const bench = await open()
  const text = Array.from({ length: 1_500 }, (_, n) => `line ${n}`).join('\n')
  bench.simulator.slack.faults.inject('chat.postMessage', { kind: 'reset', when: 'after-effect' }, 2)

  await bench.deliver(say(text))

  expect(textsIn(bench, 'incidents').length).toBeGreaterThan(3)
  expect(textsIn(bench, 'incidents').join('')).toBe(text)
})

test('a part that Slack holds back does not repeat the parts that were said', async () => {
  const bench = await open()
  const text = 'a'.repeat(9_000)
  const { faults } = bench.simulator.slack
  faults.inject('chat.postMessage', { kind: 'slow', milliseconds: 1 })
  faults.inject('chat.postMessage', { kind: 'http', status: 429, retryAfterSeconds: 3 })

  await bench.deliver(say(text))

  expect(textsIn(bench, 'incidents').join('')).toBe(text)
})

test('a sentence for one person becomes a direct message', async () => {
  const bench = await open()
  const ana = bench.simulator.slack.person('ana')

  await bench.deliver(say('You were paged', `@${ana.id}`))
  await bench.deliver(say('Still open', `@${ana.id}`))

  expect(textsIn(bench, 'dm-ana')).toEqual(['You were paged', 'Still open'])
  expect(callsOf(bench, 'conversations.open')).toBe(1)
})

test('the bot joins a public channel that it is not in', async () => {
  const bench = await open()

  await bench.deliver(say('hello', '#random'))

  expect(textsIn(bench, 'random')).toEqual(['hello'])
})

test('a channel that is made anew under its name is found again', async () => {
  const bench = await open()
  await bench.deliver(say('one'))
  bench.simulator.slack.faults.inject('chat.postMessage', { kind: 'error', error: 'channel_not_found' })

  await bench.deliver(say('two'))

  expect(textsIn(bench, 'incidents')).toEqual(['one', 'two'])
  expect(callsOf(bench, 'conversations.list')).toBe(2)
})

test('a channel that does not exist is reported, not waited for', async () => {
  const bench = await open()

  await expect(bench.deliver(say('hello', '#nowhere'))).rejects.toMatchObject({
    code: 'channel_not_found',
    outcome: 'never',
  })
})

test('in try mode a public channel that is missing is made', async () => {
  const bench = await open({ missingChannels: 'create' })

  await bench.deliver(say('hello', '#nowhere'))

  expect(textsIn(bench, 'nowhere')).toEqual(['hello'])
})

test('what is meant for a channel of ours that was never opened is given up with a reason', async () => {
  const bench = await open()

  await expect(bench.attempt(say('hello', 'incidents/42/channel'))).rejects.toMatchObject({
    code: 'no_channel',
    outcome: 'never',
  })
  bench.observed.set('incidents/42/channel', { channelId: channelId(bench, 'ops') })
  await bench.deliver(say('hello', 'incidents/42/channel'))

  expect(textsIn(bench, 'ops')).toEqual(['hello'])
})

test('in an archived channel nothing more is said', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('chat.postMessage', { kind: 'error', error: 'is_archived' })

  await expect(bench.deliver(say('hello'))).rejects.toMatchObject({ code: 'is_archived', outcome: 'never' })
})

test('a message that comes late says when it was meant', async () => {
  const bench = await open()
  const decidedAt = bench.clock.now()
  bench.clock.advance(3 * 60_000)

  await bench.deliver(say('checkout is down'), { decidedAt })
  await bench.deliver(say('search is down'))

  const [late, prompt] = textsIn(bench, 'incidents')
  expect(late).toContain(`<!date^${Math.floor(decidedAt.getTime() / 1_000)}^`)
  expect(prompt).toBe('search is down')
})

test('blocks that Slack refuses give way to their text, and the log says what was wrong', async () => {
  const bench = await open()
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }]

  await bench.deliver({ kind: 'slack.say', to: '#incidents', message: { text: 'in short', blocks } })

  expect(textsIn(bench, 'incidents')).toEqual(['in short'])
  expect(bench.logged.join('')).toContain('/blocks/0/text')
})

test('nothing in a message is unfurled or made a mention of', async () => {
  const bench = await open()

  await bench.deliver(say('see https://example.com @ana'))

  const call = bench.simulator.slack.calls.find(({ method }) => method === 'chat.postMessage')
  expect(call?.args).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' })
  expect(Object.keys(call?.args ?? {})).not.toContain('link_names')
})
