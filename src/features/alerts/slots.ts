/** Where features to the right show something of theirs on an alert. */
import type { Block } from '../../core/effects.ts'
import { slot } from '../../core/slots.ts'
import type { AlertGroup } from './alert.ts'

/** Their buttons on an alert's message, after ours: the runbook. */
export const messageButtons = slot<AlertGroup, Block>('alerts.messageButtons')
