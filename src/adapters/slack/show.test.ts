import { expect, test } from 'vitest'
import { type Bench, benches, callsOf, channelId, messagesIn, textsIn } from '../../../tests/support/slack-adapter.ts'
import type { SlackEffect } from '../../core/effects.ts'

const open = benches()
const card = (text: string, more: Partial<Extract<SlackEffect, { kind: 'slack.show' }>> = {}): SlackEffect => ({
  kind: 'slack.show',
  name: 'incidents/42/card',
  to: '#incidents',
  message: { text },
  ...more,
})
const pinsIn = ({ simulator }: Bench, name: string) =>
  simulator.slack.channels().find((channel) => channel.name === name)?.pins

test('a card is posted once and edited ever after', async () => {
  const bench = await open()

  await bench.deliver(card('P1'))
  await bench.deliver(card('P2'))
  await bench.deliver(card('resolved'))

  expect(textsIn(bench, 'incidents')).toEqual(['resolved'])
  expect(callsOf(bench, 'chat.postMessage')).toBe(1)
})

test('a card that loses its buttons loses them in Slack too', async () => {
  const bench = await open()
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'P1' } }]

  await bench.deliver(card('P1', { message: { text: 'P1', blocks } }))
  await bench.deliver(card('resolved'))

  expect(messagesIn(bench, 'incidents')[0]?.blocks).toEqual([])
})

test('a card is pinned where that was asked for, once', async () => {
  const bench = await open()

  await bench.deliver(card('P1', { pin: true }))
  await bench.deliver(card('P2', { pin: true }))

  expect(pinsIn(bench, 'incidents')).toEqual([messagesIn(bench, 'incidents')[0]?.ts])
  expect(callsOf(bench, 'pins.add')).toBe(1)
})

test('a pin that has to wait does not post the card again', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('pins.add', { kind: 'http', status: 429, retryAfterSeconds: 10 })

  await bench.deliver(card('P1', { pin: true }))

  expect(textsIn(bench, 'incidents')).toEqual(['P1'])
  expect(pinsIn(bench, 'incidents')).toHaveLength(1)
})

test('a card that may not be pinned is shown all the same', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('pins.add', { kind: 'error', error: 'too_many_pins' })

  const { observed } = await bench.deliver(card('P1', { pin: true }))

  expect(observed).toMatchObject({ pinned: false })
  expect(textsIn(bench, 'incidents')).toEqual(['P1'])
})

test('a card whose first answer was lost is found and brought up to date, not posted again', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('chat.postMessage', { kind: 'reset', when: 'after-effect' })
  await expect(bench.attempt(card('P1'))).rejects.toMatchObject({ outcome: 'unknown' })
  bench.clock.advance(3_600_000)

  // The newer state was decided an hour after the post that nobody heard of.
  await bench.deliver(card('P2'), { isInDoubt: true })

  expect(textsIn(bench, 'incidents')).toEqual(['P2'])
})

test('a card that somebody deleted is posted anew with the next change', async () => {
  const bench = await open()
  await bench.deliver(card('P1'))
  bench.simulator.slack.faults.inject('chat.update', { kind: 'error', error: 'message_not_found' })

  await bench.deliver(card('P2'))
  await bench.deliver(card('P3'))

  expect(textsIn(bench, 'incidents')).toEqual(['P1', 'P3'])
})

test('a card that can no longer be edited is posted anew, once, even when that answer is lost', async () => {
  const bench = await open()
  const { faults } = bench.simulator.slack
  await bench.deliver(card('P1'))
  faults.inject('chat.update', { kind: 'error', error: 'edit_window_closed' })
  faults.inject('chat.postMessage', { kind: 'reset', when: 'after-effect' })

  await bench.deliver(card('P2'))

  expect(textsIn(bench, 'incidents')).toEqual(['P1', 'P2'])
})

test.each(['is_archived', 'is_inactive'])(
  'in an archived channel (%s) the card stays as it was, and nothing is stuck',
  async (code) => {
    const bench = await open()
    const { observed } = await bench.deliver(card('P1'))
    bench.simulator.slack.faults.inject('chat.update', { kind: 'error', error: code })

    expect(await bench.deliver(card('P2'))).toEqual({ observed })
    expect(textsIn(bench, 'incidents')).toEqual(['P1'])
  },
)

test('an edit that Slack holds back is an edit still', async () => {
  const bench = await open()
  await bench.deliver(card('P1'))
  bench.simulator.slack.faults.inject('chat.update', { kind: 'http', status: 429, retryAfterSeconds: 4 })

  await bench.deliver(card('P2'))

  expect(textsIn(bench, 'incidents')).toEqual(['P2'])
})

test('edits in one channel are paced to one a second, and do not hold up another channel', async () => {
  const bench = await open()
  const other = card('search', { name: 'incidents/43/card', to: '#ops' })
  await bench.deliver(card('P1'))
  await bench.deliver(other)
  await bench.attempt(card('P2'))

  await expect(bench.attempt(card('P3'))).rejects.toMatchObject({ code: 'paced', outcome: 'again' })
  await bench.attempt(other)

  bench.clock.advance(1_100)
  await bench.attempt(card('P3'))
  expect(textsIn(bench, 'incidents')).toEqual(['P3'])
})

test('the card of a channel that is gone moves to the one that has its name now', async () => {
  const bench = await open()
  await bench.deliver(card('P1'))
  bench.simulator.slack.faults.inject('chat.update', { kind: 'error', error: 'channel_not_found' })

  const { observed } = await bench.deliver(card('P2'))

  expect(observed).toMatchObject({ channelId: channelId(bench, 'incidents') })
})
