/** The short name of exactly one plan of exactly one request. Approvals are given to it. */
import { fingerprint } from '../../lib/fingerprint.ts'
import type { Action } from './domain.ts'
import type { Plan } from './executors/executor.ts'

/** Everything that decides what will happen. Remarks are for reading, and a second look may word them otherwise. */
export function planHash(action: Action, { remarks: _, ...plan }: Plan): string {
  const { id, name, entrySha, target, params, needs, timeoutSeconds, planNumber } = action
  return fingerprint({ v: 1, id, name, entrySha, target, params, needs, timeoutSeconds, planNumber, plan })
}

/** `3f9a-c21e`: what people compare. */
export function shortHash(hash: string): string {
  return `${hash.slice(0, 4)}-${hash.slice(4, 8)}`
}
