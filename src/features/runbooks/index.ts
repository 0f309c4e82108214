/**
 * Runbooks: the next step is in the channel.
 *
 * A *runbook* is a Markdown file. A *run* is a copy of it with its variables filled in: one message, edited in place,
 * with the current *step* open and buttons on it. An *occasion* is an incident for which runbooks were opened or
 * offered. *Care* is what becomes of a runbook: whether it helped, and whether somebody looks after it.
 *
 *   a run:   running ──▶ finished | stopped
 *   a step:  waiting ──▶ open ⇄ running ──▶ done | skipped | failed
 */
import type { Effect } from '../../core/effects.ts'
import { feature, ruled } from '../../core/feature.ts'
import { on } from '../../core/subscriptions.ts'
import { type AlertEvent, type AlertGroup, runbookOf, sayingOf } from '../alerts/index.ts'
import { type Incident, type IncidentEvent, resolveGate } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { careAggregate } from './care/aggregate.ts'
import { runbooksConfig } from './config.ts'
import { coverageAggregate } from './coverage/aggregate.ts'
import { modals } from './forms.ts'
import { hearing } from './hearing.ts'
import type { Occasion } from './library.ts'
import { advise, lint } from './lint.ts'
import { look } from './looking.ts'
import { ofClients, ofIncidents } from './neighbours.ts'
import { occasionAggregate } from './occasions/aggregate.ts'
import { alertClicks, alertFills } from './on-alerts.ts'
import { valuesOf } from './opening.ts'
import { pages } from './page.ts'
import { reminders } from './reminders.ts'
import { makeRules } from './rules.ts'
import { clicks, commands, noun } from './slack.ts'
import { runningFor } from './store.ts'
import type { Values } from './variables.ts'
import { callsUnderWay, unfinishedRuns } from './views.ts'

export const runbooks = feature({
  name: 'runbooks',
  config: runbooksConfig,
  contentFolders: ({ runbooks }) => (runbooks as { folders: string[] }).folders,
  lint,
  advise,
  look,
  ruled: [
    ruled(aggregate, makeRules),
    ruled(occasionAggregate, makeRules),
    ruled(careAggregate, makeRules),
    ruled(coverageAggregate, makeRules),
  ],
  nouns: [noun],
  commands,
  clicks: [...clicks, ...alertClicks],
  fills: [
    ...alertFills,
    resolveGate.fill(async (db, { id }) => {
      const running = await runningFor(db, id)
      return [...unfinishedRuns(running), ...running.flatMap(callsUnderWay)]
    }),
  ],
  modals,
  pages,
  scheduled: reminders,
  on: [
    on<Incident, IncidentEvent, 'incident.declared'>('incident.declared', ({ id, state }) => {
      // What an alert opened is matched when the alert is known with its labels.
      if (state.origin?.feature === 'alerts') return []
      const { severity, service } = state
      return [match(id, { labels: {}, pointers: [], service, severity, values: valuesOf({ incident: state }) })]
    }),
    on<AlertGroup, AlertEvent, 'alert.incidentLinked'>('alert.incidentLinked', ({ state, event }) => [
      match(event.incident.id, occasionOf(state, event.incident)),
    ]),
    ...hearing,
    ...ofIncidents,
    ...ofClients,
  ],
})

function match(incident: string, occasion: Occasion & { values: Values }): Effect {
  const command = { type: 'runbooks.match', incident, ...occasion }
  return { kind: 'perform', feature: 'runbooks', id: incident, command }
}

/** What an alert says of itself. Most senders name it in a label; for the others its title is its name. */
function occasionOf(
  group: AlertGroup,
  { id, severity }: { id: string; severity: string },
): Occasion & { values: Values } {
  const { title, labels, annotations } = sayingOf(group)
  const { service } = group
  const pointer = runbookOf(group, null)
  return {
    labels,
    pointers: pointer === null ? [] : [pointer],
    service,
    severity,
    values: valuesOf({ labels, annotations, incident: { id, title, service, severity } }),
  }
}
