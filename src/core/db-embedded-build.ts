/**
 * A new embedded database takes seconds to build, in a process of its own. A start may begin it before anything else
 * is read, so that both cores have something to do; whoever opens the database then takes what was begun.
 *
 * initdb is not atomic: it is built beside, synced as a whole, then renamed. Each attempt has a folder of its own,
 * because a builder may outlive the bot that started it.
 */
import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { syncPath } from './sync-path.ts'

interface Building {
  folder: string
  finished: Promise<unknown>
  abandon(): void
}

const begun = new Map<string, Building>()

// PostgreSQL is begun four times there, and gone after two seconds: to optimise its code takes as long again, and twice
// the memory.
const builder = [
  '--liftoff-only',
  `--import=${new URL('./quick-imports.ts', import.meta.url).href}`,
  fileURLToPath(new URL('./db-embedded-create.ts', import.meta.url)),
]

export function clusterIn(dataFolder: string): string {
  return path.join(dataFolder, 'pgdata')
}

/** Begins to build, where nothing stands or was begun. Nobody needs to hold the folder for it. */
export function beginCluster(data: string): void {
  if (begun.has(data) || fs.existsSync(data)) return
  fs.mkdirSync(path.dirname(data), { recursive: true, mode: 0o700 })
  const folder = fs.mkdtempSync(unfinishedOf(data))
  const finished = promisify(execFile)(process.execPath, [...builder, folder])
  // Whoever takes it hears of a failure; until then nobody does.
  finished.catch(() => {})
  begun.set(data, {
    folder,
    finished,
    abandon() {
      finished.child.kill('SIGKILL')
      fs.rmSync(folder, { recursive: true, force: true })
    },
  })
}

/** Puts a built database in its place. Only for who holds the folder: whatever others left beside it goes. */
export async function finishCluster(data: string): Promise<void> {
  // Somebody else was quicker, and has gone since.
  if (fs.existsSync(data)) abandonCluster(data)
  beginCluster(data)
  const building = begun.get(data)
  begun.delete(data)
  const parent = path.dirname(data)
  for (const name of fs.readdirSync(parent)) {
    const other = path.join(parent, name)
    if (other.startsWith(unfinishedOf(data)) && other !== building?.folder)
      fs.rmSync(other, { recursive: true, force: true })
  }
  if (!building) return
  try {
    await building.finished
  } catch (error) {
    throw new Error(`the embedded database could not be created in ${data}`, { cause: error })
  }
  fs.renameSync(building.folder, data)
  syncPath(parent)
}

/** Somebody else holds the folder. */
export function abandonCluster(data: string): void {
  begun.get(data)?.abandon()
  begun.delete(data)
}

function unfinishedOf(data: string): string {
  return `${data}.new-`
}
