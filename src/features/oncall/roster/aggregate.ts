/** The roster as `perform` knows it. There is one: everything that tocsin.yml names of PagerDuty is asked together. */
import type { Aggregate } from '../../../core/perform.ts'
import {
  decideRoster,
  evolveRoster,
  type Roster,
  type RosterCommand,
  type RosterEvent,
  type RosterPolicy,
  type RosterRefused,
} from './domain.ts'
import { rosterEffects } from './effects.ts'
import { loadRoster, saveRoster } from './store.ts'

export const theRoster = 'pagerduty'

export const rosters: Aggregate<Roster, RosterCommand, RosterEvent, RosterRefused, RosterPolicy> = {
  feature: 'rosters',
  newId() {
    throw new Error('there is one roster, and it has a name')
  },
  load: loadRoster,
  save: saveRoster,
  decide: decideRoster,
  evolve: evolveRoster,
  effects: rosterEffects,
}
