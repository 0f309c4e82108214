import { expect, test } from 'vitest'
import { type Bench, benches, callsOf, channelId } from '../../../tests/support/slack-adapter.ts'
import type { DesiredChannel, SlackEffect } from '../../core/effects.ts'

const open = benches()
const name = 'incidents/42/channel'
const callback = { feature: 'incidents', id: '42', command: { type: 'none' } }
const channel = (desired: Partial<DesiredChannel> = {}): SlackEffect => ({
  kind: 'slack.channel',
  name,
  desired: { name: 'inc-42-checkout', isPrivate: false, topic: 'P1 · investigating', members: [], ...desired },
  whenDone: callback,
  whenGivenUp: callback,
})
const find = ({ simulator }: Bench, wanted = 'inc-42-checkout') =>
  simulator.slack.channels().find((one) => one.name === wanted)
const person = ({ simulator }: Bench, who: string) => simulator.slack.person(who).id
const changes = ({ simulator }: Bench) =>
  simulator.slack.calls.filter(({ method }) => !/\.(info|list|test)$/.test(method)).length

test('a channel is opened with its topic and its people', async () => {
  const bench = await open()
  const members = [person(bench, 'ana'), person(bench, 'ben')]

  const { observed } = await bench.deliver(channel({ members }))

  expect(find(bench)).toMatchObject({ topic: 'P1 · investigating', kind: 'public' })
  expect(find(bench)?.members).toEqual(expect.arrayContaining(members))
  expect(observed).toMatchObject({
    channelId: channelId(bench, 'inc-42-checkout'),
    name: 'inc-42-checkout',
    invited: members,
    isArchived: false,
  })
})

test('what is as it should be costs no call', async () => {
  const bench = await open()
  await bench.deliver(channel())
  const before = bench.simulator.slack.calls.length

  await bench.deliver(channel())

  expect(bench.simulator.slack.calls.length).toBe(before)
})

test('only the difference is done', async () => {
  const bench = await open()
  const ana = person(bench, 'ana')
  await bench.deliver(channel({ members: [ana] }))
  const before = changes(bench)

  await bench.deliver(channel({ members: [ana], topic: 'P2 · investigating' }))

  expect(find(bench)?.topic).toBe('P2 · investigating')
  expect(changes(bench) - before).toBe(1)
})

test('a channel whose answer was lost is found, not made twice', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('conversations.create', { kind: 'reset', when: 'after-effect' })

  await bench.deliver(channel())

  expect(bench.simulator.slack.channels().filter((one) => one.name.startsWith('inc-42'))).toHaveLength(1)
  expect(find(bench)?.topic).toBe('P1 · investigating')
})

test('a channel that was opened half is completed by another process', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('conversations.setPurpose', { kind: 'http', status: 503 })
  await expect(bench.attempt(channel())).rejects.toMatchObject({ outcome: 'unknown', isOutage: true })
  const other = await open({ apiUrl: bench.simulator.env.SLACK_API_URL ?? '' })

  await other.deliver(channel(), { isInDoubt: true })

  expect(bench.simulator.slack.channels().filter((one) => one.name.startsWith('inc-42'))).toHaveLength(1)
  expect(find(bench)?.topic).toBe('P1 · investigating')
})

test('when somebody has taken the name, a number is added', async () => {
  const bench = await open()
  const taken = await open({ apiUrl: bench.simulator.env.SLACK_API_URL ?? '' })
  await taken.deliver({ ...channel(), name: 'launches/7/channel' } as SlackEffect)

  const { observed } = await bench.deliver(channel())

  expect(observed).toMatchObject({ name: 'inc-42-checkout-2' })
})

test('a channel that was made and not yet marked as ours is found by who made it, and when', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('conversations.setPurpose', { kind: 'http', status: 503 })
  await expect(bench.attempt(channel())).rejects.toMatchObject({ outcome: 'unknown' })

  const { observed } = await bench.deliver(channel(), { isInDoubt: true })

  expect(observed).toMatchObject({ name: 'inc-42-checkout' })
})

test('a topic that a person wrote is left alone from then on', async () => {
  const bench = await open()
  await bench.deliver(channel())
  setTopicByHand(bench, 'Bridge: https://meet.example/42')

  await bench.deliver(channel({ topic: 'P2 · investigating' }))
  const { observed } = await bench.deliver(channel({ topic: 'resolved' }))

  expect(find(bench)?.topic).toBe('Bridge: https://meet.example/42')
  expect(observed).toMatchObject({ changedByPeople: ['topic'] })
})

