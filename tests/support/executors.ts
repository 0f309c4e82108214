/** What the runner gives to an executor, for tests that call one by hand. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type {
  AnyExecutor,
  Asked,
  Io,
  Json,
  Order,
  Plan,
  Progress,
} from '../../src/features/actions/executors/executor.ts'

export function testIo(secrets: Readonly<Record<string, string>> = {}, more: Partial<Io> = {}): Io {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tocsin-run-'))
  const folder = (name: string) => {
    fs.mkdirSync(path.join(home, name), { mode: 0o700 })
    return path.join(home, name)
  }
  return {
    fetch,
    secrets(name) {
      const secret = secrets[name]
      if (secret === undefined) throw new Error(`${name} is not set`)
      return secret
    },
    now: () => new Date(),
    signal: AbortSignal.timeout(60_000),
    runDir: folder('run'),
    homeDir: folder('home'),
    log: () => {},
    ...more,
  }
}

export function asked(config: unknown, params: Asked<unknown>['params'] = {}, more: Partial<Asked<unknown>> = {}) {
  const target = { key: 'checkout/production', service: 'checkout', environment: 'production' }
  return { config, target, params, timeoutSeconds: 60, ...more }
}

export async function planned(executor: AnyExecutor, request: Asked<unknown>, io: Io): Promise<Order<unknown>> {
  const plan = await executor.plan(request, io)
  if ('refused' in plan) throw new Error(`no plan: ${plan.refused}`)
  return { ...request, plan: plan as Plan }
}

export async function dispatched(executor: AnyExecutor, order: Order<unknown>, key: string, io: Io): Promise<Json> {
  const outcome = await executor.dispatch(order, key, io)
  if (outcome.outcome !== 'accepted') throw new Error(`${outcome.outcome}: ${outcome.why}`)
  return outcome.handle
}

export async function untilOver(
  executor: AnyExecutor,
  order: Order<unknown>,
  handle: Json,
  io: Io,
  secondsMax = 20,
): Promise<Progress> {
  const end = Date.now() + secondsMax * 1_000
  for (;;) {
    const progress = await executor.poll(order, handle, io)
    if (progress.phase !== 'running' || Date.now() > end) return progress
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}
