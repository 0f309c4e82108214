/**
 * Alerts: every webhook is accepted, the right channel hears it once, and nobody is flooded.
 *
 * An *alert* is something that a *source* watches; each delivery is an *observation* of it. A *route* of tocsin.yml says
 * where it belongs and what is to be done. The alerts that belong together are a *group*: one live message for each
 * *outbreak*, at most one incident that runs for it. A *hold* is why nobody is told: a *silence*, an inhibition,
 * maintenance, a number that is not reached, a *storm*, quiet hours.
 *
 *   group:  firing ⇄ resolved · silence: active ──▶ ended · storm: raging ──▶ over
 *
 * Read `alert.ts` (the words), `pipeline.ts` (what becomes of an alert, stage by stage), `domain.ts`, `effects.ts`.
 */
import { feature, ruled } from '../../core/feature.ts'
import { aggregate } from './aggregate.ts'
import { commands, noun } from './commands.ts'
import { alertsConfig } from './config.ts'
import { hooks } from './hooks.ts'
import { lint } from './lint.ts'
import { fills, subscriptions } from './neighbours.ts'
import { openingAggregate } from './openings/aggregate.ts'
import { makeRules } from './rules.ts'
import { senderAggregate } from './senders/aggregate.ts'
import { silenceAggregate } from './silences/aggregate.ts'
import { silenceForm } from './silences/asking.ts'
import { watchAggregate } from './silences/watch/aggregate.ts'
import { clicks } from './slack.ts'
import { subscriptions as topics } from './sources/cloudwatch/subscription.ts'
import { stormAggregate } from './storms/aggregate.ts'

export const alerts = feature({
  name: 'alerts',
  config: alertsConfig,
  lint,
  ruled: [
    ruled(aggregate, makeRules),
    ruled(openingAggregate, makeRules),
    ruled(silenceAggregate, makeRules),
    ruled(watchAggregate, makeRules),
    ruled(stormAggregate, makeRules),
    ruled(senderAggregate, makeRules),
  ],
  nouns: [noun],
  commands,
  modals: [silenceForm],
  hooks: [hooks, topics],
  clicks,
  on: subscriptions,
  fills,
})

export type { AlertGroup, Event as AlertEvent } from './domain.ts'
export { firedRules } from './fired.ts'
export { observing } from './observe.ts'
export { makeRules as alertRules } from './rules.ts'
export { type Recorded, simulate } from './simulate.ts'
export { messageButtons, type OnMessage } from './slots.ts'
export type { IncomingAlert } from './sources/source.ts'
export { load as readAlert } from './store.ts'
export { runbookOf, sayingOf } from './words.ts'
