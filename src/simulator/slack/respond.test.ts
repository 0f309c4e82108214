import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSmallSlack, type SmallSlack } from '../../../tests/support/small-slack.ts'

let slack: SmallSlack
beforeEach(async () => {
  slack = await openSmallSlack()
})
afterEach(() => slack.close())

async function commandAddress(): Promise<string> {
  await slack.person('ana').type(slack.channelId('general'), '/inc')
  return slack.bot.heard.at(-1)?.payload.response_url
}
async function send(address: string, body: object): Promise<[number, string?]> {
  const response = await fetch(address, { method: 'POST', body: JSON.stringify(body) })
  const { error } = (await response.json()) as { error?: string }
  return error === undefined ? [response.status] : [response.status, error]
}

test('an answer is for the one who asked, unless it says otherwise', async () => {
  const address = await commandAddress()
  await send(address, { text: 'for you' })
  expect(slack.lastMessage('general')).toMatchObject({ text: 'for you', onlyFor: 'U0ANA00001', user: 'U0TOCSIN01' })
  await send(address, { text: 'for all', response_type: 'in_channel' })
  expect(slack.lastMessage('general')).toMatchObject({ text: 'for all', onlyFor: null })
})

test('an address takes five answers', async () => {
  const address = await commandAddress()
  for (let n = 0; n < 5; n += 1) expect(await send(address, { text: `${n}` })).toEqual([200])
  expect(await send(address, { text: 'x' })).toEqual([404, 'used_url'])
})

test('an address is good for thirty minutes', async () => {
  const address = await commandAddress()
  slack.clock.advance(30 * 60_000)
  expect(await send(address, { text: 'just in time' })).toEqual([200])
  slack.clock.advance(1)
  expect(await send(address, { text: 'x' })).toEqual([404, 'expired_url'])
})

test('what Slack cannot show is refused, and uses nothing up', async () => {
  const address = await commandAddress()
  for (let n = 0; n < 5; n += 1)
    expect(await send(address, { blocks: [{ type: 'bogus' }] })).toEqual([400, 'invalid_blocks'])
  expect(await send(address, {})).toEqual([400, 'no_text'])
  expect(await send(address, { text: 'x' })).toEqual([200])
})

test('the message that was clicked can be replaced or taken away, also one that only one person sees', async () => {
  const blocks = [
    {
      type: 'actions',
      elements: [
        { type: 'button' as const, text: { type: 'plain_text' as const, text: 'Which?' }, action_id: 'which' },
      ],
    },
  ]
  await slack.web.chat.postEphemeral({
    channel: slack.channelId('general'),
    user: slack.person('ana').id,
    text: 'Which?',
    blocks,
  })
  await slack.person('ana').click(slack.lastMessage('general'), 'Which?')
  const address: string = slack.bot.heard.at(-1)?.payload.response_url
  await send(address, { replace_original: true, text: 'That one' })
  expect(slack.lastMessage('general')).toMatchObject({ text: 'That one', blocks: [], onlyFor: 'U0ANA00001' })
  await send(address, { delete_original: true })
  expect(slack.lastMessage('general').deleted).toBe(true)
})

test('while Slack is down it takes no answers either', async () => {
  const address = await commandAddress()
  slack.simulator.slack.faults.mode = 'down'
  expect(await send(address, { text: 'x' })).toEqual([503, 'service_unavailable'])
})
