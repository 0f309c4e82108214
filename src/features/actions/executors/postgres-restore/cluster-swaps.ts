/** Putting a cluster in the place of the live one: what is known before, and the plan for the way back. */
import fs from 'node:fs'
import path from 'node:path'
import type { Io, Json, NoPlan, Plan } from '../executor.ts'
import { NoAnswer } from '../wire.ts'
import { type BackRestConfig, type Job, keptFor, type LiveServer, stampOf } from './settings.ts'
import { swapFileOf, swapOf } from './swapping.ts'

export interface Swap {
  data: string
  keepAs: string
  blastRadius: string
  steps(next: string): string[]
  observed: Json
  remarks: string[]
  kept: NonNullable<Plan['kept']>
}

export function liveServerOf({ live }: BackRestConfig): LiveServer {
  if (!live) throw new NoAnswer('The settings do not say where the live server is.')
  return live
}

export function swapFor(config: BackRestConfig, io: Io): Swap | NoPlan {
  const { data } = liveServerOf(config)
  if (swapOf(data)?.standing === 'under way')
    return {
      refused: `A swap of ${data} stands half-way. Use “Look again” on its card, or do what ${swapFileOf(data)} says.`,
    }
  // Renaming is all that may happen while the server stands still; across disks it would be a copy.
  if (deviceOf(config.folder) !== deviceOf(data))
    return { refused: `${config.folder} is on another disk than ${data}. Use a folder beside it.` }
  const keepAs = `${data}_before_${stampOf(io.now())}`
  return {
    data,
    keepAs,
    blastRadius: `everybody who uses ${config.stanza}: the server stands still for the moment of the swap`,
    steps: (next) => [
      `stop the server, rename ${data} to ${keepAs} and ${next} to ${data}, start it, and look whether it answers`,
    ],
    observed: identityOf(config),
    remarks: ['standbys must be built anew afterwards, and a backup made'],
    kept: keptFor(config, io.now(), { what: keepAs, removal: `rm -r ${keepAs}` }),
  }
}

/** The cluster that is live just now: another one in its place is another world. */
export function identityOf(config: BackRestConfig): Json {
  return inodeOf(liveServerOf(config).data)
}

/** By the last part of the name: a parameter holds no path. */
export function isKeptCluster(config: BackRestConfig, name: string): boolean {
  if (config.finally !== 'swap' || !config.live) return false
  const prefix = `${path.basename(config.live.data)}_before_`
  return name.startsWith(prefix) && /^\d{8}_\d{6}_\d{3}$/.test(name.slice(prefix.length))
}

export function keptClusters(config: BackRestConfig): string[] {
  if (config.finally !== 'swap' || !config.live) return []
  const names = fs.readdirSync(path.dirname(config.live.data))
  return names
    .filter((name) => isKeptCluster(config, name))
    .toSorted()
    .toReversed()
}

/** Back to the cluster that a swap kept: nothing is restored, two folders change places. */
export function planSwapOfClusters(config: BackRestConfig, name: string, io: Io): Plan | NoPlan {
  if (!keptClusters(config).includes(name))
    return { refused: `There is no cluster ${name}. Use ${keptClusters(config).join(', ') || 'a backup'}.` }
  const swap = swapFor(config, io)
  if ('refused' in swap) return swap
  const kept = path.join(path.dirname(swap.data), name)
  return {
    payload: { do: 'swap-clusters', kept, keepAs: swap.keepAs } satisfies Job as Json,
    before: `${config.stanza} as it is`,
    after: `${config.stanza} is what ${name} is now`,
    blastRadius: swap.blastRadius,
    lost: `everything written to ${config.stanza} since the swap; kept as ${swap.keepAs}`,
    takesSeconds: null,
    steps: swap.steps(kept),
    observed: observeSwapOfClusters(config, kept),
    inverse: { params: { [config.backup]: path.basename(swap.keepAs) } },
    remarks: swap.remarks,
    kept: swap.kept,
  }
}

export function observeSwapOfClusters(config: BackRestConfig, kept: string): Json {
  return { kept: fs.existsSync(kept) ? inodeOf(kept) : null, live: identityOf(config) }
}

function inodeOf(folder: string): number {
  return statOf(folder).ino
}

function deviceOf(folder: string): number {
  return statOf(folder).dev
}

function statOf(folder: string): fs.Stats {
  try {
    return fs.statSync(folder)
  } catch {
    throw new NoAnswer(`${folder} cannot be read.`)
  }
}
