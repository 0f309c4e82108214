/**
 * Time as something that is given. Everything that asks "is it due?" asks a Clock, so that a story can move
 * five minutes in one line. Leases are the exception: whether a process still lives is a question about real
 * time, and the database answers it.
 */
export interface Clock {
  now(): Date
  /** Called whenever the clock jumps, so that whoever waits for a moment looks again. Returns the way to stop. */
  onMove(listener: () => void): () => void
}

export interface MovableClock extends Clock {
  advance(milliseconds: number): void
}

/** Runs at the speed of `source` and can be pushed forward. */
export function movableClock(source: () => number): MovableClock {
  const listeners = new Set<() => void>()
  let ahead = 0
  return {
    now: () => new Date(source() + ahead),
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
