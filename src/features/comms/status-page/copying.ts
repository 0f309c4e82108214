/**
 * Keeps the copy in a folder. Looks when something was published here, and every few seconds because it may have been
 * published elsewhere.
 */
import { type Db, isDatabaseAway } from '../../../core/db.ts'
import type { Log } from '../../../core/log.ts'
import { type Loop, startLoop } from '../../../core/loop.ts'
import type { Spine } from '../../../core/perform.ts'
import type { Clock } from '../../../lib/clock.ts'
import { type Written, writeCopy } from './copy.ts'
import { pageOf } from './page.ts'
import { markOf, readForPage } from './reading.ts'
import { makeStatusPageRules, type StatusPageGround, type StatusPageRules } from './rules.ts'
import { filesOf, type StoredFile, staleAfterMinutes } from './shelf.ts'

export interface Copying {
  spine: Spine
  clock: Clock
  log: Log
  rules: StatusPageRules
}

const everyMilliseconds = 5_000
/** So that whoever reads the copy sees that somebody still writes it. */
const writeAgainMilliseconds = 5 * 60_000

/** Null when nobody wants a copy. */
export function startCopying({ spine: { db }, clock, log, rules }: Copying): Loop | null {
  const { copyTo } = rules
  if (copyTo === null) return null
  const last = { writtenAt: Number.NEGATIVE_INFINITY, mark: '' }

  const look = async (): Promise<null> => {
    const now = clock.now()
    const mark = await markOf(db, now)
    if (mark === last.mark && now.getTime() - last.writtenAt < writeAgainMilliseconds) return null
    await writeCopy(copyTo, await copyOf(rules, db, now))
    Object.assign(last, { mark, writtenAt: now.getTime() })
    return null
  }

  const onError = (error: unknown) => {
    if (isDatabaseAway(error)) log.warn('status page: the database is away, will look again')
    else log.error({ err: error }, 'writing the copy of the status page failed')
  }
  return startLoop({ look, everyMilliseconds, clock, onError })
}

/** Once, for whoever asks by hand. */
export async function writeStatusCopy(
  ground: StatusPageGround,
  { db, folder, now }: { db: Db; folder: string; now: Date },
): Promise<Written> {
  return writeCopy(folder, await copyOf(makeStatusPageRules(ground), db, now))
}

async function copyOf({ settings, say }: StatusPageRules, db: Db, now: Date): Promise<Map<string, StoredFile>> {
  const published = await readForPage(db, now, settings.locale)
  const seen = [...published.watched.values()].flat().map(({ until }) => until)
  const minutes = Math.floor((now.getTime() - Math.max(...seen)) / 60_000)
  // Written by hand while no bot runs: nobody would have published what is wrong now.
  const staleMinutes = Number.isFinite(minutes) && minutes >= staleAfterMinutes ? minutes : null
  return filesOf(pageOf(settings, published, now), { say, staleMinutes, isCopy: true })
}
