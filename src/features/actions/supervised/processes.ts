/** Whether a process that we once knew is alive: the same one, not a later one with its number, and not a zombie. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import type { Process } from './paths.ts'

export function began(pid: number): string | null {
  return process.platform === 'linux' ? beganOnLinux(pid) : beganElsewhere(pid)
}

export function isAlive({ pid, began: expected }: Process): boolean {
  return began(pid) === expected
}

/** What tells one boot of a machine from the next. */
export function bootOf(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // Elsewhere the minute of the boot does; uptime is too coarse to count seconds by.
    return String(Math.round((Date.now() / 1_000 - os.uptime()) / 60))
  }
}

export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // Nobody is left in the group: that is what was wanted. (macOS says EPERM for a group of zombies.)
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error
  }
}

function beganOnLinux(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, which may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state] = fields
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

function beganElsewhere(pid: number): string | null {
  try {
    const [state = 'Z', ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
    return state.startsWith('Z') ? null : start.join(' ')
  } catch {
    return null
  }
}
