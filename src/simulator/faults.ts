/** Troubles of the outside, switched on and off while the bot runs. */
import type { ServerResponse } from 'node:http'
import type { Fault, Faults } from './types.ts'

export interface FaultBox {
  faults: Faults
  /** The trouble that this call meets, null for none. */
  next(method: string): Fault | null
}

export function createFaults(changed: () => void): FaultBox {
  const waiting = new Map<string, Fault[]>()
  const state = { mode: 'up' as Faults['mode'] }
  const faults: Faults = {
    get mode() {
      return state.mode
    },
    set mode(mode) {
      state.mode = mode
      changed()
    },
    slowMilliseconds: 2_000,
    deliverTimes: 1,
    inject(method, fault, times = 1) {
      waiting.set(method, [...(waiting.get(method) ?? []), ...Array.from({ length: times }, () => fault)])
    },
    clear() {
      waiting.clear()
      faults.mode = 'up'
      faults.deliverTimes = 1
    },
  }
  return {
    faults,
    next(method) {
      if (faults.mode === 'down') return { kind: 'http', status: 503 }
      const own = waiting.get(method)?.shift() ?? waiting.get('*')?.shift()
      if (own) return own
      return faults.mode === 'slow' ? { kind: 'slow', milliseconds: faults.slowMilliseconds } : null
    },
  }
}

/** Answers a call as its trouble demands. `effect` is what the call would have done. */
export async function answerWith(
  fault: Fault | null,
  res: ServerResponse,
  effect: () => { status: number; body: unknown },
  refusalOf: (error: string) => { status: number; body: unknown },
): Promise<string> {
  if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds))
  switch (fault?.kind) {
    case 'error':
      send(res, refusalOf(fault.error))
      return fault.error
    case 'http':
      if (fault.retryAfterSeconds !== undefined) res.setHeader('retry-after', String(fault.retryAfterSeconds))
      send(res, {
        status: fault.status,
        body: { ok: false, error: fault.status === 429 ? 'ratelimited' : 'service_unavailable' },
      })
      return `http ${fault.status}`
    case 'reset':
      if (fault.when === 'after-effect') effect()
      res.socket?.destroy()
      return `reset ${fault.when}`
    case 'hang':
      effect()
      return 'hang'
    default: {
      const done = effect()
      send(res, done)
      return outcomeOf(done)
    }
  }
}

export function send(res: ServerResponse, { status, body }: { status: number; body: unknown }): void {
  if (res.destroyed) return
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}

function outcomeOf({ status, body }: { status: number; body: unknown }): string {
  if (status !== 200 && status !== 202) return `http ${status}`
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return typeof error === 'string' ? error : 'ok'
}
