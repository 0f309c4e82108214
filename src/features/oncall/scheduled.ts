/** What being on call does by the calendar: notices shifts that nobody asked about, and sends test pages. */
import { randomUUID } from 'node:crypto'
import type { CalendarWork } from '../../core/feature.ts'
import { perform } from '../../core/perform.ts'
import type { Scheduled } from '../../core/schedule.ts'
import { pages, schedules } from './aggregate.ts'
import type { OncallConfig } from './config.ts'
import { handPageId } from './paging.ts'
import { rosters, theRoster } from './roster/aggregate.ts'

export function scheduled({ config, spine }: CalendarWork): Scheduled[] {
  const own = config.oncall as OncallConfig
  const looks: Scheduled = {
    name: 'oncall/shifts',
    // A timer fires at the next change of a schedule; this finds schedules that are new or were edited in the file.
    cron: '*/10 * * * *',
    runs: 'once',
    async run() {
      // In sequence: nobody waits for it.
      for (const name of Object.keys(own.schedules))
        await perform(spine, schedules, name, { type: 'schedule.look' }, by('shifts'))
    },
  }
  const roster: Scheduled = {
    name: 'oncall/roster',
    // Each look sets a timer for the next; this begins it, and begins it again should a timer ever be lost.
    cron: '*/5 * * * *',
    runs: 'once',
    async run() {
      await perform(spine, rosters, theRoster, { type: 'roster.look' }, by('roster'))
    },
  }
  const firstRoster: Scheduled = {
    name: 'oncall/first-roster',
    cron: '* * * * *',
    runs: 'once',
    async run() {
      await perform(spine, rosters, theRoster, { type: 'roster.begin' }, by('roster'))
    },
  }
  const hasRoster = Object.values(own.teams).some(({ pagerduty }) => pagerduty.policy ?? pagerduty.schedules[0])
  const regular = hasRoster ? [looks, roster, firstRoster] : [looks]
  if (own.testPages === null) return regular
  const tests: Scheduled = {
    name: 'oncall/test-pages',
    cron: own.testPages,
    runs: 'once',
    async run() {
      for (const team of Object.keys(own.teams)) {
        const command = {
          type: 'page.send' as const,
          target: { team, person: null },
          summary: 'press «Acknowledge»; nothing is wrong',
          severity: 'info' as const,
          priority: null,
          link: null,
          about: null,
          isTest: true,
        }
        await perform(spine, pages, handPageId(team, true), command, by('test pages'))
      }
    },
  }
  return [...regular, tests]
}

function by(what: string) {
  return { actor: { kind: 'tocsin' as const, what }, cause: `calendar/${randomUUID()}` }
}
