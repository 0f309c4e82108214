/** What alerts hear of incidents and pages, and show on them. */

import type { PerformEffect } from '../../core/effects.ts'
import { on, type Subscription } from '../../core/subscriptions.ts'
import { section } from '../../lib/blocks.ts'
import { escapeInline } from '../../lib/mrkdwn.ts'
import { shorten } from '../../lib/text.ts'
import { cardParts, type Incident, type IncidentEvent, isOver, resolveGate } from '../incidents/index.ts'
import type { Page, PageEvent } from '../oncall/index.ts'
import { handOverPane } from '../oncall/index.ts'
import type { Command, LinkedIncident } from './domain.ts'
import { cardKeyPrefix } from './effects.ts'
import { listActive } from './silences/store.ts'
import { silenceLine } from './silences/views.ts'
import { firingFor } from './store.ts'
import { cardFacts, cardLine } from './views.ts'
import { titleOf } from './words.ts'

export const subscriptions: Subscription[] = [
  on<Incident, IncidentEvent, 'incident.declared'>('incident.declared', ({ state }) => {
    const { id, status, severity } = state
    const origin = originOf(state)
    if (origin === null) return []
    const incident = { id, status, severity }
    return [to(origin, { type: 'alert.linkIncident', incident, leaves: true }), ...settle(state, incident)]
  }),
  on<Incident, IncidentEvent, 'incident.merged'>('incident.merged', ({ state, event }) =>
    handOver(state, { ...seenIn(state), id: event.into }, false),
  ),
  on<Incident, IncidentEvent, 'incident.unmerged'>('incident.unmerged', ({ state }) =>
    handOver(state, seenIn(state), true),
  ),
  on<Incident, IncidentEvent, 'incident.statusChanged'>('incident.statusChanged', ({ state }) => follow(state)),
  on<Incident, IncidentEvent, 'incident.severityChanged'>('incident.severityChanged', ({ state }) => follow(state)),
  on<Page, PageEvent, 'page.acknowledged'>('page.acknowledged', ({ state, event }) =>
    state.about?.feature === 'alerts' && event.via !== 'lead' && state.status === 'acknowledged'
      ? [to(state.about.id, { type: 'alert.acknowledge', by: event.by })]
      : [],
  ),
]

/** Whoever wanted one together with it joins it now. */
function settle({ origin }: Incident, incident: LinkedIncident): PerformEffect[] {
  const together = origin?.together
  if (!origin || !together) return []
  const command = { type: 'opening.settle', group: origin.id, incident }
  return [{ kind: 'perform', feature: 'alertOpenings', id: together, command }]
}

/** Merged, the other one takes its alerts; taken back, they come back. */
function handOver(incident: Incident, into: LinkedIncident, leaves: boolean): PerformEffect[] {
  return groupsOf(incident).map((group) => to(group, { type: 'alert.linkIncident', incident: into, leaves }))
}

/** What an incident is now, told to each group that it has. Over, it lets go of them. */
function follow(incident: Incident): PerformEffect[] {
  const { id, status } = incident
  if (status === 'merged') return []
  const command: Command = isOver(incident)
    ? { type: 'alert.unlinkIncident', incident: id, isDeclined: status === 'canceled' }
    : { type: 'alert.noteIncident', incident: seenIn(incident) }
  return groupsOf(incident).map((group) => to(group, command))
}

function seenIn({ id, status, severity }: Incident): LinkedIncident {
  return { id, status, severity }
}

/** The one that opened it, and those that joined: its card knows them. */
function groupsOf(incident: Incident): string[] {
  const onCard = Object.entries(incident.cardFacts).flatMap(([key, facts]) =>
    key.startsWith(cardKeyPrefix) && facts !== null ? [key.slice(cardKeyPrefix.length)] : [],
  )
  const origin = originOf(incident)
  return [...new Set([...(origin === null ? [] : [origin]), ...onCard])]
}

function originOf({ origin }: Incident): string | null {
  return origin?.feature === 'alerts' ? origin.id : null
}

function to(id: string, command: Command): PerformEffect {
  return { kind: 'perform', feature: 'alerts', id, command }
}

const linesShown = 8

export const fills = [
  handOverPane.fill(async (db) => {
    const active = await listActive(db, linesShown)
    return active.length === 0 ? [] : ['*Silenced alerts*', ...active.map((silence) => `• ${silenceLine(silence)}`)]
  }),
  cardParts.fill((incident) => {
    const found = Object.entries(incident.cardFacts).flatMap(([key, facts]) => {
      const read = key.startsWith(cardKeyPrefix) ? cardFacts.safeParse(facts) : null
      return read?.success ? [read.data] : []
    })
    if (found.length === 0) return []
    // What fires first, and of those what fires longest.
    const sorted = found.toSorted(
      (a, b) => a.status.localeCompare(b.status) || Date.parse(a.startedAt) - Date.parse(b.startedAt),
    )
    const left = found.length - linesShown
    const lines = [...sorted.slice(0, linesShown).map(cardLine), ...(left > 0 ? [`… and ${left} more`] : [])]
    return [section(`*Alerts*\n${lines.join('\n')}`)]
  }),
  resolveGate.fill(async (db, incident) =>
    (await firingFor(db, incident.id)).map(
      (group) => `the alert ${escapeInline(shorten(titleOf(group), 150))} still fires`,
    ),
  ),
]
