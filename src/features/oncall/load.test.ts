import { expect, test } from 'vitest'
import { zoneOf } from '../../lib/wallclock.ts'
import { loadOf } from './load.ts'

const lisbon = () => zoneOf('Europe/Lisbon')
const auckland = () => zoneOf('Pacific/Auckland')
const call = (calledAt: string, person = 'U1', subject = calledAt) => ({ person, subject, calledAt })
const shift = { schedule: 'platform', from: Date.parse('2026-03-02T09:00Z'), until: Date.parse('2026-03-09T09:00Z') }

test('night, evening and working hours are those of whoever was called', () => {
  const calls = [call('2026-03-02T03:00:00Z'), call('2026-03-02T20:00:00Z'), call('2026-03-02T12:00:00Z')]

  expect(loadOf(calls, [], lisbon)).toMatchObject({ pages: 3, atNight: 1, outOfHours: 1, people: 1 })
  // Three at night in Lisbon is four in the afternoon in Auckland.
  expect(loadOf(calls.slice(0, 1), [], auckland)).toMatchObject({ atNight: 0, outOfHours: 0 })
})

test('a weekend is out of hours all day', () => {
  expect(loadOf([call('2026-03-07T12:00:00Z')], [], lisbon)).toMatchObject({ outOfHours: 1, atNight: 0 })
})

test('pages are counted to the shift in which they came, and to whoever had it', () => {
  const calls = [
    call('2026-03-03T03:00:00Z'),
    call('2026-03-03T12:00:00Z'),
    call('2026-03-03T12:00:00Z', 'U2'),
    call('2026-03-10T12:00:00Z'),
  ]

  expect(loadOf(calls, [{ ...shift, person: 'U1' }], lisbon).shifts).toMatchObject([{ pages: 2, atNight: 1 }])
})

test('who is paged three times for one incident had one incident', () => {
  const calls = ['2026-03-03T12:00:00Z', '2026-03-03T12:10:00Z', '2026-03-04T12:00:00Z'].map((at, index) =>
    call(at, 'U1', index < 2 ? 'incidents/7' : 'incidents/8'),
  )

  expect(loadOf(calls, [{ ...shift, person: 'U1' }], lisbon).shifts).toMatchObject([{ pages: 3, incidents: 2 }])
})

test('a night counts from evening to morning, and only nights that follow each other are a row', () => {
  const three = ['2026-03-02T23:00:00Z', '2026-03-03T02:00:00Z', '2026-03-04T01:00:00Z', '2026-03-05T01:00:00Z']
  const broken = ['2026-03-02T23:00:00Z', '2026-03-05T01:00:00Z']

  expect(
    loadOf(
      three.map((at) => call(at)),
      [],
      lisbon,
    ).nightsInARow,
  ).toBe(3)
  expect(
    loadOf(
      broken.map((at) => call(at)),
      [],
      lisbon,
    ).nightsInARow,
  ).toBe(1)
  expect(loadOf([], [], lisbon).nightsInARow).toBe(0)
})
