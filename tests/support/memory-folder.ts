/**
 * A folder in memory. Databases of tests are born and gone within seconds, and to find room for their thousand files
 * is most of what a disk has to do with them.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const place = '/dev/shm'
// A run needs one of them at most.
const roomBytes = 4 * 1024 ** 3

/** Null where there is none, too little room, or nothing there may be run (as in Docker, unless told otherwise). */
export function memoryFolder(): string | null {
  if (!fs.existsSync(place) || os.freemem() < 2 * roomBytes) return null
  const { bavail, bsize } = fs.statfsSync(place)
  return bavail * bsize >= roomBytes && isRunnable(place) ? place : null
}

function isRunnable(folder: string): boolean {
  const script = path.join(folder, `tocsin-${process.pid}.sh`)
  try {
    fs.writeFileSync(script, '#!/bin/sh\nexit 0\n', { mode: 0o755 })
    return spawnSync(script).status === 0
  } catch {
    return false
  } finally {
    fs.rmSync(script, { force: true })
  }
}
