/**
 * Incidents: from "something is wrong" to "it is over", in a channel of their own.
 *
 * An *incident* has a number (INC-42), a *severity* from tocsin.yml, a *lead* (one person who decides), a *channel*,
 * a *card* (pinned there, edited in place) and an *announcement* (in #incidents, edited in place). While nobody leads,
 * the channel is asked for a lead a few times, and then no more.
 *
 *   (nothing) ──declare──▶ investigating ──resolve──▶ resolved
 */
import { feature, ruled } from '../../core/feature.ts'
import { aggregate } from './aggregate.ts'
import { incidentsConfig } from './config.ts'
import { makeRules } from './rules.ts'
import { clicks, commands, modals, noun, shortcuts, slackEvents } from './slack.ts'

export const incidents = feature({
  name: 'incidents',
  config: incidentsConfig,
  ruled: ruled(aggregate, makeRules),
  nouns: [noun],
  commands,
  clicks,
  modals,
  shortcuts,
  slackEvents,
})

export {
  type About,
  aboutOf,
  aboutSchema,
  incidentOfChannel,
  isOver,
  onAboutChanged,
  placeFor,
  putOnCard,
  readIncident,
  sayAbout,
} from './about.ts'
export { aggregate as incidentAggregate } from './aggregate.ts'
export type { Event as IncidentEvent, Incident } from './domain.ts'
export { incidentSubject, resolveGate } from './slack.ts'
export { announcementParts, cardButtons, cardParts, key } from './views.ts'
