/** Pages that ship with Tocsin and that operators add to: Markdown files in folders, read once at start. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface ContentPage {
  /** As people name it in their editor: `runbooks/high-latency.md`. */
  file: string
  text: string
}

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
  return [...pages.values()]
}
