/** When to try again, and when to give up. */
import type { OutboxPort } from './outbox-lines.ts'
import type { DeliveryError } from './ports.ts'

// An effect that fails for its own reasons this often will not succeed: its stream must go on without it.
const failuresMax = 8
// After a day nobody waits for the message any more, and saying it then would mislead.
const ageHoursMax = 24

export function givesUp(error: DeliveryError, row: { failures: number; decidedAt: Date; now: Date }): boolean {
  if (error.outcome === 'never') return true
  const ageHours = (row.now.getTime() - row.decidedAt.getTime()) / 3_600_000
  if (ageHours >= ageHoursMax) return true
  const isPatient = error.isOutage || error.retryAfterSeconds !== undefined
  return !isPatient && row.failures + 1 >= failuresMax
}

// A page may not wait long for the next attempt; a message may.
const longestPauseSeconds: Record<OutboxPort, number> = {
  pager: 10,
  pagerduty: 30,
  perform: 10,
  urgent: 2,
  slack: 30,
  mail: 300,
  webhook: 10,
  alertmanager: 10,
  sns: 300,
  probe: 5,
}

/** Doubling, with a jitter of a fifth so that streams that failed together do not come back together. */
export function retryDelaySeconds(error: DeliveryError, attempt: number, port: OutboxPort): number {
  if (error.retryAfterSeconds !== undefined) return error.retryAfterSeconds
  const pause = Math.min(0.5 * 2 ** Math.min(attempt - 1, 10), longestPauseSeconds[port])
  return pause * (0.8 + 0.4 * Math.random())
}
