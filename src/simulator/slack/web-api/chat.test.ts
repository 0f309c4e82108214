import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf, openSmallSlack, refusalOf, type SmallSlack } from '../../../../tests/support/small-slack.ts'

let slack: SmallSlack
let general: string
beforeAll(async () => {
  slack = await openSmallSlack({ enforceRates: false })
  general = slack.channelId('general')
})
afterAll(() => slack.close())

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } })

test('a message is posted, edited and taken back', async () => {
  const { web } = slack
  const { ts } = await web.chat.postMessage({
    channel: general,
    text: 'Checkout is down',
    blocks: [section('*Checkout* is down')],
  })
  expect(slack.lastMessage('general')).toMatchObject({
    ts,
    text: 'Checkout is down',
    edited: false,
    user: 'U0TOCSIN01',
  })

  await web.chat.update({ channel: general, ts: String(ts), text: 'Checkout is back' })
  expect(slack.lastMessage('general')).toMatchObject({ text: 'Checkout is back', blocks: [], edited: true })

  await web.chat.delete({ channel: general, ts: String(ts) })
  expect(slack.lastMessage('general').deleted).toBe(true)
  expect(await refusalOf(web.chat.update({ channel: general, ts: String(ts), text: 'again' }))).toBe(
    'message_not_found',
  )
})

test('a refusal of blocks points at what is wrong, as Slack words it', async () => {
  const { data } = await failureOf(
    slack.web.chat.postMessage({ channel: general, blocks: [section('x'.repeat(3_001))], text: 'x' }),
  )
  const errors = [
    'failed to match all allowed schemas [json-pointer:/blocks/0/text]',
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ]
  expect(data).toMatchObject({
    error: 'invalid_blocks',
    errors,
    response_metadata: { messages: errors.map((error) => `[ERROR] ${error}`) },
  })
})

test('what cannot be said is refused with Slack’s own code', async () => {
  const { web } = slack
  const post = (more: object) => refusalOf(web.apiCall('chat.postMessage', { channel: general, text: 'x', ...more }))
  expect(await post({ text: '' })).toBe('no_text')
  expect(await post({ channel: 'C0NOWHERE1' })).toBe('channel_not_found')
  expect(await post({ channel: slack.channelId('random') })).toBe('not_in_channel')
  expect(await post({ blocks: '[{' })).toBe('invalid_blocks_format')
  expect(await post({ blocks: Array.from({ length: 5 }, () => section('x'.repeat(2_900))) })).toBe(
    'msg_blocks_too_long',
  )
  expect(await post({ metadata: { event_type: 'x' } })).toBe('invalid_metadata_format')
  expect(await post({ markdown_text: 'x' })).toBe('markdown_text_conflict')
  expect(await post({ thread_ts: '1700000000.000100' })).toBe('cannot_reply_to_message')
  expect(await post({ attachments: Array.from({ length: 101 }, () => ({ text: 'x' })) })).toBe('too_many_attachments')
})

test('a long text is cut when it is posted, and refused when it is edited', async () => {
  const { web } = slack
  const posted = await web.chat.postMessage({ channel: general, text: 'x'.repeat(40_001) })
  expect(posted.response_metadata).toMatchObject({ warnings: ['message_truncated'] })
  expect(slack.lastMessage('general').text).toHaveLength(40_000)
  expect(await refusalOf(web.chat.update({ channel: general, ts: String(posted.ts), text: 'x'.repeat(4_001) }))).toBe(
    'msg_too_long',
  )
})

test('blocks without text are let pass, with a warning', async () => {
  const posted = await slack.web.apiCall('chat.postMessage', { channel: general, blocks: [section('x')] })
  expect(posted).toMatchObject({ warning: 'missing_text_in_message' })
})

test('the id of a person means the conversation with that person', async () => {
  const { web } = slack
  const posted = await web.chat.postMessage({ channel: slack.person('ana').id, text: 'for you' })
  const opened = await web.conversations.open({ users: slack.person('ana').id })
  expect(posted.channel).toMatch(/^D0/)
  expect(opened.channel?.id).toBe(posted.channel)
  expect(await refusalOf(web.chat.postMessage({ channel: slack.person('old-olga').id, text: 'x' }))).toBe(
    'channel_not_found',
  )
})

test('what only one person sees goes to members, and cannot be edited afterwards', async () => {
  const { web } = slack
  const { message_ts: ts } = await web.chat.postEphemeral({
    channel: general,
    user: slack.person('ana').id,
    text: 'psst',
  })
  expect(slack.lastMessage('general')).toMatchObject({ text: 'psst', onlyFor: slack.person('ana').id })
  expect(await refusalOf(web.chat.update({ channel: general, ts: String(ts), text: 'x' }))).toBe('message_not_found')
  expect(
    await refusalOf(
      web.chat.postEphemeral({ channel: slack.channelId('ops'), user: slack.person('gus').id, text: 'x' }),
    ),
  ).toBe('user_not_in_channel')
})

test('metadata comes back where it is asked for', async () => {
  const { web } = slack
  const metadata = { event_type: 'tocsin', event_payload: { key: 'say/1' } }
  const { ts } = await web.chat.postMessage({ channel: general, text: 'with a key', metadata })
  const latest = { channel: general, latest: String(ts), inclusive: true, limit: 1 }
  expect((await web.conversations.history({ ...latest, include_all_metadata: true })).messages?.[0]).toMatchObject({
    ts,
    metadata,
  })
  expect((await web.conversations.history(latest)).messages?.[0]).not.toHaveProperty('metadata')
})

test('only the bot’s own messages can be changed or deleted', async () => {
  await slack.person('ana').type(general, 'mine')
  const { ts } = slack.lastMessage('general')
  expect(await refusalOf(slack.web.chat.update({ channel: general, ts, text: 'x' }))).toBe('cant_update_message')
  expect(await refusalOf(slack.web.chat.delete({ channel: general, ts }))).toBe('cant_delete_message')
})

test('an answer to an answer belongs to the first message of the thread', async () => {
  const { web } = slack
  const first = await web.chat.postMessage({ channel: general, text: 'first' })
  const answer = await web.chat.postMessage({ channel: general, text: 'answer', thread_ts: String(first.ts) })
  await web.chat.postMessage({ channel: general, text: 'answer to the answer', thread_ts: String(answer.ts) })
  expect(slack.lastMessage('general').threadTs).toBe(first.ts)
  const { permalink } = await web.chat.getPermalink({ channel: general, message_ts: String(answer.ts) })
  expect(permalink).toContain(`thread_ts=${first.ts}`)
})

test('in an archived channel nothing is posted, and nothing edited', async () => {
  const { web } = slack
  const { channel } = await web.conversations.create({ name: 'soon-archived' })
  const id = String(channel?.id)
  const { ts } = await web.chat.postMessage({ channel: id, text: 'x' })
  await web.conversations.archive({ channel: id })
  expect(await refusalOf(web.chat.postMessage({ channel: id, text: 'x' }))).toBe('is_archived')
  expect(await refusalOf(web.chat.update({ channel: id, ts: String(ts), text: 'y' }))).toBe('is_inactive')
})
