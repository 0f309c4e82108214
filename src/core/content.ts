/** Pages that ship with Tocsin and that operators add to: Markdown files in folders, read once at start. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'

export interface ContentPage {
  /** As people name it in their editor: `runbooks/high-latency.md`. */
  file: string
  text: string
}

// What somebody made of these pages need not be made again while the files say the same.
const known = new Map<string, readonly ContentPage[]>()

/** A later folder's file takes the place of an earlier one's of the same name. A folder that is not there is empty. */
export function readContent(folders: readonly string[]): readonly ContentPage[] {
  const pages = new Map<string, ContentPage>()
  for (const folder of folders) {
    if (!existsSync(folder)) continue
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
      if (!name.endsWith('.md') || path.basename(name) === 'README.md') continue
      const file = path.join(folder, name)
      pages.set(name, { file, text: readFileSync(file, 'utf8') })
    }
  }
  const key = folders.join('\n')
  const before = known.get(key)
  const now = [...pages.values()]
  if (before && isDeepStrictEqual(before, now)) return before
  known.set(key, now)
  return now
}
