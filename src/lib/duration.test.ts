import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['15', null],
  ['', null],
  ['-5m', null],
  ['400d', null],
])('%s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected)
})

test('is shown by its two largest units', () => {
  expect([0, 45_000, 5_400_000, 180_000_000].map(formatDuration)).toEqual(['0 s', '45 s', '1 h 30 min', '2 d 2 h'])
})
