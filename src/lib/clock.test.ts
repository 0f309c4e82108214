import { expect, test } from 'vitest'
import { movableClock } from './clock.ts'

test('a clock that is three times as fast is pushed forward, says so, and waits for nothing that has passed', () => {
  const outside = { now: 1_000 }
  const clock = movableClock(() => outside.now, 3)
  let moves = 0
  const stop = clock.onMove(() => (moves += 1))
  outside.now += 100
  expect(clock.now()).toEqual(new Date(1_300))
  expect(clock.timerUntil(new Date(1_900))).toBe(200)

  clock.advance(60_000)
  stop()
  clock.advance(60_000)
  expect(moves).toBe(1)
  expect(clock.now()).toEqual(new Date(121_300))
  expect(clock.timerUntil(new Date(1_900))).toBe(0)
})
