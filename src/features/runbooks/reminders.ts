/** Once a week, whoever owns a runbook that nobody reviewed in its time is reminded; the aggregate sees to it not too often. */
import type { CalendarWork } from '../../core/feature.ts'
import { perform } from '../../core/perform.ts'
import type { Scheduled } from '../../core/schedule.ts'
import { careAggregate } from './care/aggregate.ts'
import { isStale } from './library.ts'
import type { Rules } from './rules.ts'

export function reminders({ spine }: CalendarWork): readonly Scheduled[] {
  return [
    {
      name: 'runbook-reviews',
      // Monday morning in UTC, when most people work.
      cron: '7 9 * * 1',
      runs: 'once',
      async run(slot) {
        const { library } = spine.policyOf(careAggregate.feature) as Rules
        const now = spine.now()
        for (const runbook of library.runbooks.filter((one) => isStale(one, now))) {
          // In sequence: a handful, and nobody waits.
          const by = {
            actor: { kind: 'tocsin', what: 'runbook reviews' },
            cause: `schedule/runbook-reviews/${slot.toISOString()}/${runbook.name}`,
          } as const
          await perform(spine, careAggregate, runbook.name, { type: 'care.remind' }, by)
        }
      },
    },
  ]
}
