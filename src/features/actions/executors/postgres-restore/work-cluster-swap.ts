/**
 * A cluster takes the place of the live one: the server is stopped, two folders are renamed, the server is started. When
 * it does not come up, all of it is taken back.
 */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { liveServerOf } from './cluster-swaps.ts'
import type { BackRestConfig, LiveServer } from './settings.ts'
import { askQuestions, Failed, mayGoOn, patience, run, say, talkTo, timed } from './work-steps.ts'

const stopSecondsMax = 120
const startSecondsMax = 300
// How production runs stands in these: addresses, who may come in, where it archives to.
const settingsOfLive = ['postgresql.conf', 'postgresql.auto.conf', 'pg_hba.conf', 'pg_ident.conf', 'conf.d']

interface Names {
  /** The folder that becomes the live one. */
  next: string
  keepAs: string
  url: string
  /** The moment that it stands for; null when nothing was restored. */
  standsFor: Date | null
}

export async function swapClusters(config: BackRestConfig, { next, keepAs, url, standsFor }: Names): Promise<void> {
  const live = liveServerOf(config)
  if (fs.existsSync(keepAs)) throw new Failed(`${keepAs} exists already`)
  mayGoOn()
  if (standsFor !== null) carrySettings(live.data, next)
  say(`If this ends before it says «live»: stop the server, rename what is in ${live.data}, and ${keepAs} back to it.`)
  const began = performance.now()
  await stopServer(config, live).catch(async (error: unknown) => {
    await run(config, live.start, { as: 'runner', isUrgent: true }).catch(() => say('it could not be started again'))
    say('nothing was renamed')
    throw error
  })
  // From here on nobody is asked whether it may go on: half-way is the one place where it must not end.
  fs.renameSync(live.data, keepAs)
  try {
    fs.renameSync(next, live.data)
    await run(config, live.start, { as: 'runner', isUrgent: true })
    await untilAnswers(url)
    if (standsFor !== null)
      await talkTo(url, patience, (conversation) => askQuestions(config.checks, conversation, standsFor))
  } catch (error) {
    await takeBack(config, live, { next, keepAs, url })
    throw error
  }
  say(`live: ${next} is ${live.data} now, and the old one is ${keepAs}; ${seconds(began)} s without a server`)
}

async function takeBack(config: BackRestConfig, live: LiveServer, names: Omit<Names, 'standsFor'>): Promise<void> {
  const { next, keepAs, url } = names
  say('it did not come up as it should, and is taken back')
  await stopServer(config, live).catch((error: Error) => say(`stopping it: ${error.message}`))
  if (fs.existsSync(live.data)) fs.renameSync(live.data, next)
  fs.renameSync(keepAs, live.data)
  await run(config, live.start, { as: 'runner', isUrgent: true })
  await untilAnswers(url)
  say(`${live.data} is the old one again, and answers; what was restored is in ${next}`)
}

async function stopServer(config: BackRestConfig, live: LiveServer): Promise<void> {
  await timed('stopped the server', async () => {
    await run(config, live.stop, { as: 'runner', isUrgent: true })
    const end = performance.now() + stopSecondsMax * 1_000
    while (fs.existsSync(path.join(live.data, 'postmaster.pid'))) {
      if (performance.now() > end) throw new Failed(`the server did not stop within ${stopSecondsMax} seconds`)
      await pause(100)
    }
  })
}

async function untilAnswers(url: string): Promise<void> {
  await timed('the server answers', async () => {
    const end = performance.now() + startSecondsMax * 1_000
    for (;;) {
      const isOpen = await talkTo(url, { ...patience, secondsMax: 5 }, ({ ask }) =>
        ask('select pg_is_in_recovery() as replaying'),
      ).then(
        ([row]) => row?.replaying === false,
        () => false,
      )
      if (isOpen) return
      if (performance.now() > end) throw new Failed(`the server did not answer within ${startSecondsMax} seconds`)
      await pause(200)
    }
  })
}

/** The restored folder holds the settings of the day of the backup, and some of the restore's own. */
function carrySettings(from: string, to: string): void {
  const owner = fs.statSync(to)
  for (const name of settingsOfLive) {
    fs.rmSync(path.join(to, name), { recursive: true, force: true })
    if (!fs.existsSync(path.join(from, name))) continue
    fs.cpSync(path.join(from, name), path.join(to, name), { recursive: true, verbatimSymlinks: true })
    for (const file of [name, ...filesBelow(to, name)]) fs.lchownSync(path.join(to, file), owner.uid, owner.gid)
  }
  for (const name of ['recovery.signal', 'standby.signal']) fs.rmSync(path.join(to, name), { force: true })
}

function filesBelow(folder: string, name: string): string[] {
  const whole = path.join(folder, name)
  return fs.lstatSync(whole).isDirectory()
    ? fs.readdirSync(whole, { recursive: true }).map((file) => path.join(name, String(file)))
    : []
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1)
}
