/** The bot's emoji, its files, and who is in a user group. */
import { expect, test } from 'vitest'
import { type Bench, benches, callsOf, messagesIn } from '../../../tests/support/slack-adapter.ts'
import type { SlackEffect, TextFile } from '../../core/effects.ts'

const open = benches()
const incidents = 'C0INCIDEN2'
const file = (more: Partial<TextFile> = {}): SlackEffect => ({
  kind: 'slack.file',
  to: '#incidents',
  file: { name: 'inc-42.md', title: 'Timeline of INC-42', content: '# INC-42 — ünïcode', ...more },
})
const group = (...members: string[]): SlackEffect => ({
  kind: 'slack.group',
  name: 'oncall/platform/group',
  group: '@oncall-platform',
  members,
})
const person = ({ simulator }: Bench, who: string) => simulator.slack.person(who).id

async function withMessage() {
  const bench = await open()
  await bench.simulator.slack.person('ana').type(incidents, 'look at this')
  const ts = messagesIn(bench, 'incidents').at(-1)?.ts ?? ''
  const react = (isThere: boolean): SlackEffect => ({
    kind: 'slack.react',
    on: { channelId: incidents, ts },
    emoji: 'pushpin',
    isThere,
  })
  const reactions = () =>
    messagesIn(bench, 'incidents')
      .at(-1)
      ?.reactions.map(({ name }) => name)
  return { bench, react, reactions }
}

test('a mark is put on a message and taken away, however often it is asked for', async () => {
  const { bench, react, reactions } = await withMessage()

  await bench.deliver(react(true))
  await bench.deliver(react(true))
  expect(reactions()).toEqual(['pushpin'])

  await bench.deliver(react(false))
  await bench.deliver(react(false))
  expect(reactions()).toEqual([])
})

test('a mark on a message that is gone is no trouble to anybody', async () => {
  const { bench } = await withMessage()

  await bench.deliver({
    kind: 'slack.react',
    on: { channelId: incidents, ts: '1.000001' },
    emoji: 'eyes',
    isThere: true,
  })

  expect(callsOf(bench, 'reactions.add')).toBe(1)
})

test('a file is posted with its words, and can be read to the letter', async () => {
  const bench = await open()

  await bench.deliver(file({ comment: 'The timeline' }))

  expect(messagesIn(bench, 'incidents').at(-1)).toMatchObject({
    text: 'The timeline',
    files: [{ name: 'inc-42.md', title: 'Timeline of INC-42', content: '# INC-42 — ünïcode' }],
  })
})

test('a file whose answer was lost is not posted twice', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('files.completeUploadExternal', { kind: 'reset', when: 'after-effect' })

  await bench.deliver(file())

  expect(messagesIn(bench, 'incidents')).toHaveLength(1)
})

test('a file can stand in a thread', async () => {
  const { bench } = await withMessage()
  const ts = messagesIn(bench, 'incidents').at(-1)?.ts ?? ''

  await bench.deliver({ ...file(), inThreadOf: { channelId: incidents, ts } } as SlackEffect)

  expect(messagesIn(bench, 'incidents').at(-1)?.threadTs).toBe(ts)
})

test.each([
  ['missing_scope', 'never'],
  ['storage_limit_reached', 'never'],
  ['file_type_not_allowed', 'never'],
])('a file that Slack refuses with %s is given up', async (code, outcome) => {
  const bench = await open()
  bench.simulator.slack.faults.inject('files.getUploadURLExternal', { kind: 'error', error: code })

  await expect(bench.deliver(file())).rejects.toMatchObject({ code, outcome })
})

test('a user group has exactly those who are on call, and is written only when that changes', async () => {
  const bench = await open()
  const [ana, ben] = [person(bench, 'ana'), person(bench, 'ben')]

  await bench.deliver(group(ben))
  await bench.deliver(group(ben))
  await bench.deliver(group(ana, ben))

  expect(await bench.slack.people.membersOf('oncall-platform')).toEqual([ana, ben])
  expect(callsOf(bench, 'usergroups.users.update')).toBe(2)
})

test('a user group cannot be empty, so it keeps who is in it', async () => {
  const bench = await open()

  await bench.deliver(group())

  expect(await bench.slack.people.membersOf('oncall-platform')).toEqual([person(bench, 'ana')])
  expect(bench.logged.join()).toContain('cannot be empty')
})

test('a user group that nobody made is given up, and so is one that only others may change', async () => {
  const bench = await open()
  await expect(bench.deliver({ ...group('U1'), group: 'nobody' } as SlackEffect)).rejects.toMatchObject({
    code: 'no_such_subteam',
    outcome: 'never',
  })
  bench.simulator.slack.faults.inject('usergroups.users.update', { kind: 'error', error: 'permission_denied' })
  await expect(bench.deliver(group(person(bench, 'ben')))).rejects.toMatchObject({ outcome: 'never' })
})
