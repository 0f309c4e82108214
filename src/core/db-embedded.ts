/**
 * The embedded default: PostgreSQL compiled to WebAssembly, in this process, its files below one folder.
 *
 * As it comes, PGlite never reaches the disk and takes no lock. Both are mended here, and both are mandatory:
 * a power cut lost every acknowledged row, and two processes on one folder silently lost half of theirs.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { drizzle } from 'drizzle-orm/pglite'
import type { Database } from './db.ts'
import { abandonCluster, clusterIn, finishCluster } from './db-embedded-build.ts'
import { syncPath } from './sync-path.ts'

// The default of 128 MB would be allocated inside this process; our whole working set fits in 16.
const smallMemory = ['-c', 'shared_buffers=16MB']

export async function openEmbedded(folder: string): Promise<Database> {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const data = clusterIn(folder)
  const unlock = await lockFolder(folder).catch((error: unknown) => {
    abandonCluster(data)
    throw error
  })
  try {
    await finishCluster(data)
    // Ours by the lock; an empty one, as a power cut leaves it, would block every later start.
    fs.rmSync(path.join(data, 'postmaster.pid'), { force: true })
    const lite = await openCluster(data)
    return {
      db: drizzle(lite),
      kind: 'embedded',
      close: async () => {
        await lite.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

function openCluster(data: string): Promise<PGlite> {
  const startParams = [
    // `-F` means "no fsync" and is one of PGlite's defaults. fdatasync is a stub in its build, fsync is not.
    ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
    ...['-c', 'wal_sync_method=fsync'],
    ...smallMemory,
  ]
  return PGlite.create({ fs: new DurableNodeFS(data), startParams })
}

interface EmscriptenModule {
  NODEFS: {
    stream_ops: Record<string, unknown>
    realPath(node: unknown): string
  }
}

/** PGlite's Node file system answers fsync without doing it (electric-sql/pglite#1107). This one does it. */
class DurableNodeFS extends NodeFS {
  override async init(...given: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const ready = await super.init(...given)
    const useRealFsync = (module: unknown) => {
      const { NODEFS } = module as EmscriptenModule
      const fsync = (stream: { nfd?: number; node: unknown }) => {
        if (stream.nfd !== undefined) fs.fsyncSync(stream.nfd)
        else syncPath(NODEFS.realPath(stream.node))
        return 0
      }
      NODEFS.stream_ops = { ...NODEFS.stream_ops, fsync }
    }
    ready.emscriptenOpts.preRun = [...(ready.emscriptenOpts.preRun ?? []), useRealFsync]
    return ready
  }
}

/** One process per folder. A bound socket dies with its process, so kill -9 leaves nothing behind. */
async function lockFolder(folder: string): Promise<() => void> {
  const real = fs.realpathSync(folder)
  const name = `tocsin-${createHash('sha256').update(real).digest('hex').slice(0, 32)}`
  const socketFile = path.join(os.tmpdir(), `${name}.sock`)
  const address = { linux: `\0${name}`, win32: `\\\\.\\pipe\\${name}` }[process.platform as string] ?? socketFile
  const server = net.createServer((connection) => connection.destroy()).unref()
  try {
    await listen(server, address)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    // Elsewhere than on Linux and Windows the socket is a file, and outlives a killed process: does anybody answer?
    if (address !== socketFile || (await answers(socketFile))) {
      throw new Error(`another Tocsin is using the embedded database in ${real}: stop it, or set TOCSIN_DATA_DIR`)
    }
    fs.rmSync(socketFile, { force: true })
    await listen(server, address)
  }
  return () => void server.close()
}

function listen(server: net.Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function answers(socketFile: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = net.connect(socketFile, () => {
      client.destroy()
      resolve(true)
    })
    client.once('error', () => resolve(false))
  })
}
