/**
 * Alerts: every webhook is accepted, and the right channel hears it once.
 *
 * An *alert* is one observation by a *source*. A *group* is what makes it the same alert the next time; it has one
 * live message each time it fires, and at most one incident that runs for it. A *route* of tocsin.yml says which
 * alerts open an incident, and how grave.
 *
 *   firing ⇄ resolved
 */
import { feature, ruled } from '../../core/feature.ts'
import { on } from '../../core/subscriptions.ts'
import { context } from '../../lib/blocks.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { cardParts, type Incident, type IncidentEvent, resolveGate } from '../incidents/index.ts'
import { aggregate } from './aggregate.ts'
import { alertsConfig } from './config.ts'
import { hooks } from './hooks.ts'
import { makeRules } from './rules.ts'
import { clicks } from './slack.ts'
import { firingFor } from './store.ts'

export const alerts = feature({
  name: 'alerts',
  config: alertsConfig,
  ruled: ruled(aggregate, makeRules),
  hooks,
  clicks,
  on: [
    on<Incident, IncidentEvent, 'incident.declared'>('incident.declared', ({ id, state }) =>
      ofAlert(state, { type: 'alert.linkIncident', incident: id }),
    ),
    on<Incident, IncidentEvent, 'incident.resolved'>('incident.resolved', ({ state }) =>
      ofAlert(state, { type: 'alert.unlinkIncident' }),
    ),
  ],
  fills: [
    cardParts.fill((incident) =>
      incident.origin?.feature === 'alerts' ? [context([`Opened by ${escapeInline(incident.origin.label)}`])] : [],
    ),
    resolveGate.fill(async (db, incident) =>
      (await firingFor(db, incident.id)).map((title) => `the alert ${escapeInline(title)} still fires`),
    ),
  ],
})

export type { AlertGroup, Event as AlertEvent } from './domain.ts'

function ofAlert({ origin }: Incident, command: { type: string; [field: string]: unknown }) {
  if (origin?.feature !== 'alerts') return []
  return [{ kind: 'perform' as const, feature: 'alerts', id: origin.id, command }]
}
