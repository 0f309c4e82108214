/** What is said below a message. */
import { expect, test } from 'vitest'
import { type Bench, benches, messagesIn } from '../../../tests/support/slack-adapter.ts'
import type { MessageRef, SlackEffect } from '../../core/effects.ts'

const open = benches()
const card: SlackEffect = { kind: 'slack.show', name: 'incidents/42/card', to: '#incidents', message: { text: 'P1' } }
const reply = (text: string, inThreadOf: MessageRef = 'incidents/42/card'): SlackEffect => ({
  kind: 'slack.say',
  to: '#incidents',
  inThreadOf,
  message: { text },
})
const shown = (bench: Bench) =>
  messagesIn(bench, 'incidents').map(({ text, threadTs }) => (threadTs === null ? text : `> ${text}`))

test('what is said in the thread of a card stands below it', async () => {
  const bench = await open()
  await bench.deliver(card)

  await bench.deliver(reply('noted'))

  expect(shown(bench)).toEqual(['P1', '> noted'])
})

test('what is said in the thread of a person’s message stands there, also when that is a reply itself', async () => {
  const bench = await open()
  const ana = bench.simulator.slack.person('ana')
  await ana.type('C0INCIDEN2', 'look')
  const [first] = messagesIn(bench, 'incidents')
  await ana.type('C0INCIDEN2', 'here', first?.ts)
  const answer = messagesIn(bench, 'incidents').at(-1)

  await bench.deliver(reply('seen', { channelId: 'C0INCIDEN2', ts: answer?.ts ?? '' }))

  expect(shown(bench)).toEqual(['look', '> here', '> seen'])
})

test('an answer in a thread that was lost is looked for in the thread, and not said twice', async () => {
  const bench = await open()
  await bench.deliver(card)
  bench.simulator.slack.faults.inject('chat.postMessage', { kind: 'reset', when: 'after-effect' })

  await bench.deliver(reply('noted'))

  expect(shown(bench)).toEqual(['P1', '> noted'])
})

test('below a message that is gone nothing can be said, so it is said in the channel', async () => {
  const bench = await open()

  await bench.deliver(reply('too late', { channelId: 'C0INCIDEN2', ts: '1700000000.000100' }))
  await bench.deliver(reply('never posted', 'incidents/43/card'))

  expect(shown(bench)).toEqual(['too late', 'never posted'])
})

test('late words in a thread say that they are late', async () => {
  const bench = await open()
  await bench.deliver(card)

  await bench.deliver(reply('noted'), { decidedAt: new Date(bench.clock.now().getTime() - 10 * 60_000) })

  expect(shown(bench).at(-1)).toContain('Late: this was said')
})
