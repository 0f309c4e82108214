import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import type { Priority } from '../../core/effects.ts'
import { DeliveryError } from '../../core/ports.ts'
import { movableClock } from '../../lib/clock.ts'
import { createBudget } from './budget.ts'
import { type Method, methods } from './methods.ts'

const names = { last: 0 }

function start() {
  const clock = movableClock(() => 0)
  const budget = createBudget(clock)
  /** Seconds to wait; 0 when the call may be made. */
  const ask = (method: Method, given: { id?: string; channel?: string; priority?: Priority } = {}): number => {
    names.last += 1
    const { id = `call ${names.last}`, channel = null, priority = 'state' } = given
    try {
      budget.take(method, channel, { id, priority })
      return 0
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.code !== 'paced') throw error
      return error.retryAfterSeconds ?? 0
    }
  }
  const use = (method: Method, times: number) => {
    for (let time = 0; time < times; time += 1) expect(ask(method)).toBe(0)
  }
  return { clock, budget, ask, use }
}

test('so many calls as Slack allows in a minute are made, and not one more', () => {
  const { clock, ask, use } = start()
  use('conversations.create', 20)

  expect(ask('conversations.create', { id: 'next' })).toBeCloseTo(61, 1)

  clock.advance(61_000)
  expect(ask('conversations.create', { id: 'next' })).toBe(0)
})

test('one method’s budget is not another’s', () => {
  const { ask, use } = start()
  use('conversations.create', 20)

  expect(ask('conversations.setTopic')).toBe(0)
})

test('a channel takes three messages at once and then one a second, and other channels do not notice', () => {
  const { ask } = start()
  for (let time = 1; time <= 3; time += 1) expect(ask('chat.postMessage', { channel: 'C1' })).toBe(0)

  expect(ask('chat.postMessage', { channel: 'C1' })).toBeGreaterThan(0)
  expect(ask('chat.postMessage', { channel: 'C2' })).toBe(0)
})

test('many who wait for one channel take nothing from another', () => {
  const { ask } = start()
  for (let waiting = 1; waiting <= 100; waiting += 1) ask('chat.update', { channel: 'C1' })

  expect(ask('chat.update', { channel: 'C2' })).toBe(0)
})

test('chatter leaves a third of the budget to answers and cards', () => {
  const { ask } = start()
  const made = Array.from({ length: 20 }, () => ask('conversations.list', { priority: 'chatter' })).filter(
    (wait) => wait === 0,
  )

  expect(made).toHaveLength(14)
  expect(ask('conversations.list', { priority: 'state' })).toBe(0)
})

test('whoever waits is served before whoever comes later', () => {
  const { clock, ask, use } = start()
  use('pins.add', 20)
  ask('pins.add', { id: 'first' })
  clock.advance(61_000)
  use('pins.add', 19)

  expect(ask('pins.add', { id: 'newcomer' })).toBeGreaterThan(0)
  expect(ask('pins.add', { id: 'first' })).toBe(0)
})

test('an answer goes before a card that waits', () => {
  const { clock, ask } = start()
  ask('chat.update', { channel: 'C1' })
  ask('chat.update', { id: 'card', channel: 'C1', priority: 'state' })
  ask('chat.update', { id: 'answer', channel: 'C1', priority: 'answer' })
  clock.advance(1_100)

  expect(ask('chat.update', { id: 'card', channel: 'C1', priority: 'state' })).toBeGreaterThan(0)
  expect(ask('chat.update', { id: 'answer', channel: 'C1', priority: 'answer' })).toBe(0)
})

test('chatter that has waited long enough goes before an answer that has just come', () => {
  const { clock, budget, ask } = start()
  budget.close('chat.update', 'C1', 30)
  ask('chat.update', { id: 'chatter', channel: 'C1', priority: 'chatter' })
  clock.advance(30_001)

  expect(ask('chat.update', { id: 'answer', channel: 'C1', priority: 'answer' })).toBeGreaterThan(0)
  expect(ask('chat.update', { id: 'chatter', channel: 'C1', priority: 'chatter' })).toBe(0)
})

test('those who wait are told different moments, so that they do not all come back at once', () => {
  const { ask } = start()
  for (let time = 1; time <= 3; time += 1) ask('chat.postMessage', { channel: 'C1' })

  const waits = Array.from({ length: 6 }, () => ask('chat.postMessage', { channel: 'C1' }))

  expect(new Set(waits.map((wait) => Math.round(wait))).size).toBeGreaterThan(1)
  expect(waits).toEqual(waits.toSorted((a, b) => a - b))
})

test('a place that nobody comes back to is given away', () => {
  const { clock, ask, use } = start()
  use('pins.add', 20)
  for (let gone = 1; gone <= 20; gone += 1) ask('pins.add', { id: `superseded ${gone}` })
  clock.advance(3 * 61_000)

  expect(ask('pins.add', { id: 'newcomer' })).toBe(0)
})

test('when Slack asks us to wait, that method waits and the others go on', () => {
  const { clock, budget, ask } = start()
  budget.close('chat.update', null, 30)

  expect(ask('chat.update', { id: 'edit', channel: 'C1' })).toBeCloseTo(30, 1)
  expect(ask('chat.postMessage', { channel: 'C1' })).toBe(0)

  clock.advance(30_001)
  expect(ask('chat.update', { id: 'edit', channel: 'C1' })).toBe(0)
})

test('when Slack refuses a message in one channel, messages elsewhere go on', () => {
  const { budget, ask } = start()
  budget.close('chat.postMessage', 'C1', 30)

  expect(ask('chat.postMessage', { channel: 'C1' })).toBeGreaterThan(29)
  expect(ask('chat.postMessage', { channel: 'C2' })).toBe(0)
})

test('a call that cannot wait is made, and counted', () => {
  const { budget, use, ask } = start()
  use('users.info', 100)

  expect(() => budget.take('users.info', null, null)).not.toThrow()
  expect(ask('users.info')).toBeGreaterThan(0)
})

const someCalls = array(
  record({ at: integer({ min: 0, max: 200_000 }), priority: constantFrom<Priority[]>('answer', 'state', 'chatter') }),
  {
    minLength: 1,
    maxLength: 120,
  },
)

test('however calls come, no minute sees more than Slack allows, and everybody is served', () => {
  assert(
    property(someCalls, (calls) => {
      const { clock, ask } = start()
      const { perMinute } = methods['conversations.create']
      const waiting = calls.map(({ at, priority }, index) => ({ id: `call ${index}`, due: at, priority }))
      const made: number[] = []
      while (waiting.length > 0) {
        waiting.sort((a, b) => a.due - b.due)
        const [next] = waiting
        if (!next) break
        clock.advance(Math.max(next.due - clock.now().getTime(), 0))
        const wait = ask('conversations.create', { id: next.id, priority: next.priority })
        if (wait === 0) {
          made.push(clock.now().getTime())
          waiting.shift()
        } else next.due = clock.now().getTime() + Math.ceil(wait * 1_000)
      }
      expect(made).toHaveLength(calls.length)
      for (const [index, at] of made.entries())
        expect(at - (made[index - perMinute] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(60_000)
    }),
    { numRuns: 60 },
  )
})
