/** The files of actions that were over long ago: what they printed, and what they were told to do. Nothing else is touched. */
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { isDatabaseAway } from '../../core/db.ts'
import type { LongWork } from '../../core/feature.ts'
import { type Loop, startLoop } from '../../core/loop.ts'
import type { ActionsConfig } from './config.ts'
import { overBefore } from './store.ts'

const everyMilliseconds = 6 * 60 * 60_000

/** On the machine that ran them: another one does not see them. */
export function startTidying({ spine, clock, log, dataFolder, config }: LongWork): Loop {
  const { keepRuns } = config.actions as ActionsConfig
  const look = async (): Promise<null> => {
    const before = new Date(clock.now().getTime() - keepRuns)
    const folders = await foldersIn(path.resolve(dataFolder, 'runs'))
    const over = folders.size === 0 ? [] : await overBefore(spine.db, [...folders.keys()], before)
    for (const id of over) {
      // In sequence: there is no hurry, and a disk is shared.
      const folder = folders.get(id)
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    }
    if (over.length > 0) log.info({ folders: over.length }, 'files of actions that were over long ago are gone')
    return null
  }
  const onError = (error: unknown) => {
    if (!isDatabaseAway(error)) log.warn({ err: error }, 'the files of old actions could not be tidied away')
  }
  // Whoever wakes workers means actions that have something to do, and here there is no hurry.
  return { ...startLoop({ look, everyMilliseconds, clock, onError }), wake: () => {} }
}

/** By the number of the action; what executors keep for themselves has other names. */
async function foldersIn(runs: string): Promise<ReadonlyMap<number, string>> {
  const names = await readdir(runs).catch(() => [])
  return new Map(
    names.flatMap((name) => {
      const [, number] = /^A-(\d{1,9})$/.exec(name) ?? []
      return number === undefined ? [] : [[Number(number), path.join(runs, name)] as const]
    }),
  )
}
