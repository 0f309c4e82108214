import type { WebAPICallResult } from '@slack/web-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf, openSmallSlack, refusalOf, type SmallSlack } from '../../../../tests/support/small-slack.ts'

let slack: SmallSlack
beforeAll(async () => {
  slack = await openSmallSlack({ enforceRates: false })
})
afterAll(() => slack.close())

const id = (name: string) => slack.person(name).id

type Page = WebAPICallResult & { channels?: { name: string }[]; messages?: { text: string }[] }

async function create(name: string, more: object = {}): Promise<string> {
  const { channel } = await slack.web.conversations.create({ name, ...more })
  return String(channel?.id)
}

test.each([
  ['', 'invalid_name_required'],
  ['x'.repeat(81), 'invalid_name_maxlength'],
  ['Checkout', 'invalid_name_specials'],
  ['checkout down', 'invalid_name_specials'],
  ['inc.42', 'invalid_name_specials'],
  ['---', 'invalid_name_punctuation'],
  ['general', 'name_taken'],
])('the name "%s" is refused: %s', async (name, error) => {
  expect(await refusalOf(slack.web.conversations.create({ name }))).toBe(error)
})

test.each(['x'.repeat(80), 'inc-42_prüfung', '事故-1'])('the name "%s" is taken', async (name) => {
  expect(await create(name)).toMatch(/^C0/)
})

test('the name of an archived channel stays taken, and that of a renamed one is free', async () => {
  const archived = await create('first')
  await slack.web.conversations.archive({ channel: archived })
  expect(await refusalOf(slack.web.conversations.create({ name: 'first' }))).toBe('name_taken')
  await slack.web.conversations.rename({ channel: await create('second'), name: 'third' })
  await expect(create('second')).resolves.toMatch(/^C0/)
})

test('all who are invited come, or nobody does', async () => {
  const { web } = slack
  const channel = await create('invited')
  const { data } = await failureOf(web.conversations.invite({ channel, users: [id('ana'), id('old-olga')].join(',') }))
  expect(data).toMatchObject({ error: 'cant_invite', errors: [{ user: id('old-olga'), error: 'cant_invite' }] })
  expect((await web.conversations.members({ channel })).members).toEqual(['U0TOCSIN01'])

  await web.conversations.invite({ channel, users: [id('ana'), id('old-olga')].join(','), force: true })
  expect((await web.conversations.members({ channel })).members).toEqual(['U0TOCSIN01', id('ana')])
  expect(await refusalOf(web.conversations.invite({ channel, users: id('ana') }))).toBe('already_in_channel')
  expect(await refusalOf(web.conversations.invite({ channel, users: 'U0TOCSIN01' }))).toBe('cant_invite_self')
  expect(
    await refusalOf(
      web.conversations.invite({ channel, users: Array.from({ length: 101 }, (_, n) => `U${n}`).join(',') }),
    ),
  ).toBe('invalid_arguments')
})

test('a topic has 250 letters', async () => {
  const channel = await create('topical')
  await slack.web.conversations.setTopic({ channel, topic: 'x'.repeat(250) })
  await slack.web.conversations.setTopic({ channel, topic: '' })
  expect(await refusalOf(slack.web.conversations.setTopic({ channel, topic: 'x'.repeat(251) }))).toBe('too_long')
})

test('a channel that is archived is archived once, no bot can open it again, and #general cannot be archived', async () => {
  const { web } = slack
  const channel = await create('archived-twice')
  await web.conversations.archive({ channel })
  expect(await refusalOf(web.conversations.archive({ channel }))).toBe('already_archived')
  expect(await refusalOf(web.conversations.setTopic({ channel, topic: 'x' }))).toBe('is_archived')
  expect(await refusalOf(web.conversations.unarchive({ channel }))).toBe('not_in_channel')
  await slack.person('ana').channels.unarchive(channel)
  expect(await refusalOf(web.conversations.setTopic({ channel, topic: 'x' }))).toBe('not_in_channel')
  await web.conversations.join({ channel })
  expect(await refusalOf(web.conversations.unarchive({ channel }))).toBe('not_archived')
  expect(await refusalOf(web.conversations.archive({ channel: slack.channelId('general') }))).toBe(
    'cant_archive_general',
  )
})

test('where the bot is not, it can neither read nor change anything, until it joins', async () => {
  const { web } = slack
  const channel = slack.channelId('random')
  expect(await refusalOf(web.conversations.history({ channel }))).toBe('not_in_channel')
  expect(await refusalOf(web.conversations.setTopic({ channel, topic: 'x' }))).toBe('not_in_channel')
  await web.conversations.join({ channel })
  expect((await web.conversations.history({ channel })).ok).toBe(true)
  expect(await web.conversations.join({ channel })).toMatchObject({ warning: 'already_in_channel' })
})

