/**
 * Updates: what everybody is told about an incident, and the promise of when they hear again.
 *
 * An *update* says what is known, what is done, what is needed, and when the *next* one comes: that is a promise. How
 * often is the severity's *cadence*. A late one shows on the card and the announcement; communications is asked for it,
 * then the lead, then `update.overdue` is for `escalation`. A *read-in* tells one person where it stands: when
 * they ask, and once when they come into the channel.
 *
 *   not due ──▶ due ──▶ asked ──▶ escalated · an update makes it not due again, the end of the incident for good
 */
import { feature, ruled } from '../../core/feature.ts'
import { announcementParts, cardButtons, cardParts, onAboutChanged } from '../incidents/index.ts'
import { handOverPane } from '../oncall/index.ts'
import { homePane } from '../tocsin/index.ts'
import { aggregate } from './aggregate.ts'
import { hears } from './catchup.ts'
import { updatesConfig } from './config.ts'
import { newcomerAggregate } from './newcomers.ts'
import { makeRules } from './rules.ts'
import { clicks, commands, modals } from './slack.ts'
import { promisesOf, publicPromises } from './store.ts'
import { announcementPart, cardButton, cardPart, homePart, promiseLines } from './views.ts'

const shownAtHome = 10

export const updates = feature({
  name: 'updates',
  config: updatesConfig,
  ruled: [ruled(aggregate, makeRules), ruled(newcomerAggregate, makeRules)],
  commands,
  clicks,
  modals,
  hears,
  on: onAboutChanged((id, about) => [
    { kind: 'perform', feature: 'updates', id, command: { type: 'updates.follow', about } },
  ]),
  fills: [
    cardParts.fill(cardPart),
    announcementParts.fill(announcementPart),
    cardButtons.fill(cardButton),
    handOverPane.fill(async (db, { now }) => promiseLines(await publicPromises(db, shownAtHome), now)),
    homePane.fill(async (db, { person, now }) => homePart(await promisesOf(db, person, shownAtHome), now)),
  ],
})

export type { Event as UpdateEvent, Plan as UpdatePlan } from './domain.ts'
