/** Who is on call, held against somebody who walks through every minute with nothing but a clock on the wall. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dateOf, localDayOf, wallTime, weekdayOf, zoneOf } from '../../lib/wallclock.ts'
import { gapsBetween, type Layer, type Override, onCallAt, type Rotation, shiftsBetween } from './rotation.ts'

const minute = 60_000
const lisbon = zoneOf('Europe/Lisbon')
const weekly: Layer = {
  people: ['ana', 'ben', 'dmitri'],
  turn: 'week',
  handOverAt: 9 * 60,
  handOverOn: 1,
  starts: '2026-01-05',
  hours: null,
  days: null,
  restsOnHolidays: false,
}
const at = (text: string) => Date.parse(text)
const rotationOf = (...layers: Layer[]): Rotation => ({ zone: lisbon, layers, holidays: [] })

test.each([
  ['2026-01-05T08:59Z', null],
  ['2026-01-05T09:00Z', 'ana'],
  ['2026-01-12T08:59Z', 'ana'],
  ['2026-01-12T09:00Z', 'ben'],
  ['2026-01-26T09:00Z', 'ana'],
  // The clock went forward on 29 March: nine o'clock there is eight o'clock in UTC from now on.
  ['2026-03-30T07:59Z', 'dmitri'],
  ['2026-03-30T08:00Z', 'ana'],
])('a week is handed over on Monday at nine by the clock on the wall: %s is %s', (moment, expected) => {
  expect(onCallAt(rotationOf(weekly), [], at(moment))).toBe(expected)
})

test('what was handed over in the hour that happens twice is not handed back', () => {
  const nightly: Layer = { ...weekly, turn: 'day', handOverAt: 90, people: ['ana', 'ben'], starts: '2026-10-24' }
  const people = ['00:29', '00:30', '00:59', '01:00', '01:29', '01:31', '02:30'].map((time) =>
    onCallAt(rotationOf(nightly), [], at(`2026-10-25T${time}Z`)),
  )
  expect(people).toEqual(['ana', 'ben', 'ben', 'ben', 'ben', 'ben', 'ben'])
})

test('a hand-over in the hour that is skipped happens at the skip', () => {
  const nightly: Layer = { ...weekly, turn: 'day', handOverAt: 90, people: ['ana', 'ben'], starts: '2026-03-28' }
  const people = ['00:59', '01:00'].map((time) => onCallAt(rotationOf(nightly), [], at(`2026-03-29T${time}Z`)))
  expect(people).toEqual(['ana', 'ben'])
})

test('a later layer goes before an earlier one within its hours, and an override before all', () => {
  const nights: Layer = { ...weekly, people: ['eva'], hours: { from: 22 * 60, to: 6 * 60 }, days: [5] }
  const rotation = rotationOf(weekly, nights)
  const swap: Override = {
    id: 1,
    person: 'cleo',
    from: '2026-01-09T23:00:00Z',
    until: '2026-01-10T01:00:00Z',
    by: null,
  }
  const people = [
    '2026-01-09T21:59Z',
    '2026-01-09T22:00Z',
    '2026-01-10T00:30Z',
    '2026-01-10T05:59Z',
    '2026-01-10T06:00Z',
  ]
  expect(people.map((moment) => onCallAt(rotation, [swap], at(moment)))).toEqual(['ana', 'eva', 'cleo', 'eva', 'ana'])
})

test('a layer that rests on holidays leaves a gap, and the gap is found', () => {
  const rotation: Rotation = { ...rotationOf({ ...weekly, restsOnHolidays: true }), holidays: ['2026-01-06'] }
  const gaps = gapsBetween(rotation, at('2026-01-05T09:00Z'), at('2026-01-12T09:00Z'))
  expect(gaps).toEqual([{ from: at('2026-01-06T00:00Z'), until: at('2026-01-07T00:00Z'), person: null }])
})

describe('against a walk through every minute', () => {
  // Both changes of the clock, a leap day, a new year, and a place whose clock changes by half an hour.
  const spans = ['2026-03-28', '2026-10-24', '2028-02-28', '2026-12-31', '2026-04-04', '2026-10-03']
  const layer = fc.record<Layer>({
    people: fc.uniqueArray(fc.constantFrom('ana', 'ben', 'cleo', 'dmitri'), { minLength: 1 }),
    turn: fc.constantFrom('day', 'week'),
    handOverAt: fc.integer({ min: 0, max: 47 }).map((half) => half * 30),
    handOverOn: fc.integer({ min: 1, max: 7 }),
    starts: fc.integer({ min: 0, max: 20 }).map((days) => dateOf(localDayOf('2026-03-20') + days)),
    hours: fc.option(
      fc
        .tuple(fc.integer({ min: 0, max: 47 }), fc.integer({ min: 0, max: 47 }))
        .filter(([from, to]) => from !== to)
        .map(([from, to]) => ({ from: from * 30, to: to * 30 })),
    ),
    days: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 })),
    restsOnHolidays: fc.boolean(),
  })
  // In half hours after the span's beginning; a later one goes before an earlier one.
  const swap = fc.record({
    begins: fc.integer({ min: 0, max: 83 }),
    lasts: fc.integer({ min: 1, max: 40 }),
    person: fc.constantFrom('eva', 'ana'),
  })
  const zones = ['Europe/Lisbon', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'].map(zoneOf)

  test('the same person has every minute, and shifts change exactly when the person does', () => {
    const given = fc.record({
      zone: fc.constantFrom(...zones),
      layers: fc.array(layer, { minLength: 1, maxLength: 2 }),
      start: fc.constantFrom(...spans),
      swaps: fc.array(swap, { maxLength: 3 }),
    })
    fc.assert(
      fc.property(given, ({ zone, layers, start, swaps }) => {
        const rotation: Rotation = { zone, layers, holidays: ['2026-03-29', '2026-10-25'] }
        const from = at(`${start}T12:00Z`) - 3 * 60 * minute
        const until = from + 42 * 60 * minute
        const overrides = swaps.map(({ begins, lasts, person }, index): Override => {
          const moment = (halves: number) => new Date(from + halves * 30 * minute).toISOString()
          return { id: index + 1, person, from: moment(begins), until: moment(begins + lasts), by: null }
        })
        const walked = walk(rotation, from, until).map(({ instant, person }) => {
          const covering = overrides.filter((one) => at(one.from) <= instant && instant < at(one.until))
          return { instant, person: covering.at(-1)?.person ?? person }
        })
        const shifts = shiftsBetween(rotation, overrides, from, until)
        const [wrong] = walked.filter(({ instant, person }) => onCallAt(rotation, overrides, instant) !== person)
        expect(wrong && { ...wrong, got: onCallAt(rotation, overrides, wrong.instant) }).toBeUndefined()
        const unlike = walked.find(({ instant, person }) => {
          const shift = shifts.find((one) => one.from <= instant && instant < one.until)
          return shift?.person !== person
        })
        expect(unlike).toBeUndefined()
        const changes = walked.filter(({ person }, index) => index === 0 || walked[index - 1]?.person !== person)
        expect(shifts.map((shift) => shift.from)).toEqual(changes.map(({ instant }) => instant))
      }),
      { numRuns: 40 },
    )
  }, 60_000)
})

/**
 * Somebody without arithmetic: looks at the clock each minute, and remembers of each calendar day whether a time of day
 * was reached on it already.
 */
