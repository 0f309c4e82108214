/** Backups of pgBackRest: which there are, and the plan to bring a cluster back to a moment, beside the live one. */
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { formatDuration } from '../../../../lib/duration.ts'
import { lastLine, runShort } from '../../supervised/short.ts'
import type { Asked, Io, Json, NoPlan, Plan } from '../executor.ts'
import { NoAnswer, parseJson } from '../wire.ts'
import { megabytes } from './archives.ts'
import { identityOf, isKeptCluster, observeSwapOfClusters, planSwapOfClusters, swapFor } from './cluster-swaps.ts'
import { ratesIn } from './rates.ts'
import { type BackRestConfig, type Job, stampOf } from './settings.ts'

// `info` ends with 0 whatever is wrong; only these codes tell.
const Info = z.array(
  z.object({
    status: z.object({ code: z.number(), message: z.string() }),
    backup: z
      .array(
        z.object({
          label: z.string(),
          type: z.string(),
          error: z.boolean().nullish(),
          timestamp: z.object({ start: z.number(), stop: z.number() }),
          info: z.object({ size: z.number() }),
        }),
      )
      .default([]),
  }),
)
export interface BackupSet {
  label: string
  type: string
  complete: Date
  bytes: number
}

const spare = 1.2

/** Newest first. */
export async function setsOf(config: BackRestConfig, io: Io): Promise<BackupSet[]> {
  const said = await runShort({
    argv: [config.program, `--config=${config.configFile}`, `--stanza=${config.stanza}`, '--output=json', 'info'],
    cwd: '/',
    secondsMax: 50,
    user: config.user,
    signal: io.signal,
  })
  const [info] = Info.safeParse(parseJson(said.stdout)).data ?? []
  if (!info) throw new NoAnswer(`pgBackRest cannot be asked: ${said.problem ?? lastLine(said)}.`)
  if (info.status.code !== 0)
    throw new NoAnswer(`pgBackRest says “${info.status.message.slice(0, 100)}” about ${config.stanza}.`)
  return info.backup
    .filter((one) => !one.error)
    .map((one) => ({
      label: one.label,
      type: one.type,
      complete: new Date(one.timestamp.stop * 1_000),
      bytes: one.info.size,
    }))
    .toReversed()
}

export async function planCluster(asked: Asked<BackRestConfig>, io: Io): Promise<Plan | NoPlan> {
  const { config, params } = asked
  const wanted = params[config.backup] === undefined ? null : String(params[config.backup])
  if (wanted !== null && isKeptCluster(config, wanted)) return planSwapOfClusters(config, wanted, io)
  const sets = await setsOf(config, io)
  const newest = sets[0]
  const oldest = sets.at(-1)
  if (!newest || !oldest) return { refused: `pgBackRest has no backup of ${config.stanza}.` }
  const chosen = choose(sets, wanted, io.now())
  if (!chosen)
    return {
      refused: `No such backup. Use ${sets
        .slice(0, 5)
        .map((one) => one.label)
        .join(', ')}, or a moment between ${oldest.complete.toISOString()} and now.`,
    }
  const { set, moment } = chosen
  const free = freeBytes(config.folder)
  if (free < set.bytes * spare)
    return { refused: `${config.folder} has ${megabytes(free)} free, and ${megabytes(set.bytes * spare)} are needed.` }

  const standsFor = moment ?? set.complete.toISOString()
  const cluster = path.join(config.folder, `${config.stanza}_${stampOf(io.now())}`)
  const swap = config.finally === 'swap' ? swapFor(config, io) : null
  if (swap && 'refused' in swap) return swap
  const keepAs = swap?.keepAs ?? null
  const job: Job = { do: 'restore-cluster', set: set.label, moment, standsFor, cluster, bytes: set.bytes, keepAs }
  const age = formatDuration(io.now().getTime() - Date.parse(standsFor))
  return {
    payload: job as Json,
    before: `${config.stanza} as it is`,
    after: swap
      ? `${config.stanza} as it was at ${standsFor}, in ${swap.data}`
      : `${config.stanza} as it was at ${standsFor}, in a cluster of its own: ${cluster}`,
    blastRadius: swap ? swap.blastRadius : `nobody: ${config.stanza} is not touched`,
    lost: swap
      ? `everything written to ${config.stanza} after ${standsFor} (${age} ago); kept as ${swap.keepAs}`
      : null,
    takesSeconds: ratesIn(io.homeDir).secondsFor('cluster', set.bytes),
    steps: [
      `restore the ${set.type} backup ${set.label} (${megabytes(set.bytes)}) into ${cluster}`,
      moment === null ? 'recover until it is consistent' : `replay the archive up to ${moment}`,
      'check rows, newest record, pages, indexes and checksums',
      ...(swap?.steps(`${cluster}/data`) ?? [`leave it running on a socket in ${cluster}, port ${config.port}`]),
    ],
    observed: { set: set.label, complete: set.complete.toISOString(), live: swap?.observed ?? null },
    inverse: swap ? { params: { [config.backup]: path.basename(swap.keepAs) } } : null,
    remarks: [`${age} back`, ...(swap?.remarks ?? [])],
    ...(swap ? { kept: swap.kept } : {}),
  }
}

export async function observeCluster(asked: Asked<BackRestConfig>, job: Job, io: Io): Promise<Json> {
  const { config } = asked
  if (job.do === 'swap-clusters') return observeSwapOfClusters(config, job.kept)
  if (job.do !== 'restore-cluster') return null
  const set = (await setsOf(config, io)).find((one) => one.label === job.set)
  const live = job.keepAs === null ? null : identityOf(config)
  return set ? { set: set.label, complete: set.complete.toISOString(), live } : null
}

function choose(sets: readonly BackupSet[], wanted: string | null, now: Date) {
  if (wanted === null) return sets[0] ? { set: sets[0], moment: null } : null
  const named = sets.find((one) => one.label === wanted)
  if (named) return { set: named, moment: null }
  const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})$/.test(wanted)
    ? new Date(wanted)
    : null
  if (!moment || Number.isNaN(moment.getTime()) || moment > now) return null
  // The newest that was complete before; replay goes forward only.
  const set = sets.find((one) => one.complete < moment)
  // PostgreSQL reads it in UTC; microseconds are kept as they were written.
  return set ? { set, moment: wanted.endsWith('Z') ? wanted : moment.toISOString() } : null
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = fs.statfsSync(folder)
    return bavail * bsize
  } catch {
    throw new NoAnswer(`${folder} cannot be read. Create it, for the user that restores.`)
  }
}
