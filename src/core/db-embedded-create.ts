/**
 * Builds an embedded database in the shape of this release, in a process of its own: its memory is the largest we ever
 * need, and ends with it. It grows in memory and is written when it is whole, so that everything is synced once.
 */
import fs from 'node:fs'
import path from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate, readMigrations } from './migrations.ts'
import { syncPath } from './sync-path.ts'

const [folder = ''] = process.argv.slice(2)
const lite = await PGlite.create()
await migrate(drizzle(lite), readMigrations('migrations'))
const { FS: memory } = lite.Module
await lite.close()
copy(PGlite.paths.PGDATA, folder)
for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
  syncPath(path.join(entry.parentPath, entry.name))
}
syncPath(folder)

function copy(from: string, to: string): void {
  for (const name of memory.readdir(from)) {
    if (name === '.' || name === '..') continue
    const source = `${from}/${name}`
    const target = path.join(to, name)
    if (memory.isDir(memory.stat(source).mode)) {
      fs.mkdirSync(target, { mode: 0o700 })
      copy(source, target)
    } else {
      fs.writeFileSync(target, memory.readFile(source), { mode: 0o600 })
    }
  }
}
