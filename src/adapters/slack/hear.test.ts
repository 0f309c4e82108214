import { beforeEach, expect, test } from 'vitest'
import { type Bench, benches, channelId, messagesIn } from '../../../tests/support/slack-adapter.ts'
import type { Heard } from '../../core/heard.ts'
import { menu } from '../../core/interactions.ts'
import { input, type ModalView, textInput } from '../../core/modals.ts'
import type { PersonHands } from '../../simulator/types.ts'

const open = benches()
let bench: Bench
let ana: PersonHands
let incidents: string

beforeEach(async () => {
  bench = await open()
  ana = bench.simulator.slack.person('ana')
  incidents = channelId(bench, 'incidents')
})

/** What the newest delivery in the inbox means. */
async function heard(): Promise<Heard | null> {
  return bench.slack.hear(bench.kept.at(-1)?.body ?? '')
}
async function heardEvent(event: object, envelope: object = {}): Promise<Heard | null> {
  return bench.slack.hear(
    JSON.stringify({ type: 'event_callback', team_id: 'T0TOCSIN01', api_app_id: 'A0TOCSIN01', event, ...envelope }),
  )
}

test('a command is heard as it was typed, with ids for people and channels', async () => {
  await ana.type(incidents, '/bell ring <now> & "twice" @ben #ops')

  expect(await heard()).toMatchObject({
    kind: 'command',
    command: '/bell',
    text: `ring <now> & "twice" <@${bench.simulator.slack.person('ben').id}|ben> <#${channelId(bench, 'ops')}|ops>`,
    from: { personId: ana.id, channelId: incidents },
    triggerId: expect.any(String),
    responseUrl: expect.stringContaining('/respond/'),
  })
})

test('what somebody typed as an entity stays what they typed', async () => {
  await ana.type(incidents, '/bell &lt; &amp;lt;')

  expect(await heard()).toMatchObject({ text: '&lt; &amp;lt;' })
})

test('a command without words has an empty text', async () => {
  await ana.type(incidents, '/bell')

  expect(await heard()).toMatchObject({ kind: 'command', text: '' })
})

test('a button brings its value and the message it stood on', async () => {
  const button = {
    type: 'button',
    action_id: 'bell.stop',
    value: '{"id":"42"}',
    text: { type: 'plain_text', text: 'Stop' },
  }
  await bench.deliver({
    kind: 'slack.say',
    to: '#incidents',
    message: { text: 'ringing &amp; ringing', blocks: [{ type: 'actions', elements: [button] }] },
  })
  const [message] = messagesIn(bench, 'incidents')
  if (!message) throw new Error('nothing was said')

  await ana.click(message, 'Stop')

  expect(await heard()).toMatchObject({
    kind: 'click',
    actionId: 'bell.stop',
    value: '{"id":"42"}',
    from: { personId: ana.id, channelId: incidents },
    message: { channelId: incidents, ts: message.ts, threadTs: null, text: 'ringing & ringing' },
  })
})

test('a choice in a menu brings what was chosen, and the name of its block', async () => {
  const choices = menu('bell.pick').draw('Which?', [{ value: '7', text: 'seven' }], 'delivery/12')
  await bench.deliver({ kind: 'slack.say', to: '#incidents', message: { text: 'which?', blocks: [choices] } })
  const [message] = messagesIn(bench, 'incidents')
  if (!message) throw new Error('nothing was said')

  await ana.choose(message, 'Which?', 'seven')

  expect(await heard()).toMatchObject({ kind: 'click', actionId: 'bell.pick', value: '7', blockId: 'delivery/12' })
})

test('a form is opened, and what was entered comes back by the names of its fields', async () => {
  const view: ModalView = {
    type: 'modal',
    callback_id: 'bell.form',
    private_metadata: '{"bell":1}',
    title: plain('Ring'),
    submit: plain('Ring'),
    close: plain('Cancel'),
    blocks: [
      input({ name: 'title', label: 'Title', element: textInput(undefined) }),
      input({ name: 'note', label: 'Note', isOptional: true, element: textInput(undefined) }),
    ],
  }
  await ana.type(incidents, '/bell')
  const command = await heard()

  expect(await bench.slack.openModal(command && 'triggerId' in command ? command.triggerId : '', view)).toBe('opened')
  await ana.submit({ Title: 'a < b & c' })

  expect(await heard()).toMatchObject({
    kind: 'submit',
    modalId: 'bell.form',
    meta: '{"bell":1}',
    values: { title: 'a < b & c', note: null },
    from: { personId: ana.id, channelId: null },
  })
})

