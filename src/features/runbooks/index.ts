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
import { feature, ruled } from '../../core/feature.ts'
import { on } from '../../core/subscriptions.ts'
import type { Incident, IncidentEvent } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { careAggregate } from './care/aggregate.ts'
import { runbooksConfig } from './config.ts'
import { modals } from './forms.ts'
import { lint } from './lint.ts'
import { occasionAggregate } from './occasions/aggregate.ts'
import { valuesOf } from './opening.ts'
import { pages } from './page.ts'
import { reminders } from './reminders.ts'
import { makeRules } from './rules.ts'
import { clicks, commands, noun } from './slack.ts'

export const runbooks = feature({
  name: 'runbooks',
  config: runbooksConfig,
  contentFolders: ({ runbooks }) => (runbooks as { folders: string[] }).folders,
  lint,
  ruled: [ruled(aggregate, makeRules), ruled(occasionAggregate, makeRules), ruled(careAggregate, makeRules)],
  nouns: [noun],
  commands,
  clicks,
  modals,
  pages,
  scheduled: reminders,
  on: [
    on<Incident, IncidentEvent, 'incident.declared'>('incident.declared', ({ id, state }) =>
      // What an alert opened is matched when the alert is known with its labels.
      state.origin === null ? [match(id, { labels: {}, pointers: [] }, state)] : [],
    ),
  ],
})

function match(
  id: string,
  { labels, pointers }: { labels: Record<string, string>; pointers: string[] },
  incident: Incident,
) {
  const { severity, service } = incident
  const values = valuesOf({ labels, incident })
  const command = { type: 'runbooks.match', labels, pointers, service, severity, values }
  return { kind: 'perform' as const, feature: 'runbooks', id, command }
}
