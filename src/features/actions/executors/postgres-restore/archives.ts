/** Files of pg_dump: which there are, what each says about itself, and the plan to restore one. */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { talkTo } from '../../../../core/other-databases.ts'
import { formatDuration } from '../../../../lib/duration.ts'
import { redact } from '../../supervised/redact.ts'
import { lastLine, runShort } from '../../supervised/short.ts'
import type { Asked, Io, Json, NoPlan, Plan } from '../executor.ts'
import { NoAnswer } from '../wire.ts'
import { manifestSchema } from './fingerprint.ts'
import { ratesIn } from './rates.ts'
import { type DumpConfig, type Job, keptFor, stampOf } from './settings.ts'

export interface Archive {
  file: string
  bytes: number
  modified: number
}

const secondsMax = 50

/** Newest first. What is still being written has another ending. */
export function archivesIn(folder: string): Archive[] {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.dump'))
      .map((entry) => {
        const { size, mtimeMs } = fs.statSync(path.join(folder, entry.name))
        return { file: entry.name, bytes: size, modified: Math.round(mtimeMs) }
      })
      .toSorted((a, b) => b.modified - a.modified)
  } catch {
    throw new NoAnswer(`The folder of backups, ${folder}, cannot be read.`)
  }
}

export async function planDump(asked: Asked<DumpConfig>, io: Io): Promise<Plan | NoPlan> {
  const { config, params } = asked
  const wanted = params[config.backup] === undefined ? null : String(params[config.backup])
  const live = await liveOf(config, io)
  if (wanted !== null && isKept(config, wanted)) return planSwapBack(asked, wanted, live, io)
  const archives = archivesIn(config.folder)
  const chosen = choose(archives, wanted)
  const known = archives.slice(0, 5).map((one) => one.file)
  if (!chosen)
    return {
      refused:
        known.length > 0
          ? `No such backup. Use ${known.join(', ')}, or a moment after the oldest.`
          : `There is no backup in ${config.folder}.`,
    }

  const file = path.join(config.folder, chosen.file)
  const header = await headerOf(config, file, io)
  if (header.serverMajor > live.major)
    return {
      refused: `${chosen.file} comes from PostgreSQL ${header.serverMajor}, and the server is ${live.major}. Restore it on a newer server.`,
    }
  const manifest = manifestOf(file)
  const sha256 = await sha256Of(file, io.signal)
  if (manifest.sha256 !== undefined && manifest.sha256 !== sha256)
    return {
      refused: `${chosen.file} is not what was written down beside it (its sha256 differs). Use another backup.`,
    }

  const takenAt = manifest.takenAt ?? header.createdAt
  const age = formatDuration(io.now().getTime() - Date.parse(takenAt))
  const stamp = stampOf(io.now())
  const isSwap = config.finally === 'swap'
  const beside = `${config.database}_restored_${stamp}`
  const keepAs = `${config.database}_before_${stamp}`
  const job: Job = {
    do: 'restore-dump',
    file,
    sha256,
    bytes: chosen.bytes,
    takenAt,
    beside,
    keepAs: isSwap ? keepAs : null,
  }
  return {
    payload: job as Json,
    before: `${config.database} as it is, ${megabytes(live.bytes)}`,
    after: `${isSwap ? config.database : beside} from ${chosen.file} (${sha256.slice(0, 12)}), taken ${takenAt}`,
    blastRadius: isSwap
      ? `everybody who uses ${config.database}: connections are cut for the moment of the swap`
      : `nobody: ${config.database} is not touched`,
    lost: isSwap
      ? `everything written to ${config.database} after ${takenAt} (${age} ago); kept beside as ${keepAs}`
      : null,
    takesSeconds: ratesIn(io.homeDir).secondsFor('dump', chosen.bytes),
    steps: [
      `read all of ${chosen.file} and compare its sha256`,
      `create ${beside} and restore into it`,
      manifest.tables ? 'compare rows and checksums with the manifest' : 'compare its tables with the live ones',
      ...(config.checks.amcheck ? ['read every page and index (pg_amcheck), where installed'] : []),
      ...(isSwap ? [`give ${beside} the settings and rights of ${config.database}`] : []),
      isSwap
        ? `rename ${config.database} to ${keepAs} and ${beside} to ${config.database}, in one transaction`
        : `leave ${beside} for people`,
    ],
    observed: factsOf(chosen, live),
    inverse: isSwap ? { params: { [config.backup]: keepAs } } : null,
    remarks: [`the backup is ${age} old`],
    ...(isSwap ? { kept: keptFor(config, io.now(), { what: keepAs, removal: `drop database ${keepAs};` }) } : {}),
  }
}

