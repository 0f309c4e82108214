/**
 * Commands that outlive the bot: start one under a supervisor, look how it stands, ask it to stop, find out what became
 * of it. Nothing is kept in memory; a run is a folder.
 */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Dispatched, Io, Json, Progress, Reconciled } from '../executors/executor.ts'
import { tailOf } from './kept-output.ts'
import { filesIn, type Order, type Supervised } from './paths.ts'
import { bootOf, isAlive } from './processes.ts'

export interface Command {
  /** An absolute path, and what it is given. No shell reads it. */
  argv: readonly [string, ...string[]]
  cwd: string
  /** All of the child's environment, but PATH, LANG and TZ. */
  env: Readonly<Record<string, string>>
  /** More of it: values that are blotted out of the output. */
  secretEnv: Readonly<Record<string, string>>
  timeoutSeconds: number
  graceSeconds: number
  user?: { uid: number; gid: number } | undefined
}

const outputBytesMax = 2 * 1024 * 1024
const tailCharacters = 2_500
// A supervisor writes its state within milliseconds of its start. Later than this, it never will.
const startSeconds = 20

/** At most once: a second call for the same folder starts nothing. */
export async function startSupervised(command: Command, key: string, io: Io): Promise<Dispatched> {
  const files = filesIn(io.runDir)
  const order: Order = {
    key,
    argv: command.argv,
    cwd: command.cwd,
    timeoutSeconds: command.timeoutSeconds,
    graceSeconds: command.graceSeconds,
    outputBytesMax,
    secretVariables: Object.keys(command.secretEnv),
    ...(command.user ? { user: command.user } : {}),
  }
  try {
    fs.writeFileSync(files.order, JSON.stringify(order), { flag: 'wx', mode: 0o600 })
  } catch {
    return { outcome: 'unknown', why: 'this run was begun before' }
  }
  const supervisor = spawn(process.execPath, [supervisorFile, io.runDir], {
    cwd: path.dirname(supervisorFile),
    // Secrets travel in the environment: never on the disk, never on a command line that `ps` shows.
    env: { ...plainEnv(), ...command.env, ...command.secretEnv },
    detached: true,
    stdio: 'ignore',
  })
  const notSpawned = new Promise<string>((resolve) => supervisor.once('error', (error) => resolve(error.message)))
  supervisor.unref()
  return settled(io, notSpawned)
}

export async function lookAt(handle: Json, io: Io): Promise<Progress> {
  const files = filesIn(io.runDir)
  const state = readState(files.state)
  const tail = tailOf(files.output, tailCharacters)
  if (!state) return { phase: 'unknown', detail: `this machine (${os.hostname()}) knows nothing of the run`, tail }
  if (state.key !== keyOf(handle)) return { phase: 'unknown', detail: 'the folder belongs to another run', tail }
  if (state.phase === 'over') return over(state, tail)
  if (state.host !== os.hostname()) return { phase: 'running', detail: `runs on ${state.host}`, tail }
  if (state.boot === bootOf()) {
    if (isAlive(state.supervisor)) {
      const detail = state.phase === 'running' && state.stopping ? `ending: ${state.stopping}` : 'at work'
      return { phase: 'running', detail, tail }
    }
    // It may have written its last word between our two looks.
    const again = readState(files.state)
    if (again?.phase === 'over') return over(again, tail)
    if (state.phase === 'running' && isAlive(state.child))
      return { phase: 'unknown', detail: `runs on without its supervisor, as process ${state.child.pid}`, tail }
  }
  return { phase: 'unknown', detail: 'its supervisor died, and nobody saw how it ended', tail }
}

/** Whether the command itself is alive on this machine, with its supervisor or without. */
export function isAtWork(io: Pick<Io, 'runDir'>): boolean {
  const state = readState(filesIn(io.runDir).state)
  if (!state || state.phase === 'over' || state.host !== os.hostname() || state.boot !== bootOf()) return false
  return isAlive(state.supervisor) || (state.phase === 'running' && isAlive(state.child))
}

