/**
 * Tasks: what is to be done, by whom and until when, so that nothing is promised and forgotten.
 *
 * A *task* is for now, a *follow-up* for after the incident; both have a number within their incident, perhaps an
 * *owner* and a moment when they are *due*. All the work of one incident is its *board*. Each has one message in the
 * incident's channel, edited in place; what is overdue stands on the card. Its owner is reminded a few times, and then
 * no more.
 *
 *   open ⇄ done, open ⇄ dropped · a task that is open when the incident is over becomes a follow-up
 */
import { feature, ruled } from '../../core/feature.ts'
import { cardButtons, cardParts, onAboutChanged, resolveGate } from '../incidents/index.ts'
import { homePane } from '../tocsin/index.ts'
import { aggregate } from './aggregate.ts'
import { tasksConfig } from './config.ts'
import { departure, scheduled } from './departures.ts'
import { makeRules } from './rules.ts'
import { clicks, commands, hears, modals, shortcuts } from './slack.ts'
import { openOf, openTasksFor } from './store.ts'
import { cardButton, cardPart, gateQuestion, homePart } from './views.ts'

const shownAtHome = 10

export const tasks = feature({
  name: 'tasks',
  config: tasksConfig,
  ruled: ruled(aggregate, makeRules),
  commands,
  clicks,
  modals,
  shortcuts,
  slackEvents: [departure],
  scheduled,
  hears,
  on: onAboutChanged((id, about) => [
    { kind: 'perform', feature: 'tasks', id, command: { type: 'tasks.follow', about } },
  ]),
  fills: [
    cardParts.fill(cardPart),
    cardButtons.fill(cardButton),
    resolveGate.fill(async (db, incident) => {
      const open = await openTasksFor(db, incident.id, 100)
      return open.length === 0 ? [] : [gateQuestion(open)]
    }),
    // Of a private incident too: a task is given only to people who are in it.
    homePane.fill(async (db, { person }) => homePart(await openOf(db, person, shownAtHome))),
  ],
})

export type { Task } from './domain.ts'
export { openTasksFor } from './store.ts'
