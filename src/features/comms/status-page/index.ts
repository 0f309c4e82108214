/**
 * The status page: what clients see of us, at /status, for people and machines.
 *
 * A *happening* is an incident or a maintenance as it was published, in *updates*. A *component* is what clients know a
 * service by; its *state* follows from the updates, and how it was on each of the last ninety days from when somebody
 * *watched*. All of it is built from `comms/published.ts` and nothing else, kept in memory as finished files (the *shelf*),
 * and may be kept in a folder too (the *copy*). A *subscriber* confirmed an address of theirs to be written to.
 */
import { type CalendarWork, type LongWork, type PageWork, ruled } from '../../../core/feature.ts'
import type { Loop } from '../../../core/loop.ts'
import type { Page } from '../../../core/pages.ts'
import type { Spine } from '../../../core/perform.ts'
import type { Scheduled } from '../../../core/schedule.ts'
import { startCopying } from './copying.ts'
import { publicPages } from './routes.ts'
import { aggregate } from './subscribers/aggregate.ts'
import { subscriberPages } from './subscribers/pages.ts'
import { makeRules, type Rules } from './subscribers/rules.ts'
import { forget } from './subscribers/store.ts'
import { keepWatching } from './watch.ts'

export const subscribersRuled = ruled(aggregate, makeRules)

export function statusPages(work: PageWork): readonly Page[] {
  return [...publicPages(work, rulesOf(work.spine)), ...subscriberPages]
}

export function statusPageScheduled({ spine, log }: CalendarWork): readonly Scheduled[] {
  return [
    {
      name: 'status-page-watch',
      cron: '* * * * *',
      runs: 'every-process',
      run: () => keepWatching(spine.db, rulesOf(spine).components, spine.now()),
    },
    {
      name: 'subscribers-forget',
      cron: '41 3 * * *',
      runs: 'once',
      async run() {
        const forgotten = await forget(spine.db, spine.now())
        if (forgotten > 0) log.info({ forgotten }, 'subscribers who left or never confirmed were forgotten')
      },
    },
  ]
}

export function statusPageWorkers({ spine, clock, log }: LongWork): readonly Loop[] {
  const copying = startCopying({ spine, clock, log, rules: rulesOf(spine) })
  return copying === null ? [] : [copying]
}

function rulesOf(spine: Spine): Rules {
  // Made by makeRules, above: the spine hands out rules by name, without their type.
  return spine.policyOf(aggregate.feature) as Rules
}

export { writeStatusCopy } from './copying.ts'