export async function askToStop(io: Io): Promise<void> {
  fs.writeFileSync(filesIn(io.runDir).stop, '', { mode: 0o600 })
}

/**
 * What became of a start that nobody saw the end of. Where no supervisor has claimed the run yet, we claim it ourselves:
 * then none ever can, and "nothing" is a proof and no guess.
 */
export async function findSupervised(key: string, io: Io): Promise<Reconciled> {
  const files = filesIn(io.runDir)
  const state = readState(files.state)
  if (state) return state.key === key ? { found: 'handle', handle: { key } } : { found: 'unknown', why: 'another run' }
  if (!fs.existsSync(files.order)) {
    if (wasPreparedHere(io)) return { found: 'nothing' }
    return { found: 'unknown', why: 'it was prepared on another machine; only the runner there can tell' }
  }
  try {
    fs.closeSync(fs.openSync(files.claim, 'wx', 0o600))
    return { found: 'nothing' }
  } catch {
    const later = await untilState(io)
    if (later) return { found: 'handle', handle: { key } }
    return { found: 'unknown', why: 'its supervisor died before it could say whether the command began' }
  }
}

/**
 * Leaves a mark that this machine is the one which goes to start the run. Without it an empty folder proves nothing:
 * the command may be at work on another machine.
 */
export function prepareHere(io: Io): void {
  fs.writeFileSync(path.join(io.runDir, 'prepared-on'), os.hostname(), { mode: 0o600 })
}

function wasPreparedHere(io: Io): boolean {
  try {
    return fs.readFileSync(path.join(io.runDir, 'prepared-on'), 'utf8') === os.hostname()
  } catch {
    return false
  }
}

/** Waits until it is known whether the command began: that takes a tenth of a second. */
async function settled(io: Io, notSpawned: Promise<string>): Promise<Dispatched> {
  const failure = await Promise.race([notSpawned, untilState(io)])
  if (typeof failure === 'string')
    return { outcome: 'rejected', why: `the supervisor could not be started: ${failure}` }
  if (!failure) return { outcome: 'unknown', why: 'the supervisor does not say whether the command began' }
  if (failure.phase === 'over' && failure.notStarted)
    return { outcome: 'rejected', why: `the command could not be started: ${failure.notStarted}` }
  return { outcome: 'accepted', handle: { key: failure.key } }
}

/** The first state that says more than "starting"; null when none comes, or nobody wants to wait any longer. */
async function untilState(io: Io): Promise<Supervised | null> {
  const { state } = filesIn(io.runDir)
  const end = process.hrtime.bigint() + BigInt(startSeconds) * 1_000_000_000n
  while (process.hrtime.bigint() < end && !io.signal.aborted) {
    const now = readState(state)
    if (now && now.phase !== 'starting') return now
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return readState(state)
}

function over(state: Extract<Supervised, { phase: 'over' }>, tail: string): Progress {
  const { exitCode, signal, notStarted, stopping, output } = state
  if (notStarted) return { phase: 'failed', detail: `could not be started: ${notStarted}`, tail, output }
  if (exitCode === 0) return { phase: 'succeeded', detail: 'exit code 0', tail, output }
  const how = exitCode === null ? `ended by ${signal}` : `exit code ${exitCode}`
  if (stopping === 'stopped') return { phase: 'stopped', detail: `stopped, ${how}`, tail, output }
  if (stopping === 'timeout') return { phase: 'unknown', detail: `its time was up; ${how}`, tail, output }
  if (stopping) return { phase: 'unknown', detail: `${stopping}; ${how}`, tail, output }
  return { phase: 'failed', detail: how, tail, output }
}

function readState(file: string): Supervised | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Supervised
  } catch {
    return null
  }
}

function keyOf(handle: Json): string {
  return typeof handle === 'object' && handle !== null && 'key' in handle ? String(handle.key) : ''
}

/** The same everywhere, whatever the bot was started with: commands must not behave differently at night. */
export function plainEnv(): Record<string, string> {
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' }
}

const supervisorFile = fileURLToPath(new URL('./supervisor.ts', import.meta.url))
