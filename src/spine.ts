/** The spine of a process: the database, the clock, and the rules of all features, made once from tocsin.yml. */
import type { Config } from './config.ts'
import type { Db } from './core/db.ts'
import { groundOf, ruledOf } from './core/feature.ts'
import type { Wanted } from './core/outbox-store.ts'
import type { AnyAggregate, Spine } from './core/perform.ts'
import type { Slots } from './core/slots.ts'
import { subscriptionsOf } from './core/subscriptions.ts'
import type { Templates } from './core/templates.ts'
import { features } from './features/index.ts'
import type { Clock } from './lib/clock.ts'

export interface MadeFrom {
  db: Db
  clock: Clock
  config: Config
  templates: Templates
  slots: Slots
  publicUrl: string
  linkSecret: string
  wake(wanted: readonly Wanted[]): void
}

export function makeSpine({ db, clock, config, templates, slots, publicUrl, linkSecret, wake }: MadeFrom): {
  spine: Spine
  aggregates: ReadonlyMap<string, AnyAggregate>
} {
  const ruled = features.flatMap((feature) => {
    const ground = groundOf(feature, { config, templates, slots, publicUrl, linkSecret })
    return ruledOf(feature).map(({ aggregate, policy }) => ({ aggregate, policy: policy(ground) }))
  })
  const policies = new Map(ruled.map(({ aggregate, policy }) => [aggregate.feature, policy]))
  return {
    spine: {
      db,
      now: () => clock.now(),
      policyOf: (feature) => policies.get(feature),
      subscriptions: subscriptionsOf(features.flatMap((feature) => feature.on ?? [])),
      wake,
    },
    aggregates: new Map(ruled.map(({ aggregate }) => [aggregate.feature, aggregate])),
  }
}
