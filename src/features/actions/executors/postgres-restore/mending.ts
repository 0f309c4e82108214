/**
 * A swap of clusters whose worker died half-way: what is read from what it wrote down, and a second worker that picks it
 * up. That one is found and watched like the first, and may die as well.
 */
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { findSupervised, isAtWork, lookAt } from '../../supervised/index.ts'
import type { Dispatched, Io, Json, Progress, Reconciled } from '../executor.ts'
import type { Config } from './settings.ts'
import { type Swap, swapFileOf, swapOf } from './swapping.ts'

// Each dies for a reason. After so many it is for people.
const mendersMax = 3

const handleSchema = z.object({ key: z.string(), mender: z.number().default(0) })

export async function lookAtRestore(config: Config, handle: Json, io: Io): Promise<Progress> {
  const { key, mender } = handleSchema.parse(handle)
  const progress = await lookAt(handle, mender === 0 ? io : folderOf(mender, io))
  if (progress.phase === 'running' || progress.phase === 'succeeded') return progress
  switch (swapUnder(key, config)?.standing) {
    case 'live':
      return { ...progress, phase: 'succeeded', detail: 'the swap is complete' }
    case 'taken back':
      return { ...progress, phase: 'failed', detail: 'the old one is live: what was swapped in is taken back' }
    case 'under way':
      return {
        ...progress,
        phase: 'unknown',
        detail: `It ended in the middle of the swap (${progress.detail}); I finish it or take it back.`,
      }
    default:
      return progress
  }
}

/** `start` begins a worker in a folder that it is given. */
export async function findRestore(
  config: Config,
  key: string,
  io: Io,
  start: (io: Io) => Promise<Dispatched>,
): Promise<Reconciled> {
  const half = swapUnder(key, config)
  if (half?.standing !== 'under way') return findSupervised(key, io)
  const seen = await lookAt({ key }, io)
  if (seen.phase === 'running') return { found: 'handle', handle: { key } }
  if (isAtWork(io)) return { found: 'unknown', why: `${seen.detail}; look again when it has ended` }
  for (let mender = 1; mender <= mendersMax; mender += 1) {
    const itsIo = folderOf(mender, io)
    const handle = { key, mender }
    if (isAtWork(itsIo)) return { found: 'handle', handle }
    // Somebody may have been about to start in it, and have died: then it is left alone, as every run is.
    if (fs.existsSync(itsIo.runDir)) continue
    fs.mkdirSync(itsIo.runDir, { mode: 0o700 })
    // In sequence: one is enough.
    const started = await start(itsIo)
    return started.outcome === 'accepted' ? { found: 'handle', handle } : { found: 'unknown', why: started.why }
  }
  return { found: 'unknown', why: `the swap stands half-way, and ${swapFileOf(half.data)} says what to do by hand` }
}

function swapUnder(key: string, config: Config): Swap | null {
  if (config.from === 'dumps' || config.finally !== 'swap' || !config.live) return null
  const last = swapOf(config.live.data)
  return last?.key === key ? last : null
}

function folderOf(mender: number, io: Io): Io {
  return { ...io, runDir: path.join(io.runDir, `mender-${mender}`) }
}
