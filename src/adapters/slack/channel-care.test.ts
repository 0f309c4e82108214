/** What happens to a channel after it was opened: bookmarks, groups, archiving, and what people change in it. */
import { expect, test } from 'vitest'
import { type Bench, benches, callsOf } from '../../../tests/support/slack-adapter.ts'
import type { ChannelChange, DesiredChannel, SlackEffect } from '../../core/effects.ts'
import type { SlackChannel } from '../../simulator/types.ts'

const open = benches()
const name = 'incidents/42/channel'
const callback = { feature: 'incidents', id: '42', command: { type: 'none' } }
const channel = (desired: Partial<DesiredChannel> = {}): SlackEffect => ({
  kind: 'slack.channel',
  name,
  desired: { name: 'inc-42', isPrivate: false, topic: 'P1', members: [], ...desired },
  whenDone: callback,
  whenGivenUp: callback,
  whenChanged: callback,
})
const looks = { isLook: true }
const card = { title: 'Runbook', link: 'https://example.com/runbook' }

function found(bench: Bench): SlackChannel {
  const id = (bench.observed.get(name) as { channelId?: string } | undefined)?.channelId
  const one = bench.simulator.slack.channels().find((candidate) => candidate.id === id)
  if (!one) throw new Error('the channel was not opened')
  return one
}

async function opened(desired: Partial<DesiredChannel> = {}) {
  const bench = await open()
  const ana = bench.simulator.slack.person('ana')
  await bench.deliver(channel({ members: [ana.id], ...desired }))
  const change = async (more: Partial<DesiredChannel>, how: object = {}) =>
    (await bench.deliver(channel({ members: [ana.id], ...desired, ...more }), how)).changed as ChannelChange | undefined
  return { bench, ana, id: found(bench).id, change }
}

test('a private channel is private from its first moment, and only who is invited is in it', async () => {
  const { bench, ana } = await opened({ isPrivate: true })

  expect(found(bench)).toMatchObject({ kind: 'private', members: expect.arrayContaining([ana.id]) })
  expect(bench.simulator.slack.calls.find(({ method }) => method === 'conversations.create')?.args.is_private).toBe(
    'true',
  )
})

test('whoever is in a user group is invited once, with the others', async () => {
  const { bench, change, id } = await opened({ groups: ['approvers'] })
  const dmitri = bench.simulator.slack.person('dmitri')
  expect(found(bench).members).toContain(dmitri.id)

  await dmitri.leave(id)
  await change({ topic: 'P2' })

  expect(found(bench).members).not.toContain(dmitri.id)
})

test('a group that does not exist brings nobody, and keeps nobody away', async () => {
  const { bench, ana } = await opened({ groups: ['no-such-group'] })

  expect(found(bench).members).toContain(ana.id)
})

test('the purpose says what the channel is for, and carries our mark', async () => {
  const { bench, change } = await opened({ purpose: 'Checkout returns 500s' })
  const purpose = () => (found(bench) as SlackChannel & { purpose: string }).purpose
  expect(purpose()).toBe(`Checkout returns 500s (tocsin:${name})`)

  await change({ purpose: 'Checkout is slow' })

  expect(purpose()).toBe(`Checkout is slow (tocsin:${name})`)
})

test('bookmarks are put there, changed and taken away, each once', async () => {
  const { bench, change } = await opened({ bookmarks: [card, { title: 'Status', link: 'https://example.com/status' }] })
  const shown = () => found(bench).bookmarks.map(({ title, link }) => `${title} ${link}`)
  expect(shown()).toEqual(['Runbook https://example.com/runbook', 'Status https://example.com/status'])

  await change({ bookmarks: [{ ...card, link: 'https://example.com/better' }] })

  expect(shown()).toEqual(['Runbook https://example.com/better'])
  expect(callsOf(bench, 'bookmarks.add')).toBe(2)
})

test('a bookmark whose answer was lost is not put there twice', async () => {
  const { bench, change } = await opened()
  bench.simulator.slack.faults.inject('bookmarks.add', { kind: 'reset', when: 'after-effect' })

  await change({ bookmarks: [card] })

  expect(found(bench).bookmarks).toHaveLength(1)
})

