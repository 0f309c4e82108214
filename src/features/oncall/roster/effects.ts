/** Asking PagerDuty who is on call, now and then, and oftener while it does not answer. */
import type { Given } from '../../../core/decision.ts'
import type { Effect } from '../../../core/effects.ts'
import type { Roster, RosterEvent, RosterPolicy } from './domain.ts'

const minute = 60_000
// A shift changes by the hour; ten minutes late in a list that says how old it is harms nobody.
const everyMilliseconds = 5 * minute
const whileFailingMilliseconds = minute

// Who somebody is hardly ever changes, and a list of everybody is long.
const usersEveryMilliseconds = 60 * minute

function areUsersOld({ usersSeenAt }: Roster, now: Date): boolean {
  return usersSeenAt === null || now.getTime() - Date.parse(usersSeenAt) >= usersEveryMilliseconds
}

export function rosterEffects(
  roster: Roster,
  event: RosterEvent,
  { id, now, policy }: Given<RosterPolicy>,
): readonly Effect[] {
  const me = (type: string) => ({ feature: 'rosters', id, command: { type } })
  const lookAfter = (milliseconds: number): Effect => {
    const at = new Date(now.getTime() + milliseconds).toISOString()
    return { kind: 'timer.set', key: `rosters/${id}/look`, at, fire: me('roster.look') }
  }
  switch (event.type) {
    case 'roster.asked':
      return [
        {
          kind: 'pagerduty.look',
          ...policy.watched,
          emails: areUsersOld(roster, now) ? policy.emails : [],
          whenDone: me('roster.see'),
          whenGivenUp: me('roster.giveUp'),
        },
      ]
    case 'roster.usersSeen':
      return []
    case 'roster.seen':
    case 'roster.confirmed':
      return [lookAfter(everyMilliseconds)]
    case 'roster.failed':
      return [lookAfter(whileFailingMilliseconds)]
  }
}
