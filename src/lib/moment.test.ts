import { expect, test } from 'vitest'
import { parseMoment } from './moment.ts'
import { zoneOf } from './wallclock.ts'

const now = new Date('2026-11-20T13:30:00Z')
const read = (text: string, zone = 'UTC') => parseMoment(text, { now, zone: zoneOf(zone) })?.toISOString() ?? null

test.each([
  ['40m', '2026-11-20T12:50:00.000Z'],
  ['13:10', '2026-11-20T13:10:00.000Z'],
  ['2026-11-19T14:02Z', '2026-11-19T14:02:00.000Z'],
  ['2026-11-19T14:02:30+01:00', '2026-11-19T13:02:30.000Z'],
])('%s is understood', (text, moment) => {
  expect(read(text)).toBe(moment)
})

test('a time that is still to come today was yesterday', () => {
  expect(read('23:50')).toBe('2026-11-19T23:50:00.000Z')
})

test('a time of day is read by the clock of whoever says it', () => {
  expect(read('14:02', 'Europe/Berlin')).toBe('2026-11-20T13:02:00.000Z')
  expect(read('14:02', 'America/New_York')).toBe('2026-11-19T19:02:00.000Z')
})

test.each(['12', '25:00', '14:60', 'yesterday', '2026-11-20', '2026-11-20T14:02', '', '-5m'])(
  '%j is no moment',
  (text) => {
    expect(read(text)).toBeNull()
  },
)
