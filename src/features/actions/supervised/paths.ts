/**
 * The files by which a supervisor and whoever looks after it talk: they may be different processes, weeks of releases
 * apart, and one of them may be dead. Everything lies in one folder that belongs to one run.
 */
import path from 'node:path'

export interface RunFiles {
  /** What to run. Written once, by whoever starts it. */
  order: string
  /** Exists when it was decided who runs this: the supervisor, or somebody who made sure that none ever will. */
  claim: string
  /** How it stands. Replaced as a whole, so that nobody reads half of it. */
  state: string
  /** Its existence asks for an end. */
  stop: string
  /** What it said, redacted, and not all of it when it said too much. */
  output: string
}

export function filesIn(folder: string): RunFiles {
  return {
    order: path.join(folder, 'order.json'),
    claim: path.join(folder, 'claim'),
    state: path.join(folder, 'state.json'),
    stop: path.join(folder, 'stop'),
    output: path.join(folder, 'output.log'),
  }
}

/** What a supervisor is told. The environment is not here: it holds secrets, and reaches the child by inheritance. */
export interface Order {
  key: string
  argv: readonly [string, ...string[]]
  cwd: string
  timeoutSeconds: number
  /** Between the polite and the final signal. */
  graceSeconds: number
  outputBytesMax: number
  /** Names of variables of the environment whose values are blotted out of what the child says. */
  secretVariables: readonly string[]
  user?: { uid: number; gid: number }
}

export type Supervised =
  | (Who & { phase: 'starting' })
  | (Who & { phase: 'running'; child: Process; stopping: string | null })
  | (Who & {
      phase: 'over'
      /** Null when a signal ended it, or when it never began. */
      exitCode: number | null
      signal: string | null
      /** ENOENT and its like: it surely never ran. */
      notStarted: string | null
      stopping: string | null
      output: { bytes: number; sha256: string }
      endedAt: string
    })

interface Who {
  key: string
  host: string
  /** Process numbers mean something within one boot of one machine only. */
  boot: string
  supervisor: Process
  startedAt: string
}

export interface Process {
  pid: number
  /** When it began, in the kernel's own count: the same pid with another beginning is another process. */
  began: string
}
