/**
 * Incidents: from "something is wrong" to "it is over", in a channel of their own.
 *
 * An *incident* has a number (INC-42), a *severity* from tocsin.yml, a *lead* (one person who decides), *roles*, a
 * *channel*, a *card* (pinned there, edited in place) and an *announcement* (in #incidents, edited in place). A
 * *private* one is known to its members only; *tests* and *drills* are announced to nobody. While nobody leads, the
 * channel is asked for a lead a few times, and then no more; nothing is ever closed by itself.
 *
 *   triage ──▶ investigating ⇄ identified ⇄ monitoring ──▶ resolved ──▶ closed
 *   canceled and merged end it from any of them; reopen and unmerge take the end back
 *
 * Read `incident.ts` (the words), `domain.ts` and `lifecycle.ts` (what is allowed), `effects.ts` (who is told).
 */
import { feature, ruled } from '../../core/feature.ts'
import { handOverPane } from '../oncall/index.ts'
import { homePane } from '../tocsin/index.ts'
import { aggregate } from './aggregate.ts'
import { commands } from './commands.ts'
import { incidentsConfig } from './config.ts'
import { departure, scheduled } from './departures.ts'
import { modals } from './forms.ts'
import { subscriptions } from './hearing.ts'
import { handOverLines, homePart } from './home.ts'
import { measures } from './measures.ts'
import { makeRules } from './rules.ts'
import { clicks, noun, shortcuts, slackEvents } from './slack.ts'

export const incidents = feature({
  name: 'incidents',
  config: incidentsConfig,
  ruled: ruled(aggregate, makeRules),
  nouns: [noun],
  commands,
  clicks,
  modals,
  shortcuts,
  slackEvents: [...slackEvents, departure],
  scheduled,
  on: subscriptions,
  fills: [homePane.fill(homePart), handOverPane.fill(handOverLines)],
  measures,
})

export {
  type About,
  aboutOf,
  aboutSchema,
  incidentOfChannel,
  isAskedThere,
  onAboutChanged,
  placeFor,
  putOnCard,
  readIncident,
  sayAbout,
} from './about.ts'
export { aggregate as incidentAggregate } from './aggregate.ts'
export { sentence as incidentSentence } from './answers.ts'
export { type Event as IncidentEvent, type Incident, isOver, maySee, titleMax } from './domain.ts'
export { whenAble } from './giving.ts'
export { incidentSubject } from './slack.ts'
export { announcementParts, cardButtons, cardParts, resolveGate } from './slots.ts'
export { findRunning } from './store.ts'
export { acceptButton, declineButton, key, mergeButton, resolveButton } from './views.ts'
