/** The bot as its users run it: a process of its own, which can be killed. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Simulator } from '../../src/simulator/types.ts'
import { freePort } from './postgres.ts'
import { spawnTocsin } from './program.ts'

export interface BotProcess {
  url: string
  pid: number
  /** kill -9: nothing is tidied. */
  kill(): Promise<void>
  /** With SIGTERM, unless it is Ctrl-C; the exit code. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null>
  output(): string
}

export interface BotProcessOptions {
  simulator: Pick<Simulator, 'env'>
  databaseUrl: string | null
  dataFolder?: string
  hookToken: string
  env?: Record<string, string>
}

export async function startBotProcess(options: BotProcessOptions): Promise<BotProcess> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawnTocsin('start', {
    ...options.simulator.env,
    ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
    ...(options.dataFolder ? { TOCSIN_DATA_DIR: options.dataFolder } : {}),
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'warn',
    HOOK_TOKEN_GENERIC: options.hookToken,
    ...options.env,
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)))
  await untilReady(child, url, said)
  return {
    url,
    pid: child.pid ?? 0,
    async kill() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
    async stop(signal = 'SIGTERM') {
      const gone = once(child, 'exit')
      child.kill(signal)
      const [code] = (await gone) as [number | null]
      return code
    },
    output: () => said.join(''),
  }
}

/** With nothing configured: the bot, its database and the Slack that it plays are all in the folder. */
export function startTryBot(dataFolder: string): Promise<BotProcess> {
  return startBotProcess({ simulator: { env: {} }, databaseUrl: null, dataFolder, hookToken: 'try' })
}

// So long that only a bot that does not start at all meets it, however busy the machine.
const startMillisecondsMax = 180_000

async function untilReady(child: ChildProcess, url: string, said: readonly string[]): Promise<void> {
  const until = Date.now() + startMillisecondsMax
  let answer = ''
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`the bot ended with ${child.exitCode}: ${said.join('')}`)
    // In sequence: asking until it answers.
    const response = await fetch(`${url}/readyz`).catch(() => null)
    if (response?.ok) return
    answer = (await response?.text().catch(() => null)) ?? answer
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  child.kill('SIGKILL')
  throw new Error(`the bot did not become ready: ${answer} ${said.join('')}`)
}
