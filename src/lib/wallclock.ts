/**
 * Clocks on the wall: which moment a local time is, and which local time a moment is. Right on the days on which clocks
 * are changed: a time that happens twice means its first, one that is skipped means the moment of the skip.
 */

const minute = 60_000
const quarter = 15 * minute
const day = 86_400_000
// A month of quarters: a rota asks for the same ones again and again.
const offsetsMax = 3_000

export interface WallTime {
  /** Days since 1 January 1970, on the local calendar. */
  day: number
  /** Minutes since local midnight, as the clock shows them. */
  minutes: number
  /** 1 for Monday to 7 for Sunday. */
  weekday: number
}

export interface Zone {
  name: string
  /** What the clock on the wall shows, as if it were UTC. */
  shows(instant: number): number
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export function zoneOf(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const offsetAt = (instant: number): number => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const part = (type: string) => parts.get(type as Intl.DateTimeFormatPartTypes) ?? 0
    return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) - instant
  }
  const offsets = new Map<number, number>()
  return {
    name,
    shows(instant) {
      // Clocks are changed at a quarter of an hour, and nowhere within one.
      const began = Math.floor(instant / quarter) * quarter
      const offset = offsets.get(began) ?? offsetAt(began)
      if (offsets.size >= offsetsMax) offsets.clear()
      offsets.set(began, offset)
      return instant + offset
    },
  }
}

export function wallTime(zone: Zone, instant: number): WallTime {
  const shown = zone.shows(instant)
  const local = Math.floor(shown / day)
  return { day: local, minutes: Math.floor((shown - local * day) / minute), weekday: weekdayOf(local) }
}

/** 1 January 1970 was a Thursday. */
export function weekdayOf(localDay: number): number {
  return ((((localDay + 3) % 7) + 7) % 7) + 1
}

/** The first moment at which the clock on the wall shows this time or, where it is skipped, a later one. */
export function instantOf(zone: Zone, localDay: number, minutes: number): number {
  const wanted = localDay * day + minutes * minute
  const offsets = [wanted - day, wanted + day].map((near) => zone.shows(near) - near)
  const exact = offsets.map((offset) => wanted - offset).filter((instant) => zone.shows(instant) === wanted)
  if (exact.length > 0) return Math.min(...exact)
  // Skipped: the clock jumps over it between these two.
  let before = wanted - Math.max(...offsets)
  let after = wanted - Math.min(...offsets)
  while (after - before > minute) {
    const middle = before + Math.floor((after - before) / 2 / minute) * minute
    if (zone.shows(middle) < wanted) before = middle
    else after = middle
  }
  return after
}

/** `2026-03-29` */
export function localDayOf(date: string): number {
  return Math.floor(Date.parse(`${date}T00:00:00Z`) / day)
}

export function dateOf(localDay: number): string {
  return new Date(localDay * day).toISOString().slice(0, 10)
}

/** «Mon 03:12», as somebody there reads it. */
export function wallWords(zoneName: string, instant: number): string {
  const format = { timeZone: zoneName, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  return new Intl.DateTimeFormat('en-GB', format).format(instant)
}
