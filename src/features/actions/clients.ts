/**
 * What clients read while an action is done for an incident that they hear of. The message is written and approved in
 * comms; here is only which of its templates fits what the action has come to.
 */
import type { Action, State } from './domain.ts'

/** Where there is something to say: it has begun, or it is over. */
const moments: Partial<Record<State, string>> = {
  dispatching: 'incident-identified',
  running: 'incident-identified',
  stopping: 'incident-identified',
  verifying: 'incident-identified',
  unknown: 'incident-update',
  succeeded: 'incident-monitoring',
  settled_done: 'incident-monitoring',
  verify_failed: 'incident-update',
  failed: 'incident-update',
  stopped: 'incident-update',
  settled_not_done: 'incident-update',
}

/** Null where clients hear nothing of it. */
export function momentForClients({ state, clientsHear }: Pick<Action, 'state' | 'clientsHear'>): string | null {
  return clientsHear ? (moments[state] ?? null) : null
}
