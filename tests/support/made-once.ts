/** What takes long to make is made by the first worker that wants it, for all of the run. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { inject } from 'vitest'
import { openDatabase } from '../../src/core/db.ts'

export async function madeOnce(name: string, make: (place: string) => Promise<void>): Promise<string> {
  const place = path.join(inject('sharedFolder'), name)
  if (isFirst(`${place}.begun`)) {
    await make(`${place}.unfinished`)
    fs.renameSync(`${place}.unfinished`, place)
  }
  while (!fs.existsSync(place)) await new Promise((resolve) => setTimeout(resolve, 50))
  return place
}

function isFirst(folder: string): boolean {
  try {
    fs.mkdirSync(folder)
    return true
  } catch {
    return false
  }
}

/** A data folder whose embedded database was built, and in which nothing happened yet. */
export async function freshDataFolder(): Promise<string> {
  const made = await madeOnce('data', async (folder) => {
    const database = await openDatabase(folder)
    await database.close()
  })
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-data-'))
  fs.cpSync(made, folder, { recursive: true })
  return folder
}
