/**
 * Builds an empty embedded database, in a process of its own: its memory is the largest we ever need, and ends with
 * it. Nothing is synced until it is whole, and then everything once.
 */
import fs from 'node:fs'
import path from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { syncPath } from './sync-path.ts'

const [folder = ''] = process.argv.slice(2)
const lite = await PGlite.create({ fs: new NodeFS(folder) })
await lite.close()
for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
  syncPath(path.join(entry.parentPath, entry.name))
}
syncPath(folder)