test('lists come in pages', async () => {
  const names: string[] = []
  for await (const page of slack.web.paginate('conversations.list', { limit: 4 })) {
    for (const channel of (page as Page).channels ?? []) names.push(channel.name)
  }
  expect(names).toEqual(
    slack.simulator.slack
      .channels()
      .filter(({ kind }) => kind === 'public')
      .map(({ name }) => name),
  )
  expect(await refusalOf(slack.web.conversations.list({ cursor: '!' }))).toBe('invalid_cursor')
  expect(await refusalOf(slack.web.conversations.list({ limit: 0 }))).toBe('invalid_limit')
})

test('history goes backwards in pages, without what only one person sees and without answers', async () => {
  const { web } = slack
  const channel = await create('historic')
  await web.conversations.invite({ channel, users: id('ana') })
  const posted: string[] = []
  // In sequence: the order is what is asked about.
  for (const text of ['one', 'two', 'three', 'four', 'five'])
    posted.push(String((await web.chat.postMessage({ channel, text })).ts))
  const [first = '', second = '', , fourth = ''] = posted
  await web.chat.postMessage({ channel, text: 'an answer', thread_ts: first })
  await web.chat.postEphemeral({ channel, user: id('ana'), text: 'psst' })

  const texts: string[] = []
  for await (const page of web.paginate('conversations.history', { channel, limit: 1 })) {
    for (const message of (page as Page).messages ?? []) texts.push(message.text)
  }
  expect(texts).toEqual(['five', 'four', 'three', 'two', 'one'])

  const between = async (more: object) =>
    (await web.conversations.history({ channel, oldest: second, latest: fourth, ...more })).messages?.map(
      ({ text }) => text,
    )
  expect(await between({})).toEqual(['three'])
  expect(await between({ inclusive: true })).toEqual(['four', 'three', 'two'])
  const { messages: thread } = await web.conversations.replies({ channel, ts: first })
  expect(thread?.map(({ text }) => text)).toEqual(['one', 'an answer'])
  expect(await refusalOf(web.conversations.replies({ channel, ts: '1.000001' }))).toBe('thread_not_found')
})

test('pins and bookmarks are kept once each, up to a hundred', async () => {
  const { web } = slack
  const channel = await create('pinned')
  const { ts } = await web.chat.postMessage({ channel, text: 'card' })
  await web.pins.add({ channel, timestamp: String(ts) })
  expect(await refusalOf(web.pins.add({ channel, timestamp: String(ts) }))).toBe('already_pinned')
  expect(await refusalOf(web.pins.add({ channel, timestamp: '1.000001' }))).toBe('message_not_found')
  await web.pins.remove({ channel, timestamp: String(ts) })
  expect(await refusalOf(web.pins.remove({ channel, timestamp: String(ts) }))).toBe('no_pin')

  const add = (title: string, link = 'https://wiki.example') =>
    web.bookmarks.add({ channel_id: channel, title, type: 'link', link })
  expect(await refusalOf(add('x', 'javascript:0'))).toBe('invalid_link')
  await Promise.all(Array.from({ length: 100 }, (_, n) => add(`${n}`)))
  expect(await refusalOf(add('one more'))).toBe('too_many_bookmarks')
})

test('people come with what the app may know of them', async () => {
  const { web } = slack
  expect((await web.users.info({ user: id('ana') })).user).toMatchObject({
    name: 'ana',
    is_restricted: false,
    profile: { email: 'ana@example.com' },
  })
  expect((await web.users.info({ user: id('gus') })).user).toMatchObject({ is_restricted: true })
  expect((await web.users.info({ user: id('sam') })).user).toMatchObject({ is_stranger: true, team_id: 'T0ELSEWHER' })
  expect((await web.users.info({ user: id('old-olga') })).user).toMatchObject({ deleted: true })
  expect(await refusalOf(web.users.lookupByEmail({ email: 'nobody@example.com' }))).toBe('users_not_found')
  const { usergroups } = await web.usergroups.list({ include_users: true })
  expect(usergroups?.map(({ handle }) => handle)).toEqual(['oncall-platform', 'approvers'])
  expect((await web.usergroups.users.list({ usergroup: 'S0APPROVE2' })).users).toEqual([id('dmitri'), id('eva')])
})
