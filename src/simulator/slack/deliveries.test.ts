import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSmallSlack, type SmallSlack } from '../../../tests/support/small-slack.ts'
import { createDeliveries } from './deliveries.ts'

let slack: SmallSlack
beforeEach(async () => {
  slack = await openSmallSlack({
    events: ['message.channels', 'member_joined_channel', 'reaction_added', 'channel_rename', 'channel_archive'],
  })
})
afterEach(() => slack.close())

const say = (text: string) => slack.person('ana').type(slack.channelId('general'), text)
const retries = () =>
  slack.bot.heard.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']])

test('deliveries are signed with the simulator’s clock and carry Slack’s bare content types', async () => {
  slack.clock.advance(3_600_000)
  await say('/inc x')
  await say('hello')
  await expect.poll(() => slack.bot.heard.length).toBe(2)
  const secret = slack.simulator.env.SLACK_SIGNING_SECRET ?? ''
  for (const { headers, raw } of slack.bot.heard) {
    const seconds = headers['x-slack-request-timestamp']
    expect(Number(seconds) * 1_000).toBe(slack.clock.now().getTime())
    expect(headers['x-slack-signature']).toBe(
      `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${raw}`).digest('hex')}`,
    )
  }
  expect(slack.bot.heard.map(({ headers }) => headers['content-type'])).toEqual([
    'application/x-www-form-urlencoded',
    'application/json',
  ])
})

test('an event is tried again at once, after a minute and after five, always with the same id', async () => {
  slack.bot.answer = () => ({ status: 500 })
  // Until the simulator has its answer: from then on it counts the time until the next attempt.
  const answered = (times: number) => expect.poll(() => slack.simulator.slack.deliveries).toHaveLength(times)
  await say('hello')
  await answered(2)
  slack.clock.advance(60_000)
  await answered(3)
  slack.clock.advance(300_000)
  await answered(4)
  slack.clock.advance(3_600_000)
  expect(retries()).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
    ['3', 'http_error'],
  ])
  expect(new Set(slack.bot.heard.map(({ payload }) => payload.event_id)).size).toBe(1)
  expect(slack.simulator.slack.deliveries.map(({ kind, retry }) => [kind, retry])).toEqual(
    [0, 1, 2, 3].map((retry) => ['event', retry]),
  )
})

test('a bot that asks for no retry gets none', async () => {
  slack.bot.answer = () => ({ status: 500, headers: { 'x-slack-no-retry': '1' } })
  await say('hello')
  await expect.poll(retries).toHaveLength(1)
  slack.bot.answer = () => ({})
  await say('/inc and this comes next')
  expect(slack.bot.heard.map(({ payload }) => payload.type ?? payload.command)).toEqual(['event_callback', '/inc'])
})

test('commands are never tried again', async () => {
  slack.bot.answer = () => ({ status: 500 })
  await say('/inc x')
  slack.clock.advance(3_600_000)
  await say('/inc y')
  expect(slack.bot.heard.map(({ payload }) => payload.text)).toEqual(['x', 'y'])
})

test('a bot that does not answer in time is late', async () => {
  slack.bot.answer = () => null
  const deliveries = createDeliveries({
    clock: slack.clock,
    faults: { deliverTimes: 1 },
    signingSecret: 'x',
    sockets: { count: () => 0, send: () => Promise.reject(new Error('there is no socket')) },
    patienceMilliseconds: 50,
    changed: () => {},
  })
  deliveries.connect(slack.bot.url)
  expect(await deliveries.deliver({ kind: 'command', what: '/inc', payload: {} })).toMatchObject({
    outcome: 'late',
    status: null,
  })
})

test('copies of a delivery are exact', async () => {
  slack.simulator.slack.faults.deliverTimes = 3
  await say('/inc x')
  await expect.poll(() => slack.bot.heard.length).toBe(3)
  expect(new Set(slack.bot.heard.map(({ raw }) => raw)).size).toBe(1)
})

test('nothing is delivered before somebody is connected', async () => {
  slack.simulator.connect('')
  await say('hello')
  expect(await say('/inc x')).toMatchObject({ outcome: 'failed', body: 'nobody is connected' })
  expect(slack.bot.heard).toEqual([])
})

test('the bot hears of joins, reactions and channels as it subscribed, and of nothing else', async () => {
  const { web } = slack
  const created = await web.conversations.create({ name: 'inc-1' })
  const channel = String(created.channel?.id)
  await slack.person('ben').join(channel)
  const { ts } = await web.chat.postMessage({ channel, text: 'card' })
  await slack.person('ben').react(slack.lastMessage('inc-1'), 'eyes')
  await slack.person('ben').unreact(slack.lastMessage('inc-1'), 'eyes')
  await web.chat.update({ channel, ts: String(ts), text: 'card, edited' })
  await web.conversations.rename({ channel, name: 'inc-1-checkout' })
  await web.conversations.archive({ channel })
  const heard = () => slack.bot.heard.map(({ payload: { event } }) => event.subtype ?? event.type)
  await expect
    .poll(heard)
    .toEqual([
      'member_joined_channel',
      'message',
      'reaction_added',
      'message_changed',
      'channel_rename',
      'channel_archive',
    ])
})
