import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSmallSlack, type SmallSlack } from '../../../tests/support/small-slack.ts'

let slack: SmallSlack
let general: string
beforeEach(async () => {
  slack = await openSmallSlack({ events: ['message.channels', 'app_mention', 'app_home_opened'] })
  general = slack.channelId('general')
})
afterEach(() => slack.close())

const plain = (text: string) => ({ type: 'plain_text', text })
const option = (text: string, value: string) => ({ text: plain(text), value })
const lead = { type: 'button', text: plain('Take lead'), action_id: 'lead', value: '42' }
const severity = {
  type: 'static_select',
  placeholder: plain('Severity'),
  action_id: 'severity',
  options: [option('P1 grave', 'p1'), option('P2', 'p2')],
}
const teams = {
  type: 'checkboxes',
  action_id: 'teams',
  options: ['a', 'b', 'c'].map((team) => option(`Team ${team}`, team)),
}
const card = [{ type: 'actions', block_id: 'card', elements: [lead, severity, teams] }]

async function postCard() {
  await slack.web.chat.postMessage({ channel: general, text: 'INC-42', blocks: card })
  return slack.lastMessage('general')
}
const payloads = () => slack.bot.heard.map(({ payload }) => payload)

test('a command reaches the bot with who, where, and an address to answer to', async () => {
  expect(await slack.person('ana').type(general, '/inc checkout  returns 500s ')).toMatchObject({
    outcome: 'ok',
    status: 200,
  })
  expect(payloads()[0]).toMatchObject({
    command: '/inc',
    text: 'checkout  returns 500s',
    user_id: 'U0ANA00001',
    channel_id: general,
    channel_name: 'general',
    response_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/respond\//),
    trigger_id: expect.any(String),
  })
})

test('names and links in a command arrive as ids where the app asks for it, and as typed where it does not', async () => {
  const line =
    'tell @ben, @oncall-platform & @nobody in #ops and #nowhere <now> https://wiki.example/x #42 a@ben.example'
  await slack.person('ana').type(general, `/inc ${line}`)
  await slack.person('ana').type(general, `/raw ${line}`)
  const [escaped, raw] = payloads()
  expect(escaped.text).toBe(
    `tell <@U0BEN00002|ben>, <!subteam^S0ONCALL01|@oncall-platform> &amp; @nobody in <#${slack.channelId('ops')}|ops> and #nowhere &lt;now&gt; <https://wiki.example/x> #42 a@ben.example`,
  )
  expect(raw.text).toBe(
    'tell @ben, @oncall-platform &amp; @nobody in #ops and #nowhere &lt;now&gt; https://wiki.example/x #42 a@ben.example',
  )
})

test('an unknown command never reaches the bot', async () => {
  const ack = await slack.person('ana').type(general, '/incident x')
  expect(ack).toMatchObject({
    outcome: 'failed',
    body: expect.stringContaining('/incident is not a valid command. There is: /inc, /raw'),
  })
  expect(payloads()).toEqual([])
})

test('a command may be answered at once, for the one who asked or for all', async () => {
  slack.bot.answer = ({ payload }) => ({
    body: { text: `you said ${payload.text}`, response_type: payload.text === 'loud' ? 'in_channel' : 'ephemeral' },
  })
  await slack.person('ana').type(general, '/inc quiet')
  expect(slack.lastMessage('general')).toMatchObject({ text: 'you said quiet', onlyFor: 'U0ANA00001' })
  await slack.person('ana').type(general, '/inc loud')
  expect(slack.lastMessage('general')).toMatchObject({ text: 'you said loud', onlyFor: null })
})

test('a bot that is away, or says no, is a failure that the person sees', async () => {
  slack.bot.answer = () => ({ status: 500 })
  expect(await slack.person('ana').type(general, '/inc x')).toMatchObject({ outcome: 'failed', status: 500 })
  await slack.bot.close()
  expect(await slack.person('ana').type(general, '/inc x')).toMatchObject({ outcome: 'failed', status: null })
})

test('who is not in a channel cannot write there, nor anybody in an archived one', async () => {
  const random = slack.channelId('random')
  const incident = await slack.web.conversations.create({ name: 'inc-1' })
  await expect(slack.person('gus').type(random, 'hello')).rejects.toThrow('gus sees no channel')
  await expect(slack.person('ana').type(String(incident.channel?.id), 'hello')).rejects.toThrow('ana is not in #inc-1')
  await slack.person('ana').join(String(incident.channel?.id))
  await slack.web.conversations.archive({ channel: String(incident.channel?.id) })
  await expect(slack.person('ana').type(String(incident.channel?.id), '/inc x')).rejects.toThrow('#inc-1 is archived')
})

test('the bot hears what is said where it is, and only there', async () => {
  const ana = slack.person('ana')
  await ana.type(general, 'does @tocsin hear me?')
  await ana.type(slack.channelId('random'), 'and @tocsin here?')
  await expect
    .poll(() => payloads().map(({ event }) => [event.type, event.text]))
    .toEqual([
      ['message', 'does <@U0TOCSIN01|tocsin> hear me?'],
      ['app_mention', 'does <@U0TOCSIN01|tocsin> hear me?'],
    ])
})

