/** The page as a folder of files, for another web server: it outlives the bot. Each file changes at once or not at all. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { StoredFile } from './shelf.ts'

export interface Written {
  /** Files that are different now. */
  changed: number
  files: number
}

/** Files that were there and are no more are taken away, within the folders that are ours. */
export async function writeCopy(folder: string, files: ReadonlyMap<string, StoredFile>): Promise<Written> {
  const wanted = new Map([...files].map(([address, file]) => [fileName(address), file.body]))
  let changed = 0
  for (const [name, body] of wanted) {
    // In sequence: a small page, and a disk that others use too.
    const target = path.join(folder, name)
    const before = await readFile(target).catch(() => null)
    if (before?.equals(body)) continue
    await mkdir(path.dirname(target), { recursive: true })
    const beside = `${target}.new`
    await writeFile(beside, body)
    await rename(beside, target)
    changed += 1
  }
  for (const name of await namesBelow(path.join(folder, 'status', 'incidents'))) {
    const relative = path.join('status', 'incidents', name)
    if (name.endsWith('index.html') && !wanted.has(relative)) await rm(path.join(folder, relative))
  }
  return { changed, files: wanted.size }
}

/** Pages become `…/index.html`, which every web server serves at the address without it. */
export function fileName(address: string): string {
  const isPage = !/\.(json|atom|rss|ics)$/.test(address)
  return path.join(...address.split('/').filter((part) => part !== ''), ...(isPage ? ['index.html'] : []))
}

async function namesBelow(folder: string): Promise<string[]> {
  return readdir(folder, { recursive: true }).catch(() => [])
}
