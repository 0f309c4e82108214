/** What an executor is given for one call, and how long it may take. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { LongWork } from '../../core/feature.ts'
import type { Action } from './domain.ts'
import type { Io } from './executors/executor.ts'
import { key } from './views.ts'

/** Longer than this, and the call is given up; what came of it is then not known. */
export const patience = {
  plan: 60_000,
  planGrave: 300_000,
  observe: 60_000,
  dispatch: 30_000,
  poll: 20_000,
  stop: 30_000,
  reconcile: 60_000,
  probe: 30_000,
} as const

type Hands = Pick<LongWork, 'dataFolder' | 'secretOf' | 'clock' | 'log'>

export async function patiently<Result>(
  hands: Hands,
  action: Action,
  milliseconds: number,
  call: (io: Io) => Promise<Result>,
): Promise<Result> {
  const signal = AbortSignal.timeout(milliseconds)
  const io = await ioFor(hands, action, signal)
  const tooLong = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new OutOfPatience(milliseconds)), { once: true })
  })
  // An executor that does not listen to its signal must not keep the runner.
  return Promise.race([call(io), tooLong])
}

export class OutOfPatience extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${Math.round(milliseconds / 1_000)} seconds`)
    this.name = 'OutOfPatience'
  }
}

async function ioFor({ dataFolder, secretOf, clock, log }: Hands, action: Action, signal: AbortSignal): Promise<Io> {
  const runs = path.resolve(dataFolder, 'runs')
  const runDir = path.join(runs, key(action))
  const homeDir = path.join(runs, action.executor)
  for (const folder of [runDir, homeDir]) await mkdir(folder, { recursive: true, mode: 0o700 })
  return {
    fetch,
    secrets(name) {
      const value = secretOf(name)
      if (value === null) throw new Error(`the environment variable ${name} is not set where actions run`)
      return value
    },
    now: () => clock.now(),
    signal,
    runDir,
    homeDir,
    log: (line) => log.info({ action: key(action), executor: action.executor, line }, 'an executor says'),
  }
}
