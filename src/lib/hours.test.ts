import { expect, test } from 'vitest'
import { type Hours, isWithin, nextChange } from './hours.ts'

const office: Hours = { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60, timeZone: 'Europe/Berlin' }
const nights: Hours = { days: [1, 2, 3, 4, 5, 6, 7], from: 22 * 60, to: 6 * 60, timeZone: 'Europe/Berlin' }
const at = (text: string) => new Date(text)

test('working hours are those of the clock on the wall, in summer and in winter', () => {
  expect(isWithin(office, at('2026-01-05T08:00:00Z'))).toBe(true)
  expect(isWithin(office, at('2026-01-05T07:59:00Z'))).toBe(false)
  expect(isWithin(office, at('2026-07-06T07:00:00Z'))).toBe(true)
  expect(isWithin(office, at('2026-01-05T16:00:00Z'))).toBe(false)
  expect(isWithin(office, at('2026-01-04T10:00:00Z'))).toBe(false)
})

test('a night belongs to the day on which it begins', () => {
  const fridayNight: Hours = { ...nights, days: [5] }
  expect(isWithin(fridayNight, at('2026-01-09T22:30:00Z'))).toBe(true)
  expect(isWithin(fridayNight, at('2026-01-10T04:30:00Z'))).toBe(true)
  expect(isWithin(fridayNight, at('2026-01-10T22:30:00Z'))).toBe(false)
})

test('the next change is the end within, and the beginning outside, over weekends and changed clocks', () => {
  expect(nextChange(office, at('2026-01-05T12:00:00Z'))).toEqual(at('2026-01-05T16:00:00Z'))
  expect(nextChange(office, at('2026-01-09T18:00:00Z'))).toEqual(at('2026-01-12T08:00:00Z'))
  expect(nextChange(nights, at('2026-03-28T23:00:00Z'))).toEqual(at('2026-03-29T04:00:00Z'))
  expect(nextChange({ ...office, days: [] }, at('2026-01-05T12:00:00Z'))).toBeNull()
})
