/** `tocsin runner` as its users run it: a process of its own, beside a bot that runs no actions. */
import { once } from 'node:events'
import { spawnTocsin } from './program.ts'

export interface RunnerProcess {
  kill(): Promise<void>
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>
}

export async function startRunnerProcess(env: Record<string, string>): Promise<RunnerProcess> {
  const child = spawnTocsin('runner', { LOG_LEVEL: 'info', ...env })
  const said: string[] = []
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: unknown) => {
      said.push(String(chunk))
      if (said.join('').includes('the runner is up')) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code) => reject(new Error(`the runner ended with ${code}: ${said.join('')}`)))
  })
  const end = async (signal: NodeJS.Signals) => {
    const gone = once(child, 'exit')
    child.kill(signal)
    const [code] = (await gone) as [number | null]
    return code
  }
  return { kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') }
}
