/**
 * The worker: a process of its own below a supervisor, which does what the plan says, step by step, and says what it
 * does. Ended early it cleans up what it had begun; the live database is touched by the last step alone.
 */
import { z } from 'zod'
import { configSchema, jobSchema } from './settings.ts'
import { restoreCluster } from './work-cluster.ts'
import { mendSwap, swapClusters } from './work-cluster-swap.ts'
import { restoreDump, swapBack } from './work-dump.ts'
import { Failed, say } from './work-steps.ts'

const Work = z.object({
  job: jobSchema,
  config: configSchema,
  homeDir: z.string(),
  /** The job was done half by somebody who died. */
  isMending: z.boolean().default(false),
})

try {
  const { job, config, homeDir, isMending } = Work.parse(JSON.parse(process.env.RESTORE_WORK ?? ''))
  const url = process.env.RESTORE_URL ?? ''
  const key = process.env.RESTORE_KEY ?? ''
  if (isMending && config.from === 'pgbackrest') await mendSwap(config, key, url)
  else if (job.do === 'restore-cluster' && config.from === 'pgbackrest')
    await restoreCluster(job, config, { homeDir, key, url })
  else if (job.do === 'restore-dump' && config.from === 'dumps') await restoreDump(job, config, { homeDir, url })
  else if (job.do === 'swap-back' && config.from === 'dumps') await swapBack(job, config, url)
  else if (job.do === 'swap-clusters' && config.from === 'pgbackrest')
    await swapClusters(config, { key, next: job.kept, keepAs: job.keepAs, standsFor: null }, url)
  else throw new Failed('the plan and the settings do not fit each other')
} catch (error) {
  say(`FAILED: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
