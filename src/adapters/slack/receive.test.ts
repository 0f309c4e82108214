import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Bench, benches, channelId, messagesIn } from '../../../tests/support/slack-adapter.ts'

const open = benches()
const secret = 'simulator-signing-secret'
const never = () => new Promise<never>(() => {})
const command = (triggerId = '1.2') =>
  new URLSearchParams({
    command: '/bell',
    text: 'ring',
    user_id: 'U1',
    channel_id: 'C1',
    trigger_id: triggerId,
  }).toString()
const event = JSON.stringify({
  type: 'event_callback',
  event_id: 'Ev1',
  event: { type: 'app_mention', user: 'U1', channel: 'C1', text: 'hi' },
})
const interaction = (payload: object) => new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
const submission = (blocks: object[] = [{ type: 'input', block_id: 'title' }]) =>
  interaction({
    type: 'view_submission',
    trigger_id: '3.4',
    view: {
      callback_id: 'bell.form',
      blocks,
      state: { values: { title: { title: { type: 'plain_text_input', value: 'x' } } } },
    },
  })

interface Signing {
  secret?: string
  seconds?: number
  /** What was signed, where that is not what is sent. */
  signed?: string
  headers?: Record<string, string>
}

function post({ slack, clock }: Bench, body: string, how: Signing = {}) {
  const seconds = Math.floor(clock.now().getTime() / 1_000) + (how.seconds ?? 0)
  const signature = `v0=${createHmac('sha256', how.secret ?? secret)
    .update(`v0:${seconds}:${how.signed ?? body}`)
    .digest('hex')}`
  const headers = how.headers ?? { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': signature }
  return slack.receive({ headers, rawBody: Buffer.from(body) })
}

const inChannel = (id: string, event: object) =>
  JSON.stringify({ type: 'event_callback', event_id: id, api_app_id: 'A0TOCSIN01', event: { channel: 'C1', ...event } })

test.each([
  ['a message', { type: 'message', user: 'U1', text: 'x' }],
  ['an emoji', { type: 'reaction_added', user: 'U1', item: { channel: 'C1', ts: '1.1' } }],
  ['an arrival', { type: 'member_joined_channel', user: 'U1' }],
  ['a new name', { type: 'channel_rename', channel: { id: 'C1', name: 'x' } }],
])('%s in a channel that is not ours is acknowledged, and not kept', async (_what, happened) => {
  const bench = await open({ isOurs: async (id) => id !== 'C1' })

  expect(await post(bench, inChannel('Ev1', happened))).toEqual({ status: 200 })
  expect(bench.kept).toEqual([])
  expect(await post(bench, inChannel('Ev2', happened).replaceAll('"C1"', '"C2"'))).toEqual({ status: 200 })
  expect(bench.kept).toHaveLength(1)
})

test('of what changes about people only a closed account is kept: everybody has a new status twice a day', async () => {
  const bench = await open()
  const changed = (id: string, user: object) =>
    JSON.stringify({ type: 'event_callback', event_id: id, event: { type: 'user_change', user } })

  expect(await post(bench, changed('Ev1', { id: 'U1', deleted: false }))).toEqual({ status: 200 })
  expect(bench.kept).toEqual([])
  await post(bench, changed('Ev2', { id: 'U1', deleted: true }))
  expect(bench.kept).toHaveLength(1)
})

test('what the bot said itself is not even asked about', async () => {
  const asked: string[] = []
  const bench = await open({ isOurs: async (id) => asked.push(id) > 0 })

  await post(bench, inChannel('Ev1', { type: 'message', user: 'U0TOCSIN01', bot_id: 'B0TOCSIN01', text: 'x' }))

  expect(bench.kept).toEqual([])
  expect(asked).toEqual([])
})

test('while the database does not say whose channel it is, Slack is asked to come again', async () => {
  const bench = await open({ isOurs: () => never() })

  expect(await post(bench, inChannel('Ev1', { type: 'message', user: 'U1', text: 'x' }))).toEqual({ status: 503 })
})

test('what Slack signed is kept, and acknowledged with nothing', async () => {
  const bench = await open()

  expect(await post(bench, command())).toEqual({ status: 200 })
  expect(bench.kept).toEqual([{ source: 'slack', key: 'command/1.2', body: command() }])
})

test.each<[string, Signing, string]>([
  ['signed with another secret', { secret: 'guessed' }, 'wrong_signature'],
  ['changed on the way', { signed: command('9.9') }, 'wrong_signature'],
  ['without a signature', { headers: {} }, 'unsigned'],
  [
    'with a signature of another kind',
    { headers: { 'x-slack-signature': 'v1=00', 'x-slack-request-timestamp': '1' } },
    'old',
  ],
  ['without a time', { headers: { 'x-slack-signature': 'v0=00', 'x-slack-request-timestamp': 'now' } }, 'unsigned'],
  ['six minutes old', { seconds: -360 }, 'old'],
  ['from six minutes in the future', { seconds: 360 }, 'future'],
])('a request %s is refused, counted, and not kept', async (_how, how, reason) => {
  const bench = await open()

  expect(await post(bench, command(), how)).toEqual({ status: 401 })

  const { values } = await bench.metrics.slackRefused.get()
  expect(values).toMatchObject([{ labels: { reason }, value: 1 }])
  expect(bench.kept).toEqual([])
  const lines = bench.logged.filter((line) => line.includes(reason))
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('ring')
})

test.each([-299, 299])('a clock that is %s seconds off is still believed', async (seconds) => {
  const bench = await open()

  expect(await post(bench, command(), { seconds })).toEqual({ status: 200 })
})

test('without a signing secret nothing is believed', async () => {
  const bench = await open({ signingSecret: null })

  expect(await post(bench, command())).toEqual({ status: 401 })
})

test.each(['{"type":', 'payload=%7Bnot', 'payload=null', 'payload=[1]'])(
  '%s cannot be read, and Slack is told',
  async (body) => {
    const bench = await open()

    expect(await post(bench, body)).toEqual({ status: 400 })
  },
)

test('Slack’s checks of the address are answered and not kept', async () => {
  const bench = await open()

  expect(await post(bench, JSON.stringify({ type: 'url_verification', challenge: 'abc' }))).toEqual({
    status: 200,
    body: { challenge: 'abc' },
  })
  expect(await post(bench, 'ssl_check=1&token=legacy')).toEqual({ status: 200 })
  expect(bench.kept).toEqual([])
})

test.each([
  ['a menu that asks for options', interaction({ type: 'block_suggestion', action_id: 'a' }), { options: [] }],
  ['a form that was closed', interaction({ type: 'view_closed', view: {} }), undefined],
  ['a kind of delivery that is new', interaction({ type: 'something_new' }), undefined],
  ['a note that Slack holds back events', JSON.stringify({ type: 'app_rate_limited', team_id: 'T1' }), undefined],
])('%s is acknowledged and not kept', async (_what, body, answer) => {
  const bench = await open()

  expect(await post(bench, body)).toEqual({ status: 200, ...(answer ? { body: answer } : {}) })
  expect(bench.kept).toEqual([])
})

test('copies of a delivery are kept once, also those that do not call themselves a retry', async () => {
  const bench = await open()
  bench.simulator.slack.faults.deliverTimes = 3

  await bench.simulator.slack.person('ana').type(channelId(bench, 'incidents'), '/bell ring')
  await bench.simulator.slack.person('ana').type(channelId(bench, 'incidents'), 'hello all')

  await expect.poll(() => bench.simulator.slack.deliveries.length).toBe(2)
  expect(bench.kept.map(({ key }) => key.split('/')[0])).toEqual(['command', 'event'])
})

test('a form with errors is sent back with them, and not kept', async () => {
  const bench = await open({ checkForm: (id, values) => ({ title: `${id}: ${values.title} is too short` }) })

  expect(await post(bench, submission())).toEqual({
    status: 200,
    body: { response_action: 'errors', errors: { title: 'bell.form: x is too short' } },
  })
  expect(bench.kept).toEqual([])
})

test('a form without errors is kept and closes', async () => {
  const bench = await open()

  expect(await post(bench, submission())).toEqual({ status: 200 })
  expect(bench.kept).toHaveLength(1)
})

test('while the database is away, whoever types a command is told within a second that nothing was done', async () => {
  const bench = await open({ accept: () => Promise.reject(new Error('no database')) })

  const ack = await bench.simulator.slack.person('ana').type(channelId(bench, 'incidents'), '/bell ring')

  expect(ack.outcome).toBe('ok')
  expect(ack.milliseconds).toBeLessThan(1_000)
  expect(messagesIn(bench, 'incidents').at(-1)).toMatchObject({
    text: expect.stringContaining('nothing was done'),
    onlyFor: bench.simulator.slack.person('ana').id,
  })
})

test.each([
  [
    'a command',
    command(),
    { status: 200, body: { response_type: 'ephemeral', text: expect.stringContaining('try again') } },
  ],
  ['a click', interaction({ type: 'block_actions', trigger_id: '5.6', actions: [] }), { status: 503 }],
  ['a shortcut', interaction({ type: 'shortcut', trigger_id: '5.7', callback_id: 'x' }), { status: 503 }],
  ['an event', event, { status: 503 }],
  [
    'a form',
    submission(),
    { status: 200, body: { response_action: 'errors', errors: { title: expect.stringContaining('try again') } } },
  ],
  ['a form without inputs', submission([{ type: 'section' }]), { status: 503 }],
])('%s is answered within a second when the database hangs', async (_what, body, expected) => {
  const bench = await open({ accept: never })
  const started = performance.now()

  expect(await post(bench, body)).toEqual(expected)
  expect(performance.now() - started).toBeLessThan(1_000)
})

test('a form that cannot be checked is not lost in silence', async () => {
  const bench = await open({
    checkForm: () => {
      throw new Error('a bug of ours')
    },
  })

  expect(await post(bench, submission())).toMatchObject({ body: { response_action: 'errors' } })
})
