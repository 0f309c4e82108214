import { expect, test } from 'vitest'
import type { SlackChannel, SlackMessage, SlackPerson, SlackWorld } from '../types.ts'
import { phoneCalls } from './phone-calls.ts'

const button = { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Acknowledge' } }] }
const people = [
  { id: 'UANA', name: 'ana', realName: 'Ana Ferreira', kind: 'member' },
  { id: 'UBOT', name: 'tocsin', realName: 'Tocsin', kind: 'bot' },
] as SlackPerson[]
const channels = [
  { id: 'D1', kind: 'dm', members: ['UANA', 'UBOT'] },
  { id: 'C1', kind: 'public', members: ['UANA', 'UBOT'] },
] as unknown as SlackChannel[]

function ringing(...messages: Partial<SlackMessage>[]) {
  const posted = messages.map((message) => ({ channelId: 'D1', user: 'UBOT', deleted: false, blocks: [], ...message }))
  const slack = {
    people: () => people,
    channels: () => channels,
    messages: (id: string) => posted.filter(({ channelId }) => channelId === id),
  }
  return phoneCalls({ slack: slack as unknown as SlackWorld })
}

test('a direct message that pages rings until somebody acknowledged it', () => {
  const calls = ringing(
    { ts: '2.5', text: 'Page: search is gone' },
    { ts: '1.0', text: 'Test page: try', blocks: [button] },
  )

  expect(calls).toMatchObject([
    { ts: '1.0', person: 'UANA', name: 'Ana Ferreira', summary: 'Test page: try', isRinging: true, at: 1_000 },
    { ts: '2.5', summary: 'search is gone', isRinging: false },
  ])
})

test('what else the bot says, what people write, and what stands in a channel rings nowhere', () => {
  const said = ringing(
    { ts: '1', text: 'platform is paged' },
    { ts: '2', text: 'Page: me', user: 'UANA' },
    { ts: '3', text: 'Page: all', channelId: 'C1' },
    { ts: '4', text: 'Page: gone', deleted: true },
  )

  expect(said).toEqual([])
})