test('a channel that a person renamed keeps that name', async () => {
  const bench = await open()
  await bench.deliver(channel())
  const found = find(bench)
  if (found) Object.assign(found, { name: 'the-great-outage' })

  const { observed } = await bench.deliver(channel({ name: 'inc-42-payments' }))

  expect(observed).toMatchObject({ name: 'the-great-outage', changedByPeople: ['name'] })
})

test('a channel is renamed when its name should be another', async () => {
  const bench = await open()
  await bench.deliver(channel())

  await bench.deliver(channel({ name: 'inc-42-payments' }))

  expect(find(bench)).toBeUndefined()
  expect(find(bench, 'inc-42-payments')).toBeDefined()
})

test('one person who cannot be invited does not keep the others away, and is named', async () => {
  const bench = await open()
  const [ana, gone, guest] = [person(bench, 'ana'), person(bench, 'old-olga'), person(bench, 'gus')]

  const { observed } = await bench.deliver(channel({ members: [gone, ana, guest] }))

  expect(find(bench)?.members).toContain(ana)
  expect(observed).toMatchObject({ invited: [ana], skipped: { [gone]: 'cant_invite', [guest]: 'user_is_restricted' } })
})

test('when Slack does not say who cannot be invited, each is tried alone', async () => {
  const bench = await open()
  const [ana, ben] = [person(bench, 'ana'), person(bench, 'ben')]
  bench.simulator.slack.faults.inject('conversations.invite', { kind: 'error', error: 'cant_invite' }, 2)

  const { observed } = await bench.deliver(channel({ members: [ana, ben] }))

  expect(observed).toMatchObject({ invited: [ben], skipped: { [ana]: 'cant_invite' } })
})

test('whoever left is not dragged back', async () => {
  const bench = await open()
  const ana = person(bench, 'ana')
  await bench.deliver(channel({ members: [ana] }))
  await bench.simulator.slack.person('ana').leave(channelId(bench, 'inc-42-checkout'))

  await bench.deliver(channel({ members: [ana], topic: 'P2' }))

  expect(find(bench)?.members).not.toContain(ana)
})

test('an archived channel is left in peace', async () => {
  const bench = await open()
  await bench.deliver(channel())
  const found = find(bench)
  if (found) Object.assign(found, { isArchived: true })

  const { observed } = await bench.deliver(channel({ topic: 'P2', members: [person(bench, 'ana')] }))

  expect(observed).toMatchObject({ isArchived: true, topic: 'P1 · investigating' })
})

test('a channel that somebody opens again after it was archived is kept again', async () => {
  const bench = await open()
  await bench.deliver(channel())
  const found = find(bench)
  if (found) Object.assign(found, { isArchived: true })
  await bench.deliver(channel({ topic: 'P2' }))
  if (found) Object.assign(found, { isArchived: false })

  await bench.deliver(channel({ topic: 'P3' }))

  expect(find(bench)?.topic).toBe('P3')
})

test('steps that Slack holds back are taken up where they stopped', async () => {
  const bench = await open()
  const { faults } = bench.simulator.slack
  faults.inject('conversations.setTopic', { kind: 'http', status: 429, retryAfterSeconds: 5 })
  faults.inject('conversations.invite', { kind: 'http', status: 503 })

  await bench.deliver(channel({ members: [person(bench, 'ana')] }))

  expect(find(bench)).toMatchObject({ topic: 'P1 · investigating' })
  expect(find(bench)?.members).toContain(person(bench, 'ana'))
  expect(callsOf(bench, 'conversations.create')).toBe(1)
})

test('thirty incidents in a minute get their channels, and Slack never has to ask us to wait', async () => {
  const bench = await open()
  const numbers = Array.from({ length: 30 }, (_, n) => n + 1)
  const channelOf = (n: number) =>
    ({
      ...channel({ name: `inc-${n}`, members: [person(bench, 'ana')] }),
      name: `incidents/${n}/channel`,
    }) as SlackEffect

  // In sequence, because the clock is moved while one waits, and must not run away from the others' calls.
  for (const n of numbers) await bench.deliver(channelOf(n))

  expect(numbers.filter((n) => !find(bench, `inc-${n}`)?.members.includes(person(bench, 'ana')))).toEqual([])
  expect(bench.simulator.slack.calls.filter(({ outcome }) => outcome === 'http 429')).toEqual([])
})

test('a channel that may not be opened is given up, and says which scope is missing', async () => {
  const bench = await open()
  bench.simulator.slack.faults.inject('conversations.create', { kind: 'error', error: 'missing_scope' })

  await expect(bench.deliver(channel())).rejects.toMatchObject({
    code: expect.stringContaining('missing_scope'),
    outcome: 'never',
  })
})

function setTopicByHand(bench: Bench, topic: string): void {
  const found = find(bench)
  if (found) Object.assign(found, { topic, topicCreator: person(bench, 'ana') })
}