function walk({ zone, layers, holidays }: Rotation, from: number, until: number) {
  const seen = new Map<string, number>()
  const reached = (time: number, wall: { day: number; minutes: number }): number => {
    const key = String(time)
    const known = seen.get(key) ?? wall.day - 1
    const now = wall.minutes >= time && wall.day > known ? wall.day : known
    seen.set(key, Math.max(now, wall.day - 1))
    return seen.get(key) ?? now
  }
  const walked: { instant: number; person: string | null }[] = []
  for (let instant = from - 26 * 60 * minute; instant < until; instant += minute) {
    const wall = wallTime(zone, instant)
    let person: string | null = null
    for (const layer of layers) {
      const turnDay = reached(layer.handOverAt, wall)
      const windowDay = layer.hours ? reached(layer.hours.from, wall) : wall.day
      const ended = layer.hours ? reached(layer.hours.to, wall) : 0
      const endsOn = layer.hours && layer.hours.to <= layer.hours.from ? windowDay + 1 : windowDay
      if (layer.hours && ended >= endsOn) continue
      if (layer.days && !layer.days.includes(weekdayOf(windowDay))) continue
      if (layer.restsOnHolidays && holidays.includes(dateOf(windowDay))) continue
      const first = localDayOf(layer.starts)
      if (turnDay < first) continue
      let turn = 0
      for (let local = first + 1; local <= turnDay; local += 1)
        if (layer.turn === 'day' || weekdayOf(local) === layer.handOverOn) turn += 1
      person = layer.people[turn % layer.people.length] ?? null
    }
    if (instant >= from) walked.push({ instant, person })
  }
  return walked
}
