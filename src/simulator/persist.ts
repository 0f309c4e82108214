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
  close(): void
}

// Soon enough that a killed process loses next to nothing, rarely enough that a storm does not become one of writes.
const pauseMilliseconds = 50

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
  const state: { timer: NodeJS.Timeout | null } = { timer: null }
  const write = () => {
    state.timer = null
    writeFileSync(`${file}.new`, JSON.stringify(dump()))
    renameSync(`${file}.new`, file)
  }
  return {
    changed() {
      state.timer ??= setTimeout(write, pauseMilliseconds)
    },
    close() {
      if (state.timer) clearTimeout(state.timer)
      write()
    },
  }
}
