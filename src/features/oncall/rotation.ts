/**
 * Who is on call, from a schedule's layers and the overrides on top: pure, and right on the days on which clocks change.
 *
 * A *layer* hands over at a time of the day, each day or each week; it may hold only within hours, on weekdays, or not
 * on holidays. A later layer goes before an earlier one, an override before all. A *shift* is a span with one person.
 */
import { dateOf, instantOf, localDayOf, wallTime, weekdayOf, type Zone } from '../../lib/wallclock.ts'

export interface Layer {
  people: readonly string[]
  turn: 'day' | 'week'
  /** Minutes after local midnight. */
  handOverAt: number
  /** 1 for Monday; of weekly turns. */
  handOverOn: number
  /** The day on which the first person begins. */
  starts: string
  hours: { from: number; to: number } | null
  days: readonly number[] | null
  restsOnHolidays: boolean
}

export interface Rotation {
  zone: Zone
  layers: readonly Layer[]
  holidays: readonly string[]
}

export interface Override {
  id: number
  person: string
  /** ISO 8601 in UTC. */
  from: string
  until: string
  by: string | null
}

export interface Shift {
  from: number
  until: number
  /** Null: nobody. */
  person: string | null
}

const day = 86_400_000

export function onCallAt(rotation: Rotation, overrides: readonly Override[], at: number): string | null {
  const override = overrides.findLast(({ from, until }) => Date.parse(from) <= at && at < Date.parse(until))
  if (override) return override.person
  for (const layer of rotation.layers.toReversed()) {
    const person = personOf(layer, rotation, at)
    if (person !== null) return person
  }
  return null
}

function personOf(layer: Layer, rotation: Rotation, at: number): string | null {
  if (!isWithin(layer, rotation, at)) return null
  const first = localDayOf(layer.starts)
  const turnDay = dayBegunAt(rotation.zone, layer.handOverAt, at)
  if (turnDay < first) return null
  const turn = layer.turn === 'day' ? turnDay - first : Math.floor((turnDay - weekOf(first, layer)) / 7)
  return layer.people[turn % layer.people.length] ?? null
}

/** The newest hand-over day at or before a day. */
function weekOf(localDay: number, { handOverOn }: Layer): number {
  return localDay - ((weekdayOf(localDay) - handOverOn + 7) % 7)
}

/** The day whose `minutes` have come already: before them, it is still yesterday's turn. */
function dayBegunAt(zone: Zone, minutes: number, at: number): number {
  const local = wallTime(zone, at).day
  // Not by the clock's face: in the hour that happens twice it would hand back what was handed over.
  return at < instantOf(zone, local, minutes) ? local - 1 : local
}

function isWithin(layer: Layer, { zone, holidays }: Rotation, at: number): boolean {
  const began = layer.hours === null ? wallTime(zone, at).day : dayBegunAt(zone, layer.hours.from, at)
  if (layer.hours !== null) {
    const { from, to } = layer.hours
    if (at >= instantOf(zone, to > from ? began : began + 1, to)) return false
  }
  // A night that began on Friday is Friday's, also after midnight.
  if (layer.days !== null && !layer.days.includes(weekdayOf(began))) return false
  return !(layer.restsOnHolidays && holidays.includes(dateOf(began)))
}

/** What follows what between two moments, neighbours with the same person put together. */
export function shiftsBetween(
  rotation: Rotation,
  overrides: readonly Override[],
  from: number,
  until: number,
): readonly Shift[] {
  const edges = edgesBetween(rotation, overrides, from, until)
  const shifts: Shift[] = []
  for (const [index, begins] of edges.entries()) {
    const ends = edges[index + 1] ?? until
    const person = onCallAt(rotation, overrides, begins)
    const last = shifts.at(-1)
    if (last && last.person === person) last.until = ends
    else shifts.push({ from: begins, until: ends, person })
  }
  return shifts
}

/** The moments at which anything may change. */
function edgesBetween(rotation: Rotation, overrides: readonly Override[], from: number, until: number): number[] {
  const edges = new Set<number>([from])
  const add = (instant: number) => {
    if (instant > from && instant < until) edges.add(instant)
  }
  for (const override of overrides) for (const edge of [override.from, override.until]) add(Date.parse(edge))
  const times = new Set(rotation.layers.flatMap(timesOf))
  const first = wallTime(rotation.zone, from).day - 1
  const last = wallTime(rotation.zone, until).day + 1
  for (let local = first; local <= last; local += 1) {
    for (const time of times) add(instantOf(rotation.zone, local, time))
  }
  return [...edges].toSorted((a, b) => a - b)
}

function timesOf({ handOverAt, hours, days, restsOnHolidays }: Layer): number[] {
  const midnight = days !== null || restsOnHolidays ? [0] : []
  return [handOverAt, ...midnight, ...(hours ? [hours.from, hours.to] : [])]
}

/** The shift that runs at a moment. Looks as far as anybody plans. */
export function shiftAt(rotation: Rotation, overrides: readonly Override[], at: number): Shift {
  const ahead = shiftsBetween(rotation, overrides, at, at + 35 * day)
  const behind = shiftsBetween(rotation, overrides, at - 35 * day, at + 1)
  const [now] = ahead
  const began = behind.at(-1)
  if (!now || !began) throw new Error('a span of time has at least one shift')
  return { from: began.from, until: now.until, person: now.person }
}

export function gapsBetween(rotation: Rotation, from: number, until: number): readonly Shift[] {
  return shiftsBetween(rotation, [], from, until).filter((shift) => shift.person === null)
}
