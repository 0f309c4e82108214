/**
 * Somebody's account is deactivated: whatever they held is given up by the features that know of it. Slack says so at
 * once; an hourly look finds those whose news was lost while nobody ran.
 */
import { randomUUID } from 'node:crypto'
import type { Db } from './db.ts'
import type { CalendarWork } from './feature.ts'
import { type SlackEventListener, whoever } from './interactions.ts'
import { type Aggregate, perform } from './perform.ts'
import type { Scheduled } from './schedule.ts'

/** What people may hold of one feature, and the command by which one of its subjects learns that somebody is gone. */
export interface Holdings<State, Command extends { type: string }, Event extends { type: string }, Policy> {
  aggregate: Aggregate<State, Command, Event, string, Policy>
  /** Everybody who holds anything now. */
  holders(db: Db): Promise<readonly string[]>
  /** Where this person holds something. */
  heldBy(db: Db, person: string): Promise<readonly string[]>
  partWith(person: string): Command
}

// The adapter hears of a changed account only when it was deactivated.
const event = 'user_change'

export function onDeparture<State, Command extends { type: string }, Event extends { type: string }, Policy>({
  aggregate,
  heldBy,
  partWith,
}: Holdings<State, Command, Event, Policy>): SlackEventListener {
  return {
    subscription: event,
    type: event,
    // Whoever is gone may do nothing, and that is what this is about.
    who: whoever,
    async run({ db, person }) {
      const subjects = await heldBy(db, person.id)
      const { feature } = aggregate
      return { effects: subjects.map((id) => ({ kind: 'perform', feature, id, command: partWith(person.id) })) }
    },
  }
}

export function lookForDepartures<State, Command extends { type: string }, Event extends { type: string }, Policy>(
  { aggregate, holders, heldBy, partWith }: Holdings<State, Command, Event, Policy>,
  { spine, people }: Pick<CalendarWork, 'spine' | 'people'>,
): Scheduled {
  return {
    name: `${aggregate.feature}/departures`,
    cron: '17 * * * *',
    runs: 'once',
    async run() {
      // In sequence: nobody waits for it, and Slack answers so many questions a minute.
      for (const person of await holders(spine.db)) {
        if ((await people.find(person))?.kind !== 'deactivated') continue
        const by = { actor: { kind: 'tocsin' as const, what: 'departures' }, cause: `calendar/${randomUUID()}` }
        for (const id of await heldBy(spine.db, person)) await perform(spine, aggregate, id, partWith(person), by)
      }
    },
  }
}