test('a form comes too late after three seconds, and one that was opened before is open', async () => {
  const view: ModalView = {
    type: 'modal',
    callback_id: 'bell.form',
    private_metadata: '',
    title: plain('Ring'),
    submit: plain('Ring'),
    close: plain('Cancel'),
    blocks: [{ type: 'section', text: plain('Ring?') }],
  }
  await ana.type(incidents, '/bell')
  const command = await heard()
  const trigger = command && 'triggerId' in command ? command.triggerId : ''

  expect(await bench.slack.openModal(trigger, view)).toBe('opened')
  expect(await bench.slack.openModal(trigger, view)).toBe('opened')
  await ana.type(incidents, '/bell')
  const later = await heard()
  bench.clock.advance(3_001)
  expect(await bench.slack.openModal(later && 'triggerId' in later ? later.triggerId : '', view)).toBe('too-late')
  expect(await bench.slack.openModal('no such trigger', view)).toBe('too-late')
})

test('a shortcut on a message brings the message, its author and its thread', async () => {
  await bench.simulator.slack.person('ben').type(incidents, 'checkout is slow & sad')
  const message = messagesIn(bench, 'incidents').at(-1)
  if (!message) throw new Error('nothing was said')

  await ana.shortcut('Ring for this', message)

  expect(await heard()).toMatchObject({
    kind: 'shortcut',
    shortcutId: 'bell.forMessage',
    from: { personId: ana.id, channelId: incidents },
    message: { ts: message.ts, text: 'checkout is slow & sad', authorId: bench.simulator.slack.person('ben').id },
  })
})

test('a global shortcut has no message', async () => {
  await ana.shortcut('Ring')

  expect(await heard()).toMatchObject({ kind: 'shortcut', shortcutId: 'bell.ring', from: { channelId: null } })
})

test('a message of a person is heard, decoded once', async () => {
  await ana.type(incidents, 'is 1 < 2?')

  await expect.poll(() => bench.kept.length).toBe(1)
  expect(await heard()).toMatchObject({
    kind: 'said',
    change: 'posted',
    from: { personId: ana.id, channelId: incidents },
    message: { text: 'is 1 < 2?', authorId: ana.id, threadTs: null, files: [] },
  })
})

test('a reply is heard with its thread, and a message knows when it was written', async () => {
  await ana.type(incidents, 'first')
  const first = messagesIn(bench, 'incidents').at(-1)
  await ana.type(incidents, 'second', first?.ts)

  await expect.poll(() => bench.kept.length).toBe(2)
  expect(await heard()).toMatchObject({
    message: { text: 'second', threadTs: first?.ts, at: expect.stringMatching(/^20\d\d-.*Z$/) },
  })
})

test('an edit is heard with what stood there before, a deletion with what is gone', async () => {
  await ana.type(incidents, 'a < b')
  const message = messagesIn(bench, 'incidents').at(-1)
  if (!message) throw new Error('nothing was said')

  await ana.edit(message, 'a < c')
  await expect.poll(() => bench.kept.length).toBe(2)
  expect(await heard()).toMatchObject({
    kind: 'said',
    change: 'edited',
    before: 'a < b',
    message: { text: 'a < c', ts: message.ts },
    from: { personId: ana.id },
  })

  await ana.delete(message)
  await expect.poll(() => bench.kept.length).toBe(3)
  expect(await heard()).toMatchObject({
    kind: 'said',
    change: 'deleted',
    message: { text: 'a < c', ts: message.ts, authorId: ana.id },
  })
})

test('the preview of a link is no edit', async () => {
  const message = { user: 'U1', text: 'see https://example.com', ts: '1.1' }
  const event = { type: 'message', subtype: 'message_changed', channel: 'C1', message, previous_message: message }

  expect(await heardEvent(event)).toBeNull()
})

test('a file is heard by its name and where it is, never with its content', async () => {
  await ana.postFile(incidents, { name: 'error.log', content: 'secret', text: 'the log' })

  await expect.poll(() => bench.kept.length).toBe(1)
  expect(await heard()).toMatchObject({
    message: { text: 'the log', files: [{ name: 'error.log', permalink: expect.stringContaining('/files/') }] },
  })
  expect(bench.kept.at(-1)?.body).not.toContain('secret')
})

test.each(['channel_join', 'channel_topic', 'channel_name', 'pinned_item', 'bot_add'])(
  'what Slack itself writes about %s is not what somebody said',
  async (subtype) => {
    expect(await heardEvent({ type: 'message', subtype, user: 'U1', text: 'x', channel: 'C1', ts: '1.1' })).toBeNull()
  },
)

test.each([
  ['channel_rename', { channel: { id: 'C1', name: 'x' } }],
  ['channel_archive', { channel: 'C1', user: 'U1' }],
  ['channel_unarchive', { channel: 'C1', user: 'U1' }],
  ['channel_deleted', { channel: 'C1' }],
  ['group_archive', { channel: 'C1' }],
  ['group_left', { channel: 'C1' }],
  ['member_joined_channel', { channel: 'C1', user: 'U0TOCSIN01' }],
  ['message', { channel: 'C1', subtype: 'channel_convert_to_private', user: 'U1', ts: '1.1' }],
])('%s makes a channel worth a look', async (type, event) => {
  expect(await heardEvent({ type, ...event })).toMatchObject({ kind: 'channel', channelId: 'C1' })
})

