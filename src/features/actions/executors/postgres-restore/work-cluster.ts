/** A cluster of its own from pgBackRest, brought to a moment, checked, and left running on a socket. */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ratesIn } from './rates.ts'
import type { BackRestConfig, Job } from './settings.ts'
import { swapClusters } from './work-cluster-swap.ts'
import { check, Failed, mayGoOn, patience, run, say, talkTo, timed } from './work-steps.ts'

type ClusterJob = Extract<Job, { do: 'restore-cluster' }>

const replayMinutesMax = 12 * 60

export async function restoreCluster(
  job: ClusterJob,
  config: BackRestConfig,
  given: { homeDir: string; key: string; url: string },
): Promise<void> {
  const { cluster } = job
  const data = path.join(cluster, 'data')
  const began = performance.now()
  // Never into something that exists: mkdir refuses, and so does pgBackRest.
  fs.mkdirSync(cluster, { mode: 0o700 })
  writeSettings(cluster, config)
  if (config.user) chownAll(cluster, config.user)

  const { seconds: restoring } = await timed(`restored ${job.set}`, () =>
    run(config, restoreArguments(job, config, data)),
  )
  const { seconds: replaying } = await timed('replayed the archive and opened', () => open(job, config))
  const standsFor = new Date(job.standsFor)
  await check(config, addressIn(config, cluster), { manifest: null, live: null, standsFor })
  const hasSums = await hasChecksums(config, cluster)
  // Checksums can be read while nobody writes only.
  await pgCtl(config, data, ['stop', '--mode=fast', '--wait'])
  if (hasSums) await checkSums(config, data)
  else say('this cluster has no data checksums')
  say(`restored and checked in ${((performance.now() - began) / 1_000).toFixed(1)} s in all`)
  ratesIn(given.homeDir).measured('cluster', job.bytes, restoring + replaying)
  if (job.keepAs !== null)
    return swapClusters(config, { key: given.key, next: data, keepAs: job.keepAs, standsFor: job.standsFor }, given.url)
  await pgCtl(config, data, startArguments(cluster, '--wait'))
  say(`ready: psql -h ${cluster} -p ${config.port} ${config.database} (as it was at ${job.standsFor})`)
}

function restoreArguments(job: ClusterJob, config: BackRestConfig, data: string): [string, ...string[]] {
  const target =
    job.moment === null
      ? ['--type=immediate']
      : ['--type=time', `--target=${job.moment.replace('T', ' ').replace('Z', '+00')}`]
  return [
    config.program,
    // On the command line and not in the environment: pgBackRest writes it into the clone's restore_command.
    `--config=${config.configFile}`,
    `--stanza=${config.stanza}`,
    `--pg1-path=${data}`,
    `--set=${job.set}`,
    ...target,
    '--target-action=promote',
    // The timeline of the backup, not one that an earlier restore opened.
    '--target-timeline=current',
    // Else the promoted clone would archive into the production's own repository.
    '--archive-mode=off',
    'restore',
  ]
}

/** Settings of its own: nothing of production's may run in a clone of it, no archiving, no replication, no jobs. */
function writeSettings(cluster: string, { port }: BackRestConfig): void {
  const file = (name: string) => path.join(cluster, name)
  const settings = [
    `port=${port}`,
    "listen_addresses=''",
    `unix_socket_directories='${cluster}'`,
    'unix_socket_permissions=0700',
    'archive_mode=off',
    'hot_standby=off',
    'max_connections=20',
    'max_wal_senders=0',
    'max_replication_slots=0',
    'max_logical_replication_workers=0',
    'max_worker_processes=2',
    "shared_preload_libraries=''",
    'autovacuum=off',
    'logging_collector=off',
    `hba_file='${file('hba.conf')}'`,
  ]
  fs.writeFileSync(file('postgresql.conf'), `${settings.join('\n')}\n`, { mode: 0o600 })
  // The folder itself is 0700: whoever reaches the socket is its owner, or root.
  fs.writeFileSync(file('hba.conf'), 'local all all trust\n', { mode: 0o600 })
}

function chownAll(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  for (const name of ['', 'postgresql.conf', 'hba.conf']) fs.chownSync(path.join(folder, name), uid, gid)
}

/** A successful restore command proves nothing: only a server that has reached its target and opened does. */
async function open(job: ClusterJob, config: BackRestConfig): Promise<void> {
  const { cluster } = job
  // Not waiting: pg_ctl knows nothing of a server that replays behind a closed door.
  await pgCtl(config, path.join(cluster, 'data'), startArguments(cluster, '--no-wait'))
  const end = performance.now() + replayMinutesMax * 60_000
  while (performance.now() < end) {
    mayGoOn()
    const log = fs.existsSync(path.join(cluster, 'pg.log')) ? fs.readFileSync(path.join(cluster, 'pg.log'), 'utf8') : ''
    const fatal = /FATAL:.*(recovery ended before|could not|requested timeline).*/.exec(log)
    if (fatal) throw new Failed(fatal[0].slice(0, 200))
    if (await isOpen(config, cluster)) {
      const reached = /recovery stopping (before|after).*|consistent recovery state reached.*/g
      say([...log.matchAll(reached)].at(-1)?.[0] ?? 'recovery ended')
      return
    }
    await pause(200)
  }
  throw new Failed('the archive was not replayed in time')
}

async function isOpen(config: BackRestConfig, cluster: string): Promise<boolean> {
  try {
    const [row] = await talkTo(addressIn(config, cluster), { ...patience, secondsMax: 5 }, ({ ask }) =>
      ask('select pg_is_in_recovery() as replaying'),
    )
    return row?.replaying === false
  } catch {
    return false
  }
}

async function hasChecksums(config: BackRestConfig, cluster: string): Promise<boolean> {
  const [row] = await talkTo(addressIn(config, cluster), patience, ({ ask }) => ask('show data_checksums'))
  return row?.data_checksums === 'on'
}

async function checkSums(config: BackRestConfig, data: string): Promise<void> {
  const program = path.join(config.binaries, 'pg_checksums')
  if (!fs.existsSync(program)) return say('pg_checksums is not installed: checksums are not read')
  await timed('read every checksum', () => run(config, [program, '--check', '--pgdata', data], { isQuiet: true }))
}

function pgCtl(config: BackRestConfig, data: string, args: readonly string[]): Promise<void> {
  return run(config, [path.join(config.binaries, 'pg_ctl'), '--pgdata', data, '--silent', ...args])
}

function startArguments(cluster: string, waiting: '--wait' | '--no-wait'): string[] {
  const log = path.join(cluster, 'pg.log')
  return ['start', waiting, `--log=${log}`, `--options=-c config_file=${path.join(cluster, 'postgresql.conf')}`]
}

function addressIn({ port, database }: BackRestConfig, cluster: string): string {
  return `postgres://postgres@localhost:${port}/${database}?host=${encodeURIComponent(cluster)}`
}
