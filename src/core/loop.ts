/**
 * Work that is looked for: when woken, and every so often in case nobody woke us (another replica died, a moment came).
 * Never runs twice at once; a wake-up during a run causes one more run.
 */
import type { Clock } from '../lib/clock.ts'

export interface Loop {
  wake(): void
  /** Takes no new work and resolves when the run under way is over. */
  stop(): Promise<void>
}

export interface LoopOptions {
  /** Looks once. Returns when it would like to look again, if that is sooner than usual. */
  look(): Promise<Date | null>
  everyMilliseconds: number
  clock: Clock
  /** Somebody else sees what is there at the beginning and when the clock is moved, and wakes it. */
  isTold?: boolean
  onError(error: unknown): void
}

export function startLoop({ look, everyMilliseconds, clock, isTold = false, onError }: LoopOptions): Loop {
  const state = { isRunning: false, isWanted: false, isStopping: false }
  let timer: NodeJS.Timeout | undefined
  let current = Promise.resolve()
  const stopListening = isTold ? () => {} : clock.onMove(() => wake())

  function wake(): void {
    if (state.isStopping) return
    state.isWanted = true
    if (!state.isRunning) current = run()
  }

  async function run(): Promise<void> {
    state.isRunning = true
    clearTimeout(timer)
    let next: Date | null = null
    while (state.isWanted && !state.isStopping) {
      state.isWanted = false
      try {
        next = await look()
      } catch (error) {
        onError(error)
        next = null
      }
    }
    state.isRunning = false
    if (state.isStopping) return
    const untilNext = next ? clock.timerUntil(next) : everyMilliseconds
    timer = setTimeout(wake, Math.min(Math.max(untilNext, shortestPause), everyMilliseconds)).unref()
  }

  if (!isTold) wake()
  return {
    wake,
    async stop() {
      state.isStopping = true
      clearTimeout(timer)
      stopListening()
      await current
    },
  }
}

// A look that always wants to look again must not become a busy loop.
const shortestPause = 5
