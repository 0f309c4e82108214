/**
 * A process of its own that looks after one command, and outlives the bot: `node supervisor.ts <folder>`.
 *
 * It claims the folder (a second supervisor leaves at once), starts the command in a process group of its own, keeps
 * its output redacted and bounded, ends it when time is up or somebody asks, and writes down how it ended. Whoever
 * starts it may die at any line; whoever comes later reads the files.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import { keepOutput } from './kept-output.ts'
import { filesIn, type Order, type Process, type Supervised } from './paths.ts'
import { began, bootOf, signalGroup } from './processes.ts'
import { redactor } from './redact.ts'

// How soon a wish to stop is noticed.
const lookMilliseconds = 100
// What a group that was ended still says; a grandchild that keeps the pipe open must not keep us.
const lastWordsMilliseconds = 300

const [folder = ''] = process.argv.slice(2)
const files = filesIn(folder)
const order = JSON.parse(fs.readFileSync(files.order, 'utf8')) as Order
if (claim()) supervise()

/** Exactly one may run what stands here, ever. */
function claim(): boolean {
  try {
    fs.closeSync(fs.openSync(files.claim, 'wx', 0o600))
    return true
  } catch {
    return false
  }
}

function supervise(): void {
  const who = {
    key: order.key,
    host: os.hostname(),
    boot: bootOf(),
    supervisor: known(process.pid),
    startedAt: new Date().toISOString(),
  }
  save({ ...who, phase: 'starting' })

  const [file, ...args] = order.argv
  const secrets = order.secretVariables.flatMap((name) => process.env[name] ?? [])
  const kept = keepOutput(files.output, order.outputBytesMax)
  const said = { bytes: 0, sha: createHash('sha256') }
  // Detached: a group of its own, so that a signal reaches its children too, and none of ours reaches it.
  const child = spawn(file, args, {
    cwd: order.cwd,
    env: process.env,
    ...order.user,
    shell: false,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop: { why: string | null } = { why: null }
  const timers: NodeJS.Timeout[] = []

  const voices = [child.stdout, child.stderr].map((stream) => {
    const clean = redactor(secrets)
    stream.on('data', (chunk: Buffer) => {
      said.bytes += chunk.length
      said.sha.update(chunk)
      kept.write(clean.take(chunk))
    })
    return clean
  })
  const end = (how: { exitCode: number | null; signal: string | null; notStarted: string | null }) => {
    for (const timer of timers) clearInterval(timer)
    for (const voice of voices) kept.write(voice.end())
    kept.close()
    const output = { bytes: said.bytes, sha256: said.sha.digest('hex') }
    save({ ...who, phase: 'over', ...how, stopping: stop.why, output, endedAt: new Date().toISOString() })
    process.exit(0)
  }
  const ask = (why: string) => {
    if (stop.why !== null || child.pid === undefined) return
    stop.why = why
    save({ ...who, phase: 'running', child: known(child.pid), stopping: why })
    const { pid } = child
    signalGroup(pid, 'SIGTERM')
    timers.push(setTimeout(() => signalGroup(pid, 'SIGKILL'), order.graceSeconds * 1_000))
  }

  child.once('spawn', () => {
    if (child.pid !== undefined) save({ ...who, phase: 'running', child: known(child.pid), stopping: null })
  })
  child.once('error', (error) => {
    if (child.pid === undefined) end({ exitCode: null, signal: null, notStarted: codeOf(error) })
  })
  child.once('exit', (exitCode, signal) => {
    // What the command left behind in its group goes with it: a forgotten worker would hold locks.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
    const last = setTimeout(() => end({ exitCode, signal, notStarted: null }), lastWordsMilliseconds)
    child.once('close', () => {
      clearTimeout(last)
      end({ exitCode, signal, notStarted: null })
    })
  })
  timers.push(setTimeout(() => ask('timeout'), order.timeoutSeconds * 1_000))
  timers.push(setInterval(() => fs.existsSync(files.stop) && ask('stopped'), lookMilliseconds))
  process.on('SIGTERM', () => ask('supervisor-ended'))
  // The terminal's Ctrl-C is meant for the bot.
  process.on('SIGINT', () => {})
  process.on('SIGHUP', () => {})
}

function known(pid: number): Process {
  return { pid, began: began(pid) ?? '' }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.message
}

/** As a whole or not at all, and on the disk before it counts. */
function save(state: Supervised): void {
  const draft = `${files.state}.new`
  const descriptor = fs.openSync(draft, 'w', 0o600)
  fs.writeSync(descriptor, JSON.stringify(state))
  fs.fsyncSync(descriptor)
  fs.closeSync(descriptor)
  fs.renameSync(draft, files.state)
}
