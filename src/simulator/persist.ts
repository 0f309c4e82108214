/** Keeps the simulated outside in a file, so that a newcomer finds everything again after Ctrl-C. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface Kept {
  slack?: unknown
  pagerduty?: unknown
  mail?: unknown
}

export interface Keeper {
  changed(): void
  /** Writes for the last time. */
  close(): void
}

// Soon enough that a killed process loses next to nothing, rarely enough that a storm does not become one of writes.
const pauseMilliseconds = 50
// A large world takes long to write: then writing must not take more than this share of the time.
const pausePerWriting = 4

export function readKept(file: string | undefined): Kept {
  if (file === undefined || !existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept
  } catch {
    // Half a file of a toy world is no reason not to start: begin with a new one, and keep the old beside it.
    renameSync(file, `${file}.unreadable`)
    return {}
  }
}

export function keepFile(file: string | undefined, dump: () => Kept): Keeper {
  if (file === undefined) return { changed: () => {}, close: () => {} }
  mkdirSync(path.dirname(file), { recursive: true })
  return keeperOf(file, dump)
}

function keeperOf(file: string, dump: () => Kept): Keeper {
  const last = { milliseconds: 0 }
  const state: { timer: NodeJS.Timeout | null; isClosed: boolean } = { timer: null, isClosed: false }

  // Written beside and renamed, so that nobody ever reads half a file.
  function write(): void {
    state.timer = null
    const started = performance.now()
    writeFileSync(`${file}.new`, JSON.stringify(dump()))
    renameSync(`${file}.new`, file)
    last.milliseconds = performance.now() - started
  }

  return {
    changed() {
      if (state.isClosed) return
      state.timer ??= setTimeout(write, Math.max(pauseMilliseconds, last.milliseconds * pausePerWriting))
    },
    close() {
      state.isClosed = true
      if (state.timer) clearTimeout(state.timer)
      write()
    },
  }
}