test('whoever comes into a channel is heard, and who invited them', async () => {
  const event = { type: 'member_joined_channel', user: 'U1', channel: 'C1', inviter: 'U2' }

  expect(await heardEvent(event)).toMatchObject({
    kind: 'joined',
    invitedBy: 'U2',
    from: { personId: 'U1', channelId: 'C1' },
  })
})

test('a reaction is heard with the channel of what it is on', async () => {
  await ana.type(incidents, 'look')
  const message = messagesIn(bench, 'incidents').at(-1)
  if (message) await ana.react(message, 'pushpin')

  await expect
    .poll(async () => (await heard())?.kind === 'reacted' && (await heard()))
    .toMatchObject({
      change: 'added',
      emoji: 'pushpin',
      on: { channelId: incidents, ts: message?.ts, authorId: ana.id },
      from: { personId: ana.id, channelId: incidents },
    })
})

test('a thumb of any colour is the same thumb', async () => {
  const event = {
    type: 'reaction_removed',
    user: 'U1',
    reaction: '+1::skin-tone-3',
    item: { channel: 'C1', ts: '1.1' },
  }

  expect(await heardEvent(event)).toMatchObject({ kind: 'reacted', change: 'removed', emoji: '+1' })
})

test('the link to a message, and a message that is a reply, are asked of Slack; what is gone is nothing', async () => {
  await ana.type(incidents, 'first')
  const first = messagesIn(bench, 'incidents').at(-1)
  await ana.type(incidents, 'a <reply>', first?.ts)
  const ts = messagesIn(bench, 'incidents').at(-1)?.ts ?? ''
  const { lookups } = bench.slack

  expect(await lookups.permalink({ channelId: incidents, ts })).toContain(`thread_ts=${first?.ts}`)
  expect(await lookups.message({ channelId: incidents, ts })).toMatchObject({ text: 'a <reply>', threadTs: first?.ts })
  expect(await lookups.permalink({ channelId: incidents, ts: '1.000001' })).toBeNull()
  expect(await lookups.message({ channelId: 'C0NOWHERE1', ts })).toBeNull()
  bench.simulator.slack.faults.mode = 'down'
  await expect(lookups.permalink({ channelId: incidents, ts })).rejects.toMatchObject({ isOutage: true })
})

test.each([
  ['posts', { type: 'message', user: 'U0TOCSIN01', text: 'x', channel: 'C1' }],
  ['posts as an app', { type: 'message', bot_id: 'B0TOCSIN01', text: 'x', channel: 'C1' }],
  ['edits', { type: 'message', subtype: 'message_changed', message: { user: 'U0TOCSIN01', text: 'x' }, channel: 'C1' }],
  [
    'deletes',
    { type: 'message', subtype: 'message_deleted', previous_message: { bot_id: 'B0TOCSIN01' }, channel: 'C1' },
  ],
  ['reacts to', { type: 'reaction_added', user: 'U0TOCSIN01', reaction: 'x', item: { channel: 'C1', ts: '1.1' } }],
])('the bot does not hear what it %s itself', async (_what, event) => {
  expect(await heardEvent(event)).toBeNull()
})

test('before Slack has said who we are, our own messages are not heard either', async () => {
  const early = await open({ isStarted: false })
  const body = (event: object) => JSON.stringify({ type: 'event_callback', api_app_id: 'A1', event })

  const said = { type: 'message', user: 'U1', text: 'x', channel: 'C1' }
  expect(await early.slack.hear(body({ ...said, bot_id: 'B1' }))).toBeNull()
  expect(await early.slack.hear(body(said))).toMatchObject({
    from: { personId: 'U1' },
  })
})

test('somebody of another workspace is heard; what they may do is decided by who they are', async () => {
  expect(
    await heardEvent(
      { type: 'message', user: 'U0SAM00007', text: 'hi', channel: 'C1', team: 'T0ELSEWHER' },
      { team_id: 'T0ELSEWHER' },
    ),
  ).toMatchObject({
    from: { personId: 'U0SAM00007' },
  })
})

test('an edit by a person is heard as theirs', async () => {
  const event = {
    type: 'message',
    subtype: 'message_changed',
    channel: 'C1',
    message: { user: 'U1', text: 'a &lt; b' },
  }

  expect(await heardEvent(event)).toMatchObject({
    from: { personId: 'U1', channelId: 'C1' },
    message: { text: 'a < b' },
  })
})

test('an event that nobody in particular caused has no person', async () => {
  expect(await heardEvent({ type: 'channel_shared', channel: 'C1' })).toMatchObject({
    kind: 'event',
    from: { personId: '', channelId: 'C1' },
  })
})

test('a body that means nothing to us is heard as nothing', async () => {
  expect(await bench.slack.hear(JSON.stringify({ type: 'something_new' }))).toBeNull()
})

function plain(text: string) {
  return { type: 'plain_text', text } as const
}
