import { expect, test } from 'vitest'
import { isRefusal } from '../../../../core/decision.ts'
import { type Command, decide, type Event, evolve, isAddress, type Refused, type Subscriber } from './domain.ts'

const minute = 60_000
const start = Date.parse('2026-03-02T12:00:00Z')
const actor = { kind: 'source', name: 'status page' } as const
const policy = { components: ['checkout', 'search'] }

function decideAt(subscriber: Subscriber | null, command: Command, minutes = 0): readonly Event[] | Refused {
  const decision = decide(subscriber, command, { id: 's1', now: new Date(start + minutes * minute), actor, policy })
  return isRefusal<Refused>(decision) ? decision.refused : decision
}

function after(subscriber: Subscriber | null, command: Command, minutes = 0): Subscriber {
  const events = decideAt(subscriber, command, minutes)
  if (typeof events === 'string') throw new Error(`refused: ${events}`)
  return events.reduce<Subscriber | null>(evolve, subscriber) as Subscriber
}

const ask: Command = { type: 'subscriber.ask', address: 'eve@client.example', locale: 'en', components: [] }

test('each mail that nobody answered makes the next one wait four times as long, and no longer than a day', () => {
  const waits: number[] = []
  let [subscriber, now] = [after(null, ask), 0]
  for (let n = 0; n < 7; n += 1) {
    let wait = 0
    while (decideAt(subscriber, ask, now + wait) === 'asked-just-now') wait += 1
    waits.push(wait)
    now += wait
    subscriber = after(subscriber, ask, now)
  }
  expect(waits).toEqual([2, 8, 32, 128, 512, 1_440, 1_440])
})

test('whoever answers may ask again at once', () => {
  const confirmed = after(after(null, ask), { type: 'subscriber.confirm', round: 1 }, 1)
  expect(decideAt(confirmed, ask, 1)).toMatchObject([{ type: 'subscriber.asked', round: 2 }])
})

test('in a flood nobody more is taken in', () => {
  expect(decideAt(null, { ...ask, askedLately: 300 })).toBe('too-many-asked')
})

test('what is chosen is kept in the order of the page, once', () => {
  const [event] = decideAt(null, { ...ask, components: ['search', 'checkout', 'search'] }) as readonly Event[]
  expect(event).toMatchObject({ components: ['checkout', 'search'] })
})

test('whoever left and comes back must confirm again, and an old link does not bring them back', () => {
  const confirmed = after(after(null, ask), { type: 'subscriber.confirm', round: 1 })
  const left = after(confirmed, { type: 'subscriber.leave' })
  expect(left).toMatchObject({ address: '', confirmedAt: null })
  expect(decideAt(left, { type: 'subscriber.confirm', round: 1 })).toBe('no-such-link')
  expect(after(left, ask, 10)).toMatchObject({ address: 'eve@client.example', confirmedAt: null })
})

test('whom their own server refuses three times in a month is not written to, until they follow a link again', () => {
  const bounce: Command = { type: 'subscriber.noteBounce', code: 'smtp_550_recipient' }
  const day = 24 * 60
  const confirmed = after(after(null, ask), { type: 'subscriber.confirm', round: 1 })
  const twice = after(after(confirmed, bounce, 10), bounce, 20)
  expect(twice).toMatchObject({ bounces: 2, suspendedAt: null })
  expect(after(twice, bounce, 40 * day), 'long ago counts no more').toMatchObject({ bounces: 1, suspendedAt: null })
  const suspended = after(twice, bounce, 30)
  expect(suspended.suspendedAt).not.toBeNull()
  expect(decideAt(suspended, bounce, 40)).toEqual([])
  const back = after(after(suspended, ask, 50), { type: 'subscriber.confirm', round: 2 }, 51)
  expect(back).toMatchObject({ bounces: 0, suspendedAt: null })
})

test.each([
  ['eve@client.example', true],
  ['eve+status@mail.client.example', true],
  ['søren@client.example', true],
  ['eve', false],
  ['eve@client', false],
  ['eve@@client.example', false],
  ['eve@client.example, ben@client.example', false],
  ['Eve <eve@client.example>', false],
  ['eve@client.example\nBcc: ben@client.example', false],
  [`${'x'.repeat(250)}@client.example`, false],
])('«%s» as an address: %s', (text, expected) => {
  expect(isAddress(text)).toBe(expected)
})
