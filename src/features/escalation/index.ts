/**
 * Escalation: attention grows while nothing happens.
 *
 * A *ladder* belongs to severities and has *rungs*: minutes after the declaration, who, and what makes the rung
 * needless. The response ladder wakes those who must act, the leadership ladder tells those who must know. A page is
 * acknowledged by a button, a link or by taking the lead; never by an emoji, which slips from a thumb. A promised
 * *update* that stays away, though it was asked for, is told to somebody above: once a promise.
 *
 *   a rung: waiting ──▶ reached | skipped
 */

import { feature, ruled } from '../../core/feature.ts'
import { on } from '../../core/subscriptions.ts'
import {
  type About,
  aboutOf,
  cardButtons,
  cardParts,
  type Incident,
  type IncidentEvent,
  isOver,
  onAboutChanged,
} from '../incidents/index.ts'
import { missedCall, type Page, type PageEvent, whyPane } from '../oncall/index.ts'
import type { Entry, Event as EntryEvent } from '../timeline/domain.ts'
import type { UpdateEvent, UpdatePlan } from '../updates/index.ts'
import { aggregate } from './aggregate.ts'
import { cardPart } from './card.ts'
import { escalationConfig } from './config.ts'
import type { Command, News } from './domain.ts'
import { findUnknown } from './lint.ts'
import { cardButton, clicks, commands } from './responding.ts'
import { makeRules } from './rules.ts'
import { ladderLines, commands as whyCommands } from './why.ts'

export const escalation = feature({
  name: 'escalation',
  config: escalationConfig,
  lint: findUnknown,
  ruled: ruled(aggregate, makeRules),
  commands: [...whyCommands, ...commands],
  clicks,
  on: [
    on<Incident, IncidentEvent, 'incident.declared'>('incident.declared', ({ id, state }) => [
      {
        ...ask(id, {
          type: 'escalation.begin',
          about: seen(aboutOf(state), state),
          declaredAt: state.times.declaredAt,
        }),
        isUrgent: true,
      },
    ]),
    ...onAboutChanged((id, about, incident) => [ask(id, { type: 'escalation.follow', about: seen(about, incident) })]),
    on<Incident, IncidentEvent, 'incident.invited'>('incident.invited', ({ id, state }) =>
      state.isPrivate ? [ask(id, { type: 'escalation.follow', about: seen(aboutOf(state), state) })] : [],
    ),
    // The last time that somebody is asked for it: communications and the lead were asked before.
    on<UpdatePlan, UpdateEvent, 'update.overdue'>('update.overdue', ({ id, event }) =>
      event.asked === 'escalation' ? [ask(id, { type: 'escalation.missUpdate', dueAt: event.dueAt })] : [],
    ),
    on<Entry, EntryEvent, 'timeline.noted'>('timeline.noted', ({ event }) => [
      tell(event.incident, { what: 'note', by: event.author.name, text: event.text }),
    ]),
    on<Incident, IncidentEvent, 'incident.severityChanged'>('incident.severityChanged', ({ id, event }) => [
      tell(id, { what: 'severity', by: event.by ?? 'Tocsin', from: event.from, to: event.to, reason: event.reason }),
    ]),
    on<Incident, IncidentEvent, 'incident.resolved'>('incident.resolved', ({ id, event }) => [
      tell(id, { what: 'resolved', by: event.by ?? 'Tocsin', summary: event.summary }),
    ]),
    on<Page, PageEvent, 'page.acknowledged'>('page.acknowledged', ({ state, event }) =>
      aboutIncident(state, { type: 'escalation.acknowledge', by: event.by, via: event.via }),
    ),
    on<Page, PageEvent, 'page.passedOn'>('page.passedOn', ({ state, event }) =>
      aboutIncident(state, { type: 'escalation.passOn', how: event.how, to: event.to }),
    ),
    on<Page, PageEvent, 'page.notTaken'>('page.notTaken', ({ state, event }) => {
      const { isRefused, ring, seenAt } = event
      const { team, sentAt } = state
      if (team === null) return []
      return aboutIncident(state, { type: 'escalation.missPagerDuty', team, sentAt, isRefused, ring, seenAt })
    }),
    on<Page, PageEvent, 'page.delivered'>('page.delivered', ({ state, event }) => {
      const { team, sentAt } = state
      if (team === null || event.way !== 'pagerduty' || missedCall(state)?.deliveredAt !== event.at) return []
      const lateMilliseconds = Date.parse(event.at) - Date.parse(sentAt)
      return aboutIncident(state, { type: 'escalation.reachPagerDuty', team, lateMilliseconds })
    }),
    on<Page, PageEvent, 'page.exhausted'>('page.exhausted', ({ state }) =>
      aboutIncident(state, { type: 'escalation.pageExhausted' }),
    ),
  ],
  fills: [cardParts.fill(cardPart), cardButtons.fill(cardButton), whyPane.fill((_db, asked) => ladderLines(asked))],
})

function aboutIncident({ about }: Page, command: Command) {
  return about?.feature === 'incidents' ? [ask(about.id, command)] : []
}

function tell(id: string, news: News) {
  return ask(id, { type: 'escalation.tell', news })
}

function ask(id: string, command: Command) {
  return { kind: 'perform' as const, feature: 'escalations', id, command: { ...command } }
}

function seen(about: About, { service, members }: Incident) {
  const { title, severity, status, lead, isPrivate, isReal, channelId } = about
  const known = { title, severity, status, lead, isPrivate, isReal, isOver: isOver(about), service, channelId }
  return isPrivate ? { ...known, members } : known
}
