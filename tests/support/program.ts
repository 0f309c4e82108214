/** `tocsin <command>`, as its users type it. */
import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'

/** What stands in package.json before the command: what Node is told, and the program. */
const program = programOf(readFileSync('package.json', 'utf8'))

/** Nobody outlives who started it. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface Run {
  code: number
  said: string
}

/** A command that ends by itself. */
export function tocsin(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [...program, ...args],
      { env: { PATH: process.env.PATH, ...env } },
      (error, out, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, said: out + err })
      },
    )
  })
}

/** One that goes on until it is told to end. */
export function spawnTocsin(
  command: 'start' | 'runner',
  env: Record<string, string>,
): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [...program, command], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

function programOf(manifest: string): string[] {
  const { scripts } = JSON.parse(manifest) as { scripts: { start: string } }
  return scripts.start.split(' ').slice(1, -1)
}
