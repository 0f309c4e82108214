import type { Feature } from '../core/feature.ts'
import { actions } from './actions/index.ts'
import { alerts } from './alerts/index.ts'
import { comms } from './comms/index.ts'
import { escalation } from './escalation/index.ts'
import { heartbeats } from './heartbeats/index.ts'
import { incidents } from './incidents/index.ts'
import { oncall } from './oncall/index.ts'
import { runbooks } from './runbooks/index.ts'
import { tasks } from './tasks/index.ts'
import { timeline } from './timeline/index.ts'
import { tocsin } from './tocsin/index.ts'
import { updates } from './updates/index.ts'

/** All features, from left to right: each may use those before it. */
export const features: readonly Feature[] = [
  tocsin,
  oncall,
  incidents,
  timeline,
  tasks,
  updates,
  escalation,
  alerts,
  heartbeats,
  comms,
  actions,
  runbooks,
]
