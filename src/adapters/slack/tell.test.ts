import { beforeEach, expect, test } from 'vitest'
import { type Bench, benches, channelId, messagesIn, textsIn } from '../../../tests/support/slack-adapter.ts'
import type { SlackEffect } from '../../core/effects.ts'

const open = benches()
let bench: Bench
let ana: string

beforeEach(async () => {
  bench = await open()
  ana = bench.simulator.slack.person('ana').id
})

/** Ana types a command, and this answers it. */
async function answer(text: string, where = 'incidents'): Promise<SlackEffect> {
  await bench.simulator.slack.person('ana').type(channelId(bench, where), '/bell ring')
  const heard = await bench.slack.hear(bench.kept.at(-1)?.body ?? '')
  const responseUrl = heard?.kind === 'command' ? heard.responseUrl : ''
  return { kind: 'slack.tell', person: ana, channelId: channelId(bench, where), responseUrl, message: { text } }
}
const onlyForAna = (name: string) =>
  messagesIn(bench, name)
    .filter(({ onlyFor }) => onlyFor === ana)
    .map(({ text }) => text)

test('an answer stands beside the command, and only the asker sees it', async () => {
  await bench.deliver(await answer('It rings'))

  expect(onlyForAna('incidents')).toEqual(['It rings'])
})

test('half an hour later the answer still reaches the asker in that channel', async () => {
  const effect = await answer('It rings')
  const decidedAt = bench.clock.now()
  bench.clock.advance(31 * 60_000)

  await bench.deliver(effect, { decidedAt })

  expect(onlyForAna('incidents')[0]).toContain('It rings')
  expect(onlyForAna('incidents')[0]).toContain('Late: this was said')
})

test('when the address was used up, the answer is told in the channel', async () => {
  const effect = await answer('It rings')

  for (let time = 1; time <= 6; time += 1) await bench.deliver(effect)

  expect(onlyForAna('incidents')).toHaveLength(6)
})

test('whoever is not in the channel gets a direct message', async () => {
  await bench.deliver({
    kind: 'slack.tell',
    person: bench.simulator.slack.person('gus').id,
    channelId: channelId(bench, 'ops'),
    message: { text: 'Guests may look' },
  })

  expect(textsIn(bench, 'dm-gus')).toEqual(['Guests may look'])
})

test('where the bot is not, it writes to the person', async () => {
  await bench.deliver({
    kind: 'slack.tell',
    person: ana,
    channelId: channelId(bench, 'random'),
    message: { text: 'Not here' },
  })

  expect(textsIn(bench, 'dm-ana')).toEqual(['Not here'])
})

test('what was asked in a form is answered in a direct message', async () => {
  await bench.deliver({ kind: 'slack.tell', person: ana, message: { text: 'Saved' } })

  expect(textsIn(bench, 'dm-ana')).toEqual(['Saved'])
})

test('an answer in doubt is given again: a sentence read twice is better than none', async () => {
  await bench.deliver(await answer('It rings'), { isInDoubt: true })

  expect(onlyForAna('incidents')).toEqual(['It rings'])
})

test('while Slack is away the answer waits', async () => {
  const effect = await answer('It rings')
  bench.simulator.slack.faults.mode = 'down'
  await expect(bench.attempt(effect)).rejects.toMatchObject({ outcome: 'again', isOutage: true })
  bench.simulator.slack.faults.mode = 'up'

  await bench.deliver(effect)

  expect(onlyForAna('incidents')).toEqual(['It rings'])
})

test('somebody who left cannot be told, and that is final', async () => {
  const gone = bench.simulator.slack.person('old-olga').id

  await expect(bench.deliver({ kind: 'slack.tell', person: gone, message: { text: 'hello' } })).rejects.toMatchObject({
    code: 'user_disabled',
    outcome: 'never',
  })
})
