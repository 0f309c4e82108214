/** Hours of the week by the clock on the wall: working hours, nights, a window for maintenance. */
import { instantOf, type WallTime, wallTime, zoneOf } from './wallclock.ts'

export interface Hours {
  /** 1 for Monday to 7 for Sunday: the day on which they begin. */
  days: readonly number[]
  /** Minutes since midnight. An end that is not later than the beginning is on the next day. */
  from: number
  to: number
  timeZone: string
}

export function isWithin(hours: Hours, now: Date): boolean {
  const wall = wallTime(zoneOf(hours.timeZone), now.getTime())
  return spanAt(hours, wall) !== null
}

/** When they end, for a moment within them; when they begin next, for one outside. Null for hours that never are. */
export function nextChange(hours: Hours, now: Date): Date | null {
  const zone = zoneOf(hours.timeZone)
  const wall = wallTime(zone, now.getTime())
  const began = spanAt(hours, wall)
  if (began !== null) return new Date(instantOf(zone, began + (isOvernight(hours) ? 1 : 0), hours.to))
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    if (!hours.days.includes(weekdayAfter(wall, ahead))) continue
    const begins = instantOf(zone, wall.day + ahead, hours.from)
    if (begins > now.getTime()) return new Date(begins)
  }
  return null
}

/** The local day on which the span began that this moment is in; null outside. */
function spanAt(hours: Hours, wall: WallTime): number | null {
  const { days, from, to } = hours
  const isToday = days.includes(wall.weekday)
  if (!isOvernight(hours)) return isToday && wall.minutes >= from && wall.minutes < to ? wall.day : null
  if (isToday && wall.minutes >= from) return wall.day
  return days.includes(weekdayAfter(wall, -1)) && wall.minutes < to ? wall.day - 1 : null
}

function isOvernight({ from, to }: Hours): boolean {
  return to <= from
}

function weekdayAfter({ weekday }: WallTime, days: number): number {
  return ((((weekday - 1 + days) % 7) + 7) % 7) + 1
}
