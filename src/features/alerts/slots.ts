/** Where features to the right show something of theirs on an alert. */
import type { Block } from '../../core/effects.ts'
import { slot } from '../../core/slots.ts'
import type { AlertGroup } from './alert.ts'

export interface OnMessage {
  group: AlertGroup
  /** Where the alert, or else its route, says what to do: a path or a name. An address has a button of its own. */
  runbook: string | null
}

/** Their buttons on an alert's message, after ours: the runbook. */
export const messageButtons = slot<OnMessage, Block>('alerts.messageButtons')
