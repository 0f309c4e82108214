/**
 * Time as something that is given. Everything that asks "is it due?" asks a Clock, so that a story can move
 * five minutes in one line. Leases are the exception: whether a process still lives is a question about real
 * time, and the database answers it.
 */
export interface Clock {
  now(): Date
  /** How many milliseconds of a timer until that moment, if nobody moves the clock; none when it has passed. */
  timerUntil(moment: Date): number
  /** Called whenever the clock jumps, so that whoever waits for a moment looks again. Returns the way to stop. */
  onMove(listener: () => void): () => void
}

export interface MovableClock extends Clock {
  advance(milliseconds: number): void
}

/** Runs so many times as fast as `source`, and can be pushed forward. */
export function movableClock(source: () => number, speed = 1): MovableClock {
  const listeners = new Set<() => void>()
  const start = source()
  let ahead = 0
  const now = () => start + (source() - start) * speed + ahead
  return {
    now: () => new Date(now()),
    timerUntil: (moment) => Math.max((moment.getTime() - now()) / speed, 0),
    onMove(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    advance(milliseconds) {
      ahead += milliseconds
      for (const listener of listeners) listener()
    },
  }
}
