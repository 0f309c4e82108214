/** A dump into a database of its own, and, when that was planned, the swap of two names. */
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { manifestOf, sha256Of } from './archives.ts'
import { carryOver } from './database-settings.ts'
import { fingerprintOf } from './fingerprint.ts'
import { ratesIn } from './rates.ts'
import type { DumpConfig, Job } from './settings.ts'
import { addressOf, check, Failed, mayGoOn, patience, run, say, talkTo, timed } from './work-steps.ts'

type DumpJob = Extract<Job, { do: 'restore-dump' }>

export async function restoreDump(
  job: DumpJob,
  config: DumpConfig,
  given: { homeDir: string; url: string },
): Promise<void> {
  const { url, homeDir } = given
  const admin = addressOf(url, 'postgres')
  const beside = addressOf(url, job.beside)
  if ((await sha256Of(job.file)) !== job.sha256) throw new Failed('the backup is not the file that was planned with')
  say(`${path.basename(job.file)} is the file that was planned with`)
  const manifest = manifestOf(job.file)
  mayGoOn()

  await talkTo(admin, patience, async ({ ask }) => {
    const [live] = await ask(
      `select format('create database %I template template0 owner %I encoding %L lc_collate %L lc_ctype %L', $2::text,
         pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype) as sql
       from pg_database where datname = $1`,
      [config.database, job.beside],
    )
    if (!live) throw new Failed(`there is no database ${config.database} any more`)
    await ask(String(live.sql))
  })
  try {
    const { seconds } = await timed(`restored into ${job.beside}`, () => restoreInto(job, config, beside))
    const live = manifest.tables ? null : await talkTo(addressOf(url, config.database), patience, fingerprintOf)
    await check(config, beside, { manifest: manifest.tables ?? null, live, standsFor: new Date(job.takenAt) })
    ratesIn(homeDir).measured('dump', job.bytes, seconds)
    mayGoOn()
  } catch (error) {
    await talkTo(admin, patience, ({ ask }) => ask(`drop database if exists ${quoted(job.beside)} with (force)`))
    say(`${job.beside} was removed again; ${config.database} was not touched`)
    throw error
  }
  if (job.keepAs === null) return say(`${job.beside} is ready, beside ${config.database}`)
  await carryOver(url, config.database, job.beside)
  await swap(admin, { live: config.database, keepAs: job.keepAs, next: job.beside })
}

export async function swapBack(job: Extract<Job, { do: 'swap-back' }>, config: DumpConfig, url: string): Promise<void> {
  await swap(addressOf(url, 'postgres'), { live: config.database, keepAs: job.keepAs, next: job.kept })
}

async function restoreInto({ file }: DumpJob, config: DumpConfig, url: string): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(url)
  // Credentials by the environment: an argument could be read by everybody on this machine.
  const env = {
    PGHOST: hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
  }
  const owners = config.finally === 'swap' ? [] : ['--no-owner', '--no-privileges']
  // Without --exit-on-error it goes on after a failure, and the result looks complete.
  await run(
    config,
    [
      path.join(config.binaries, 'pg_restore'),
      `--dbname=${decodeURIComponent(pathname.slice(1))}`,
      '--exit-on-error',
      '--no-password',
      `--jobs=${config.jobs}`,
      ...owners,
      file,
    ],
    { env },
  )
}

/**
 * Both names change in one transaction: at no moment is there no database of the live one's name, and whoever dies here
 * leaves everything as it was. The first rename locks the database, so that nobody new comes in, and then waits for those
 * who are in; they are put out meanwhile, through a second connection.
 */
async function swap(admin: string, names: { live: string; keepAs: string; next: string }): Promise<void> {
  const { live, keepAs, next } = names
  mayGoOn()
  await timed(`swapped: ${next} is ${live} now, and the old one is ${keepAs}`, () =>
    talkTo(admin, patience, (door) =>
      talkTo(admin, patience, async (hands) => {
        await hands.ask('begin')
        const renaming = { isOver: false }
        const renamed = hands.ask(`alter database ${quoted(live)} rename to ${quoted(keepAs)}`).finally(() => {
          renaming.isOver = true
        })
        // Looked at below; until then it must not count as a failure that nobody sees.
        renamed.catch(() => {})
        while (!renaming.isOver) {
          await door.ask(putOut, [[live, next]])
          await pause(50)
        }
        await renamed
        await hands.ask(`alter database ${quoted(next)} rename to ${quoted(live)}`)
        await hands.ask('commit')
      }),
    ),
  )
}

const putOut = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)'

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
