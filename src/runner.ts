/**
 * `tocsin runner`: runs actions and does nothing else. It stands where production can be reached and holds its keys; the
 * bot, which faces Slack, stands elsewhere with TOCSIN_RUNNER=elsewhere and holds none. They meet in the database only.
 */

import type { Config } from './config.ts'
import { openDatabase } from './core/db.ts'
import type { LongWork } from './core/feature.ts'
import { linkSecretOf } from './core/link-secret.ts'
import type { Log } from './core/log.ts'
import type { Loop } from './core/loop.ts'
import { pendingMigrations, readMigrations } from './core/migrations.ts'
import { slotsOf } from './core/slots.ts'
import type { Templates } from './core/templates.ts'
import { features } from './features/index.ts'
import type { Clock } from './lib/clock.ts'
import { makeSpine } from './spine.ts'

export interface RunnerGiven extends Pick<LongWork, 'dataFolder' | 'secretOf'> {
  databaseUrl: string
  publicUrl: string
  config: Config
  templates: Templates
  clock: Clock
  log: Log
}

export async function startRunnerProcess(given: RunnerGiven): Promise<{ stop(): Promise<void> }> {
  const { databaseUrl, publicUrl, config, templates, clock, log, dataFolder, secretOf } = given
  const database = await openDatabase(databaseUrl)
  const { db } = database
  // The bot brings the database to the right shape; two that disagree about it must not both write.
  const pending = await pendingMigrations(db, readMigrations('migrations'))
  if (pending.length > 0) {
    await database.close()
    throw new Error(
      `the database lacks ${pending.join(', ')}: start the bot of this release first, or run \`tocsin migrate\``,
    )
  }
  const workers: Loop[] = []
  const wake = (wanted: readonly string[]) => {
    // Messages and timers are the bot's: it finds them in the database within a second.
    if (wanted.includes('workers')) for (const worker of workers) worker.wake()
  }
  const slots = slotsOf(features.flatMap((feature) => feature.fills ?? []))
  const { spine } = makeSpine({
    db,
    clock,
    config,
    templates,
    slots,
    publicUrl,
    linkSecret: await linkSecretOf(db),
    wake,
  })
  const work: LongWork = { config, spine, clock, log, dataFolder, secretOf, isAlone: true }
  workers.push(...features.flatMap((feature) => feature.worker?.(work) ?? []))
  // Loops hold no process open; this one is here for nothing else.
  const stayUp = setInterval(() => {}, 60_000)
  return {
    async stop() {
      clearInterval(stayUp)
      await Promise.all(workers.map((worker) => worker.stop()))
      await database.close()
    },
  }
}