/** Back to the database that a swap kept: nothing is restored, two names change places. */
async function planSwapBack(asked: Asked<DumpConfig>, kept: string, live: Live, io: Io): Promise<Plan | NoPlan> {
  const { config } = asked
  if (config.finally !== 'swap') return { refused: 'This action restores beside, and swaps nothing. Name a backup.' }
  if (!live.databases.includes(kept))
    return {
      refused: `There is no database ${kept}. Use ${live.databases.filter((one) => isKept(config, one)).join(', ') || 'a backup'}.`,
    }
  const keepAs = `${config.database}_before_${stampOf(io.now())}`
  return {
    payload: { do: 'swap-back', kept, keepAs } satisfies Job as Json,
    before: `${config.database} as it is, ${megabytes(live.bytes)}`,
    after: `${config.database} is what ${kept} is now`,
    blastRadius: `everybody who uses ${config.database}: connections are cut for the moment of the swap`,
    lost: `everything written to ${config.database} since the swap; kept beside as ${keepAs}`,
    takesSeconds: 2,
    steps: [`rename ${config.database} to ${keepAs} and ${kept} to ${config.database}, in one transaction`],
    observed: { kept, live: live.oid },
    inverse: { params: { [config.backup]: keepAs } },
    kept: keptFor(config, io.now(), { what: keepAs, removal: `drop database ${keepAs};` }),
  }
}

export async function observeDump(asked: Asked<DumpConfig>, job: Job, io: Io): Promise<Json> {
  const live = await liveOf(asked.config, io)
  if (job.do === 'swap-back') return { kept: live.databases.includes(job.kept) ? job.kept : null, live: live.oid }
  if (job.do !== 'restore-dump') return null
  const archive = archivesIn(asked.config.folder).find((one) => one.file === path.basename(job.file))
  return archive ? factsOf(archive, live) : null
}

export function isKept(config: DumpConfig, name: string): boolean {
  return new RegExp(`^${config.database}_before_\\d{8}_\\d{6}_\\d{3}$`).test(name)
}

export interface Live {
  oid: number
  bytes: number
  major: number
  databases: readonly string[]
}

export async function liveOf({ urlVariable, database }: DumpConfig, io: Io): Promise<Live> {
  const url = io.secrets(urlVariable)
  try {
    return await talkTo(url, { secondsMax: 20, signal: io.signal, isReadOnly: true }, async ({ ask }) => {
      const [one] = await ask(
        `select oid::int, pg_database_size(oid)::text as bytes, current_setting('server_version_num')::int / 10000 as major
         from pg_database where datname = $1`,
        [database],
      )
      if (!one) throw new NoAnswer(`There is no database ${database} on the server of ${urlVariable}.`)
      const names = await ask('select datname from pg_database order by 1')
      return {
        oid: Number(one.oid),
        bytes: Number(one.bytes),
        major: Number(one.major),
        databases: names.map((row) => String(row.datname)),
      }
    })
  } catch (error) {
    if (error instanceof NoAnswer) throw error
    const why = error instanceof Error ? redact(error.message, [url]).slice(0, 200) : ''
    throw new NoAnswer(`The server of ${urlVariable} cannot be asked: ${why}.`)
  }
}

function choose(archives: readonly Archive[], wanted: string | null): Archive | undefined {
  if (wanted === null) return archives[0]
  const moment = /^\d{4}-\d{2}-\d{2}T/.test(wanted) ? Date.parse(wanted) : Number.NaN
  // The newest that was complete by then.
  if (!Number.isNaN(moment)) return archives.find((one) => one.modified <= moment)
  return archives.find((one) => one.file === wanted)
}

async function headerOf(config: DumpConfig, file: string, io: Io): Promise<{ createdAt: string; serverMajor: number }> {
  const said = await runShort({
    argv: [path.join(config.binaries, 'pg_restore'), '--list', file],
    cwd: '/',
    secondsMax,
    user: config.user,
    signal: io.signal,
  })
  if (said.exitCode !== 0)
    throw new NoAnswer(`pg_restore cannot read ${path.basename(file)}: ${said.problem ?? lastLine(said)}.`)
  const createdAt = /Archive created at (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})/.exec(said.stdout)
  const version = /Dumped from database version: (\d+)/.exec(said.stdout)
  return {
    createdAt: createdAt ? `${createdAt[1]}T${createdAt[2]}Z` : new Date(fs.statSync(file).mtimeMs).toISOString(),
    serverMajor: Number(version?.[1] ?? 0),
  }
}

export function manifestOf(file: string) {
  try {
    return manifestSchema.parse(JSON.parse(fs.readFileSync(`${file}.json`, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new NoAnswer(`${path.basename(file)}.json, beside the backup, is not understood.`)
  }
}

export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(fs.createReadStream(file), hash, signal ? { signal } : {})
  return hash.digest('hex')
}

function factsOf({ file, bytes, modified }: Archive, live: Live): Json {
  return { file, bytes, modified, live: live.oid }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
