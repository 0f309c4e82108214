import { expect, test } from 'vitest'
import { type Bench, benches, callsOf } from '../../../tests/support/slack-adapter.ts'

const open = benches()
const id = ({ simulator }: Bench, name: string) => simulator.slack.person(name).id

test.each([
  ['ana', 'member'],
  ['gus', 'guest'],
  ['sam', 'stranger'],
  ['old-olga', 'deactivated'],
  ['tocsin', 'bot'],
])('%s is known as a %s', async (name, kind) => {
  const bench = await open()

  expect(await bench.slack.people.find(id(bench, name))).toMatchObject({ handle: name, kind })
})

test('a person carries a name and a time zone', async () => {
  const bench = await open()

  expect(await bench.slack.people.find(id(bench, 'ana'))).toEqual({
    id: id(bench, 'ana'),
    handle: 'ana',
    realName: 'Ana Ferreira',
    kind: 'member',
    timeZone: 'Europe/Lisbon',
  })
})

test('nobody is found for an id that Slack does not know, and for none', async () => {
  const bench = await open()

  expect(await bench.slack.people.find('U0NOBODY00')).toBeNull()
  expect(await bench.slack.people.find('')).toBeNull()
})

test('a person is asked for once in ten minutes, however often they act', async () => {
  const bench = await open()
  const ana = id(bench, 'ana')

  await Promise.all([bench.slack.people.find(ana), bench.slack.people.find(ana)])
  await bench.slack.people.find(ana)
  expect(callsOf(bench, 'users.info')).toBe(1)

  bench.clock.advance(10 * 60_000)
  await bench.slack.people.find(ana)
  expect(callsOf(bench, 'users.info')).toBe(2)
})

test('while Slack is away, whoever was known is known still', async () => {
  const bench = await open()
  await bench.slack.people.find(id(bench, 'ana'))
  await bench.slack.people.membersOf('approvers')
  bench.simulator.slack.faults.mode = 'down'
  bench.clock.advance(3_600_000)

  expect(await bench.slack.people.find(id(bench, 'ana'))).toMatchObject({ handle: 'ana' })
  expect(await bench.slack.people.membersOf('approvers')).toHaveLength(2)
  await expect(bench.slack.people.find(id(bench, 'ben'))).rejects.toMatchObject({ isOutage: true })
})

test('whose account is closed is known as that at once, though they were just asked for', async () => {
  const bench = await open()
  expect(await bench.slack.people.find(id(bench, 'ben'))).toMatchObject({ kind: 'member' })

  await bench.simulator.slack.deactivate('ben')
  await expect.poll(() => bench.kept.length).toBe(1)
  expect(await bench.slack.hear(bench.kept[0]?.body ?? '')).toMatchObject({ type: 'user_change' })

  expect(await bench.slack.people.find(id(bench, 'ben'))).toMatchObject({ kind: 'deactivated' })
})

test('where somebody is: present or away, paused, and what they say of themselves', async () => {
  const bench = await open()
  const ben = id(bench, 'ben')
  expect(await bench.slack.people.whereabouts(ben)).toEqual({ presence: 'active', isQuiet: false, status: '' })

  await bench.simulator.slack.show('ben', { isAway: true, isQuiet: true, status: 'on holiday' })

  expect(await bench.slack.people.whereabouts(ben)).toEqual({ presence: 'away', isQuiet: true, status: 'on holiday' })
})

test('what Slack does not tell of where somebody is keeps nobody up', async () => {
  const bench = await open()
  for (const method of ['users.getPresence', 'dnd.info', 'users.info'])
    bench.simulator.slack.faults.inject(method, { kind: 'error', error: 'missing_scope' })

  expect(await bench.slack.people.whereabouts(id(bench, 'ben'))).toEqual({
    presence: 'unknown',
    isQuiet: false,
    status: '',
  })
})

test('nobody is taken for a member before Slack has said which workspace is ours', async () => {
  const bench = await open({ isStarted: false })

  expect(await bench.slack.people.find(id(bench, 'sam'))).toMatchObject({ kind: 'stranger' })
  expect(callsOf(bench, 'auth.test')).toBe(1)
})

test('people are found by the handle that is typed, in any case, and the deactivated are not', async () => {
  const bench = await open()

  expect(await bench.slack.people.byHandle('Ana')).toMatchObject({ id: id(bench, 'ana') })
  expect(await bench.slack.people.byHandle('old-olga')).toBeNull()
  expect(await bench.slack.people.byHandle('nobody')).toBeNull()
  expect(callsOf(bench, 'users.list')).toBe(1)
})

test('a name that two people show means neither of them', async () => {
  const bench = await open()
  const ben = bench.simulator.slack.people().find(({ name }) => name === 'ben')
  if (ben) ben.name = 'ana'

  expect(await bench.slack.people.byHandle('ana')).toBeNull()
})

test('the members of a user group are known by its handle; a group that does not exist has none', async () => {
  const bench = await open()

  expect(await bench.slack.people.membersOf('oncall-platform')).toEqual([id(bench, 'ana')])
  expect(await bench.slack.people.membersOf('nobody')).toEqual([])
})

test.each(['missing_scope', 'plan_upgrade_required'])('without user groups (%s) nobody is in one', async (error) => {
  const bench = await open()
  bench.simulator.slack.faults.inject('usergroups.list', { kind: 'error', error })

  expect(await bench.slack.people.membersOf('approvers')).toEqual([])
})
