/** What people do to their messages and channels, and what the bot hears of it. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSmallSlack, refusalOf, type SmallSlack } from '../../../tests/support/small-slack.ts'
import type { PersonHands } from '../types.ts'

let slack: SmallSlack
let ana: PersonHands
let general: string
const events = [
  ...['message.channels', 'channel_rename', 'channel_archive', 'channel_unarchive', 'group_archive', 'group_left'],
]
beforeEach(async () => {
  slack = await openSmallSlack({ events })
  ana = slack.person('ana')
  general = slack.channelId('general')
})
afterEach(() => slack.close())

const heard = () => slack.bot.heard.map(({ payload }) => payload.event)
const channelAt = (id: string) => slack.simulator.slack.channels().find((one) => one.id === id)
async function shared(isPrivate = false): Promise<string> {
  const id = await ana.channels.create('war-room', { isPrivate })
  await ana.channels.invite(id, 'tocsin')
  return id
}

test('an edit and a deletion tell what was there before', async () => {
  await ana.type(general, 'one')
  await ana.edit(slack.lastMessage('general'), 'two <b>')
  await ana.delete(slack.lastMessage('general'))

  await expect.poll(() => heard().length).toBe(3)
  expect(heard()[1]).toMatchObject({
    subtype: 'message_changed',
    message: { text: 'two &lt;b&gt;' },
    previous_message: { text: 'one' },
  })
  expect(heard()[2]).toMatchObject({ subtype: 'message_deleted', previous_message: { text: 'two &lt;b&gt;' } })
})

test('nobody changes what somebody else wrote', async () => {
  await ana.type(general, 'mine')
  const message = slack.lastMessage('general')

  await expect(slack.person('ben').edit(message, 'yours')).rejects.toThrow('ben can change only what ben wrote')
  await expect(slack.person('ben').delete(message)).rejects.toThrow('ben can change only what ben wrote')
})

test('a channel that is renamed, archived and opened again is told each time', async () => {
  const id = await shared()
  await ana.channels.rename(id, 'quiet-room')
  await ana.channels.archive(id)
  await ana.channels.unarchive(id)

  await expect.poll(() => heard().length).toBe(3)
  expect(heard()).toMatchObject([
    { type: 'channel_rename', channel: { id, name: 'quiet-room' } },
    { type: 'channel_archive', channel: id, user: ana.id },
    { type: 'channel_unarchive', channel: id, user: ana.id },
  ])
})

test('archiving sends the bot out, also of a private channel, which it then no longer sees', async () => {
  const id = await shared(true)
  await ana.channels.archive(id)

  await expect.poll(() => heard().at(-1)).toMatchObject({ type: 'group_archive', channel: id })
  expect(channelAt(id)?.members).toEqual([ana.id])
  expect(await refusalOf(slack.web.conversations.info({ channel: id }))).toBe('channel_not_found')
})

test('a private channel is seen by its members only, and people come in by invitation', async () => {
  const id = await shared(true)
  const ben = slack.person('ben')

  await expect(ben.join(id)).rejects.toThrow('ben sees no channel')
  await ana.channels.invite(id, 'ben')
  await ben.type(id, 'here I am')
  await ana.channels.remove(id, 'tocsin')

  await expect.poll(() => heard().at(-1)).toMatchObject({ type: 'group_left', channel: id })
})

test('a name that Slack would not take is refused with Slack’s reason', async () => {
  await expect(ana.channels.create('General!')).rejects.toThrow('invalid_name_specials')
  await expect(ana.channels.create('general')).rejects.toThrow('name_taken')
})

test('a file is posted in two steps, and only what was announced is taken', async () => {
  const { web } = slack
  const announced = await web.files.getUploadURLExternal({ filename: 'a.md', length: 3 })
  const complete = () =>
    web.apiCall('files.completeUploadExternal', { files: [{ id: announced.file_id }], channel_id: general })
  expect(await refusalOf(complete())).toBe('file_not_found')
  const put = (body: string) => fetch(String(announced.upload_url), { method: 'POST', body })

  expect((await put('four')).status).toBe(404)
  expect((await put('abc')).status).toBe(200)
  await complete()

  expect(slack.lastMessage('general').files).toMatchObject([{ name: 'a.md', content: 'abc' }])
  expect(await refusalOf(complete())).toBe('file_not_found')
})

test('a user group takes members, never nobody and never a guest', async () => {
  const update = (users: string) =>
    slack.web.apiCall('usergroups.users.update', { usergroup: 'S0ONCALL01', users }).then(() => 'ok', codeOf)
  const codeOf = async (error: unknown) => refusalOf(Promise.reject(error))

  expect(await update(slack.person('ben').id)).toBe('ok')
  expect(await update('')).toBe('no_users_provided')
  expect(await update(slack.person('gus').id)).toBe('invalid_users')
  expect(await refusalOf(slack.web.apiCall('usergroups.users.update', { usergroup: 'S0', users: ana.id }))).toBe(
    'no_such_subteam',
  )
})
