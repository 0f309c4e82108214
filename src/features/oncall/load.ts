/** How heavy being on call is: counted by shift, never by name. Pure. */
import { wallTime, weekdayOf, type Zone } from '../../lib/wallclock.ts'
import type { Shift } from './rotation.ts'

export interface Called {
  person: string
  /** The incident that it was about; a page about nothing else is a subject of its own. */
  subject: string
  /** ISO 8601 in UTC. */
  calledAt: string
}

export interface ShiftOf extends Shift {
  schedule: string
}

export interface ShiftLoad extends ShiftOf {
  pages: number
  incidents: number
  atNight: number
}

export interface Load {
  pages: number
  /** 22:00 to 06:00, where that person lives. */
  atNight: number
  /** In the evening, in the morning, on weekends; nights are counted apart. */
  outOfHours: number
  people: number
  mostForOne: number
  /** The longest row of nights in which the same person was woken. */
  nightsInARow: number
  /** The newest first. */
  shifts: readonly ShiftLoad[]
}

const day = 86_400_000
const nightBegins = 22 * 60
const nightEnds = 6 * 60
const workBegins = 9 * 60
const workEnds = 18 * 60
const saturday = 6

export function loadOf(calls: readonly Called[], shifts: readonly ShiftOf[], zoneOf: (person: string) => Zone): Load {
  const byPerson = Map.groupBy(calls, ({ person }) => person)
  const kindOf = ({ person, calledAt }: Called) => kindOfHour(zoneOf(person), Date.parse(calledAt))
  const atNight = calls.filter((call) => kindOf(call) === 'night')
  const counted = shifts.map((shift) => {
    const own = calls.filter(({ person, calledAt }) => person === shift.person && isWithin(shift, calledAt))
    const incidents = new Set(own.map(({ subject }) => subject)).size
    return { ...shift, pages: own.length, incidents, atNight: own.filter((call) => kindOf(call) === 'night').length }
  })
  return {
    pages: calls.length,
    atNight: atNight.length,
    outOfHours: calls.filter((call) => kindOf(call) === 'out of hours').length,
    people: byPerson.size,
    mostForOne: Math.max(0, ...[...byPerson.values()].map((own) => own.length)),
    nightsInARow: Math.max(0, ...[...byPerson.keys()].map((person) => longestRun(atNight, person, zoneOf(person)))),
    shifts: counted.toSorted((a, b) => b.from - a.from),
  }
}

function kindOfHour(zone: Zone, at: number): 'work' | 'out of hours' | 'night' {
  const { day: local, minutes } = wallTime(zone, at)
  if (minutes >= nightBegins || minutes < nightEnds) return 'night'
  const isWork = weekdayOf(local) < saturday && minutes >= workBegins && minutes < workEnds
  return isWork ? 'work' : 'out of hours'
}

function isWithin({ from, until }: Shift, calledAt: string): boolean {
  const at = Date.parse(calledAt)
  return from <= at && at < until
}

function longestRun(calls: readonly Called[], person: string, zone: Zone): number {
  // The night that begins at 22:00 and the morning after it are one: counted from noon to noon, where that person lives.
  const own = calls.filter((call) => call.person === person)
  const nights = new Set(own.map(({ calledAt }) => wallTime(zone, Date.parse(calledAt) - day / 2).day))
  let longest = 0
  let run = 0
  let before: number | null = null
  for (const night of [...nights].toSorted((a, b) => a - b)) {
    run = before === night - 1 ? run + 1 : 1
    longest = Math.max(longest, run)
    before = night
  }
  return longest
}
