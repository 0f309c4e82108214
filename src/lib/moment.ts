/** A moment that has been, as people write it at night: 40m (ago), 14:02 (by their own clock), 2026-11-20T14:02Z. */
import { parseDuration } from './duration.ts'
import { instantOf, wallTime, type Zone } from './wallclock.ts'

/** Null for what is none of these: a bare «12» is no time, although JavaScript reads December 2001 in it. */
export function parseMoment(text: string, { now, zone }: { now: Date; zone: Zone }): Date | null {
  const ago = parseDuration(text)
  if (ago !== null) return new Date(now.getTime() - ago)
  const byTheClock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text)
  if (byTheClock) return lastTime(Number(byTheClock[1]) * 60 + Number(byTheClock[2]), { now, zone })
  const withZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/i.test(text)
  const parsed = withZone ? Date.parse(text) : Number.NaN
  return Number.isNaN(parsed) ? null : new Date(parsed)
}

/** When the clock on the wall showed that last: today, or else yesterday. */
function lastTime(minutes: number, { now, zone }: { now: Date; zone: Zone }): Date {
  const { day } = wallTime(zone, now.getTime())
  const today = instantOf(zone, day, minutes)
  return new Date(today <= now.getTime() ? today : instantOf(zone, day - 1, minutes))
}
