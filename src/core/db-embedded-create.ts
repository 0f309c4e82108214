/**
 * Builds an empty embedded database, in a process of its own: its memory is the largest we ever need, and ends with
 * it. It imports PGlite and nothing else, and syncs nothing: whoever asked for it syncs the whole before using it.
 */
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

const [folder = ''] = process.argv.slice(2)
const lite = await PGlite.create({ fs: new NodeFS(folder) })
await lite.close()
