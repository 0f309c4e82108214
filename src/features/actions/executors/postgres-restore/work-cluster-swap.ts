/** A cluster takes the place of the live one: what is done to its server, and to its settings, while the folders move. */
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { began } from '../../supervised/processes.ts'
import { liveServerOf } from './cluster-swaps.ts'
import type { BackRestConfig } from './settings.ts'
import { mend, type Names, type Server, swap, swapOf } from './swapping.ts'
import { askQuestions, Failed, mayGoOn, patience, run, say, talkTo, timed } from './work-steps.ts'

const stopSecondsMax = 120
// How production runs stands in these: addresses, who may come in, where it archives to.
const settingsOfLive = ['postgresql.conf', 'postgresql.auto.conf', 'pg_hba.conf', 'pg_ident.conf', 'conf.d']

export async function swapClusters(config: BackRestConfig, names: Omit<Names, 'data'>, url: string): Promise<void> {
  const { data } = liveServerOf(config)
  if (fs.existsSync(names.keepAs)) throw new Failed(`${names.keepAs} exists already`)
  mayGoOn()
  if (names.standsFor !== null) carrySettings(data, names.next)
  // From here on nobody is asked whether it may go on: half-way is the one place where it must not end.
  await timed('swapped, with no server meanwhile', () => sayAll(swap({ ...names, data }, serverOf(config, url))))
}

/** For one whose worker died. That somebody did is no reason to hurry: this too can be picked up again. */
export async function mendSwap(config: BackRestConfig, key: string, url: string): Promise<void> {
  const { data } = liveServerOf(config)
  const half = swapOf(data)
  if (half?.key !== key) throw new Failed(`the last swap of ${data} is not this one`)
  await sayAll(mend(half, serverOf(config, url)))
}

async function sayAll(steps: AsyncGenerator<string>): Promise<void> {
  for await (const step of steps) say(step)
}

function serverOf(config: BackRestConfig, url: string): Server {
  const live = liveServerOf(config)
  return {
    async stop() {
      // One that is dead already is what many a restore is for: that it cannot be stopped is no reason to give up then.
      const isDown = async () => !hasProcess(live.data) && !(await isOpen(url))
      const wasDown = await isDown()
      await timed('stopped the server', async () => {
        try {
          await run(config, live.stop, { as: 'runner', isUrgent: true })
        } catch (error) {
          if (!(await isDown())) throw error
          return say('it did not run')
        }
        const end = performance.now() + stopSecondsMax * 1_000
        while (!wasDown && fs.existsSync(pidFileOf(live.data))) {
          if (performance.now() > end) throw new Failed(`the server did not stop within ${stopSecondsMax} seconds`)
          await pause(100)
        }
      })
    },
    start: () => run(config, live.start, { as: 'runner', isUrgent: true }),
    async answers(secondsMax) {
      const end = performance.now() + secondsMax * 1_000
      while (!(await isOpen(url))) {
        if (performance.now() >= end) return false
        await pause(200)
      }
      return true
    },
    async check({ standsFor }) {
      if (standsFor === null) return
      await talkTo(url, patience, (conversation) => askQuestions(config.checks, conversation, new Date(standsFor)))
    },
  }
}

function pidFileOf(data: string): string {
  return path.join(data, 'postmaster.pid')
}

/** A power cut and kill -9 leave the file without the process. */
function hasProcess(data: string): boolean {
  if (!fs.existsSync(pidFileOf(data))) return false
  const [pid = ''] = fs.readFileSync(pidFileOf(data), 'utf8').split('\n')
  return began(Number(pid)) !== null
}

function isOpen(url: string): Promise<boolean> {
  return talkTo(url, { ...patience, secondsMax: 5 }, ({ ask }) => ask('select pg_is_in_recovery() as replaying')).then(
    ([row]) => row?.replaying === false,
    () => false,
  )
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
