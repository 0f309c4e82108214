import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Span } from './record.ts'
import { daysOf, percent, uptimeOf } from './uptime.ts'

const minute = 60_000
const day = 86_400_000
const window = { from: 0, until: 30 * day }
const weights = { degraded: 0, partial: 0.3, major: 1 }
const watched = [window]

const span = (from: number, minutes: number, state: Span['state']): Span => ({
  from,
  until: from + minutes * minute,
  state,
})
const month = [span(day, 60, 'major'), span(2 * day, 240, 'partial'), span(3 * day, 600, 'degraded')]

test('the same month by three formulas is three figures, which is why ours is printed', () => {
  const share = (given: typeof weights) => (uptimeOf({ spans: month, watched }, window, given).share ?? 0) * 100
  expect(share(weights)).toBeCloseTo(99.694, 3)
  expect(share({ degraded: 0, partial: 0.5, major: 1 })).toBeCloseTo(99.583, 3)
  expect(share({ degraded: 0, partial: 1, major: 1 })).toBeCloseTo(99.306, 3)
})

test('nothing known is no figure at all', () => {
  expect(uptimeOf({ spans: [], watched: [] }, window, weights)).toEqual({ share: null, known: 0 })
})

test('time that nobody watched is neither up nor down', () => {
  const half = [{ from: 15 * day, until: 30 * day }]
  const { share, known } = uptimeOf(
    { spans: [span(20 * day, 15 * 24 * 60 * 0.1, 'major')], watched: half },
    window,
    weights,
  )
  expect(known).toBe(0.5)
  expect(share).toBeCloseTo(0.9)
})

test('what was published counts even when nobody watched', () => {
  const { share, known } = uptimeOf({ spans: [span(0, 60, 'major')], watched: [] }, window, weights)
  expect(share).toBe(0)
  expect(known).toBeCloseTo(60 / (30 * 24 * 60))
})

test('planned work is left out of both sides', () => {
  const spans = [span(0, 14 * 24 * 60, 'maintenance'), span(15 * day, 24 * 60, 'major')]
  expect(uptimeOf({ spans, watched }, window, weights).share).toBeCloseTo(1 - 1 / 16)
})

test('two incidents at the same time are not counted twice', () => {
  const once = uptimeOf({ spans: [span(day, 60, 'major')], watched }, window, weights)
  const twice = uptimeOf({ spans: [span(day, 60, 'major'), span(day, 60, 'partial')], watched }, window, weights)
  expect(twice).toEqual(once)
})

test('a day of which nothing is known is grey, however the days around it were', () => {
  const days = daysOf(
    {
      spans: [],
      watched: [
        { from: 0, until: day },
        { from: 2 * day, until: 3 * day },
      ],
    },
    3 * day - 1,
    3,
  )
  expect(days.map(({ state }) => state)).toEqual(['operational', null, 'operational'])
})

test('a day shows the worst of it, and how long each state lasted', () => {
  const [first] = daysOf({ spans: [span(0, 30, 'degraded'), span(minute * 30, 10, 'major')], watched }, day - 1, 1)
  expect(first).toEqual({ date: '1970-01-01', state: 'major', spent: { degraded: 30 * minute, major: 10 * minute } })
})

test('a share is never above one or below nothing, whatever overlaps', () => {
  const interval = fc.tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: 1, max: 100 }))
  const states = fc.constantFrom('maintenance', 'degraded', 'partial', 'major') as fc.Arbitrary<Span['state']>
  fc.assert(
    fc.property(fc.array(fc.tuple(interval, states)), fc.array(interval), (spans, seen) => {
      const given = {
        spans: spans.map(([[from, length], state]) => ({ from, until: from + length, state })),
        watched: seen.map(([from, length]) => ({ from, until: from + length })),
      }
      const { share, known } = uptimeOf(given, { from: 0, until: 90 }, weights)
      return known >= 0 && known <= 1 && (share === null || (share >= -1e-9 && share <= 1))
    }),
  )
})

test('a figure is rounded down: not quite all is not all', () => {
  expect([1, 0.999999, 0.9969, 0].map(percent)).toEqual(['100 %', '99.99 %', '99.69 %', '0.00 %'])
})
