/** Short commands that only read: what would be done, how it stands. They live no longer than whoever asks. */
import { spawn } from 'node:child_process'
import { StringDecoder } from 'node:string_decoder'
import { plainEnv } from './index.ts'
import { signalGroup } from './processes.ts'
import { redact } from './redact.ts'

export interface ShortCommand {
  argv: readonly [string, ...string[]]
  cwd: string
  env?: Readonly<Record<string, string>>
  secretEnv?: Readonly<Record<string, string>>
  secondsMax: number
  user?: { uid: number; gid: number } | undefined
  signal: AbortSignal
}

export interface Said {
  exitCode: number | null
  stdout: string
  stderr: string
  /** Why it did not come to an end by itself, or did not begin. */
  problem: string | null
}

const charactersMax = 1024 * 1024

export function runShort(command: ShortCommand): Promise<Said> {
  const [file, ...args] = command.argv
  const secrets = Object.values(command.secretEnv ?? {})
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: command.cwd,
      env: { ...plainEnv(), ...command.env, ...command.secretEnv },
      ...command.user,
      shell: false,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const problem: { text: string | null } = { text: null }
    const kill = (why: string) => {
      problem.text ??= why
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
    }
    const patience = setTimeout(
      () => kill(`took longer than ${command.secondsMax} seconds`),
      command.secondsMax * 1_000,
    )
    const abandoned = () => kill('was abandoned')
    command.signal.addEventListener('abort', abandoned)
    const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
      const heard = { text: '' }
      const decoder = new StringDecoder('utf8')
      stream.on('data', (chunk: Buffer) => {
        heard.text += decoder.write(chunk)
        if (heard.text.length > charactersMax) kill('said too much')
      })
      return heard
    })
    child.once('error', (error) => {
      problem.text ??= 'code' in error ? String(error.code) : error.message
      if (child.pid === undefined) finish(null)
    })
    child.once('close', (exitCode) => finish(exitCode))

    function finish(exitCode: number | null): void {
      clearTimeout(patience)
      command.signal.removeEventListener('abort', abandoned)
      resolve({
        exitCode,
        stdout: redact(stdout?.text ?? '', secrets),
        stderr: redact(stderr?.text ?? '', secrets),
        problem: problem.text,
      })
    }
  })
}

/** The last line that says something, for a sentence. */
export function lastLine(said: Said): string {
  const lines = `${said.stdout}\n${said.stderr}`.split('\n').filter((line) => line.trim() !== '')
  return (lines.at(-1) ?? '').trim().slice(0, 300)
}
