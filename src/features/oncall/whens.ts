/** Moments as people type them in an override: `18:00`, `tomorrow 09:00`, `2026-03-01 09:00`, `now`. */
import { instantOf, localDayOf, wallTime, type Zone } from '../../lib/wallclock.ts'

/** Two moments in one line, the second after the first; null when it is not understood. */
export function readSpan(text: string, zone: Zone, now: Date): { from: Date; until: Date } | null {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/\b(from|until|to)\b/g, ' ')
    .replace(/[–—]/g, ' ')
    .split(/\s+/)
  const moments: Date[] = []
  let local = wallTime(zone, now.getTime()).day
  for (const word of words.filter((part) => part !== '')) {
    const time = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(word)
    if (word === 'now') moments.push(now)
    else if (word === 'today') local = wallTime(zone, now.getTime()).day
    else if (word === 'tomorrow') local = wallTime(zone, now.getTime()).day + 1
    else if (/^\d{4}-\d{2}-\d{2}$/.test(word) && !Number.isNaN(Date.parse(word))) local = localDayOf(word)
    else if (time) {
      const minutes = Number(time[1]) * 60 + Number(time[2])
      const [from] = moments
      let instant = instantOf(zone, local, minutes)
      // «22:00 06:00» ends on the next morning.
      if (from && instant <= from.getTime()) {
        local += 1
        instant = instantOf(zone, local, minutes)
      }
      moments.push(new Date(instant))
    } else return null
  }
  const [from, until, ...more] = moments
  return from && until && more.length === 0 ? { from, until } : null
}