test('bookmarks of people stay, and one that a person took away is not put back', async () => {
  const { bench, ana, id, change } = await opened({ bookmarks: [card] })
  await ana.channels.addBookmark(id, 'Dashboard', 'https://example.com/dashboard')
  await ana.channels.removeBookmark(id, 'Runbook')

  await change({ bookmarks: [{ ...card, link: 'https://example.com/better' }] })
  await change({ bookmarks: [] })

  expect(found(bench).bookmarks.map(({ title }) => title)).toEqual(['Dashboard'])
})

test('a bookmark that Slack refuses keeps nothing else from being done', async () => {
  const { bench, change } = await opened()
  bench.simulator.slack.faults.inject('bookmarks.add', { kind: 'error', error: 'too_many_bookmarks' })

  await change({ topic: 'P2', bookmarks: [card] })

  expect(found(bench).topic).toBe('P2')
  expect(bench.logged.join()).toContain('too_many_bookmarks')
})

test('a channel is archived once, after all else was done', async () => {
  const { bench, change } = await opened()

  const changed = await change({ topic: 'closed', isArchived: true })
  await change({ topic: 'closed', isArchived: true })

  expect(found(bench)).toMatchObject({ isArchived: true, topic: 'closed' })
  expect(callsOf(bench, 'conversations.archive')).toBe(1)
  expect(changed).toBeUndefined()
})

test('wanted open again, an archived channel needs a person, because Slack lets no bot unarchive', async () => {
  const { bench, ana, id, change } = await opened()
  await change({ isArchived: true })

  expect(await change({ isArchived: false })).toEqual({ needsUnarchiving: true })
  expect(await change({ isArchived: false, topic: 'P2' })).toBeUndefined()

  await ana.channels.unarchive(id)
  expect(await change({ isArchived: false, topic: 'P2' }, looks)).toEqual({ isArchived: false })
  expect(found(bench).topic).toBe('P2')
})

test('a private channel that we archived is no news when it is looked at, and needs a person to be opened again', async () => {
  const { bench, ana, id, change } = await opened({ isPrivate: true })
  await change({ isArchived: true })

  expect(await change({ isArchived: true }, looks)).toBeUndefined()
  expect(await change({ isArchived: false })).toEqual({ needsUnarchiving: true })
  await ana.channels.unarchive(id)
  await ana.channels.invite(id, 'tocsin')
  expect(await change({ isArchived: false, topic: 'P2' }, looks)).toEqual({ isArchived: false })
  expect(found(bench).topic).toBe('P2')
})

test('a channel that a person archives stays archived, and its owner hears of it once', async () => {
  const { bench, ana, id, change } = await opened()
  await ana.channels.archive(id)

  expect(await change({}, looks)).toEqual({ isArchived: true })
  expect(await change({ topic: 'P2' })).toBeUndefined()
  expect(found(bench).isArchived).toBe(true)
  expect(callsOf(bench, 'conversations.unarchive')).toBe(0)
})

test('what our own hands did is no news', async () => {
  const { change } = await opened()
  await change({ name: 'inc-42-search', isArchived: true })

  expect(await change({ name: 'inc-42-search', isArchived: true }, looks)).toBeUndefined()
})

test('a name that a person gave is told and kept, also when we would want another', async () => {
  const { bench, ana, id, change } = await opened()
  await ana.channels.rename(id, 'checkout-war-room')

  expect(await change({}, looks)).toEqual({ name: 'checkout-war-room' })
  await change({ name: 'inc-42-search' })

  expect(found(bench).name).toBe('checkout-war-room')
})

test('a channel that a person makes private is noticed', async () => {
  const { ana, id, change } = await opened()
  await ana.channels.makePrivate(id)

  expect(await change({}, looks)).toEqual({ isPrivate: true })
})

test('sent out of a private channel, the bot says so once, and comes back when it is let in', async () => {
  const { bench, ana, id, change } = await opened({ isPrivate: true })
  await ana.channels.remove(id, 'tocsin')

  expect(await change({ topic: 'P2' })).toEqual({ isGone: true })
  expect(await change({ topic: 'P3' })).toBeUndefined()
  await ana.channels.invite(id, 'tocsin')
  expect(await change({ topic: 'P3' }, looks)).toEqual({ isGone: false })
  expect(found(bench).topic).toBe('P3')
})