test('a click tells which button of which message, and the message itself', async () => {
  const message = await postCard()
  await slack.person('ben').click(message, 'Take lead')
  expect(payloads().at(-1)).toMatchObject({
    type: 'block_actions',
    user: { id: 'U0BEN00002', username: 'ben' },
    channel: { id: general, name: 'general' },
    container: { type: 'message', message_ts: message.ts, is_ephemeral: false },
    message: { ts: message.ts, text: 'INC-42', blocks: [{ block_id: 'card' }] },
    actions: [{ type: 'button', action_id: 'lead', block_id: 'card', value: '42', action_ts: expect.any(String) }],
  })
})

test('a choice is named by its words or its value, and several by commas', async () => {
  const message = await postCard()
  const ben = slack.person('ben')
  await ben.choose(message, 'Severity', 'P1 grave')
  await ben.choose(message, 'severity', 'p2')
  await ben.choose(message, 'teams', 'a,c')
  expect(
    payloads()
      .map(({ actions }) => actions?.[0])
      .filter(Boolean),
  ).toMatchObject([
    { action_id: 'severity', selected_option: { value: 'p1' } },
    { action_id: 'severity', selected_option: { value: 'p2' } },
    { action_id: 'teams', selected_options: [{ value: 'a' }, { value: 'c' }] },
  ])
  expect(payloads().at(-1).state.values.card).toMatchObject({
    severity: { selected_option: null },
    teams: { selected_options: [{ value: 'a' }, { value: 'c' }] },
  })
})

test('what is not there cannot be pressed, and the error says what could', async () => {
  const message = await postCard()
  const ben = slack.person('ben')
  await expect(ben.click(message, 'Resolve')).rejects.toThrow(
    'there is no «Resolve» on that message; it has: «Take lead», «Severity», «teams»',
  )
  await expect(ben.choose(message, 'Severity', 'P9')).rejects.toThrow(
    'there is no option «P9»; it has: «P1 grave», «P2»',
  )
  await expect(ben.click(message, 'Severity')).rejects.toThrow('«Severity» is a menu: say which option to choose')
  await slack.web.chat.delete({ channel: general, ts: message.ts })
  await expect(ben.click(message, 'Take lead')).rejects.toThrow('it is gone, or for somebody else')
})

test('a click on what only one sees carries no message, and nobody else can make it', async () => {
  await slack.web.chat.postEphemeral({ channel: general, user: slack.person('ana').id, text: 'x', blocks: card })
  const message = slack.lastMessage('general')
  await slack.person('ana').click(message, 'Take lead')
  expect(payloads().at(-1)).toMatchObject({ container: { is_ephemeral: true, message_ts: message.ts } })
  expect(payloads().at(-1)).not.toHaveProperty('message')
  await expect(slack.person('ben').click(message, 'Take lead')).rejects.toThrow('for somebody else')
})

test('a shortcut is found by its name, on a message or anywhere', async () => {
  const ana = slack.person('ana')
  await ana.type(general, 'clients cannot pay')
  await ana.shortcut('Declare incident', slack.lastMessage('general'))
  expect(payloads().at(-1)).toMatchObject({
    type: 'message_action',
    callback_id: 'declare',
    message: { text: 'clients cannot pay' },
  })
  await ana.shortcut('New launch')
  expect(payloads().at(-1)).toMatchObject({ type: 'shortcut', callback_id: 'launch' })
  await expect(ana.shortcut('Declare incident')).rejects.toThrow(
    'there is no global shortcut «Declare incident»; there is: «Declare incident» (message), «New launch» (global)',
  )
})

test('App Home shows what the bot published, and its buttons work', async () => {
  const ana = slack.person('ana')
  expect(await ana.openHome()).toBeNull()
  expect(payloads()[0].event).toMatchObject({ type: 'app_home_opened', user: ana.id, tab: 'home' })
  await expect(ana.clickInHome('Declare incident')).rejects.toThrow('ana sees an empty App Home')
  await slack.web.views.publish({
    user_id: ana.id,
    view: {
      type: 'home',
      blocks: [
        {
          type: 'actions',
          elements: [{ ...lead, type: 'button', text: { type: 'plain_text', text: 'Declare incident' } }],
        },
      ],
    },
  })
  expect(ana.home()?.type).toBe('home')
  await ana.clickInHome('Declare incident')
  expect(payloads().at(-1)).toMatchObject({
    type: 'block_actions',
    container: { type: 'view' },
    view: { type: 'home' },
  })
})

test('a person reacts once, joins what is public, and is found by name or id', async () => {
  const message = await postCard()
  const ana = slack.person('Ana Ferreira')
  await ana.react(message, 'eyes')
  await ana.react(message, 'eyes')
  expect(slack.lastMessage('general').reactions).toEqual([{ name: 'eyes', users: [ana.id] }])
  await ana.unreact(message, 'eyes')
  expect(slack.lastMessage('general').reactions).toEqual([])
  const secret = await slack.web.conversations.create({ name: 'secret', is_private: true })
  await expect(ana.join(String(secret.channel?.id))).rejects.toThrow('ana sees no channel')
  expect(() => slack.person('zoe')).toThrow('there is no zoe; there are ana, ben')
})
