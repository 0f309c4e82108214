/** All that incidents draw, of one text. */
import type { Block } from '../../src/core/effects.ts'
import * as forms from '../../src/features/incidents/forms.ts'
import { homeBlocks } from '../../src/features/incidents/home.ts'
import type { Incident } from '../../src/features/incidents/incident.ts'
import { makeRules } from '../../src/features/incidents/rules.ts'
import * as views from '../../src/features/incidents/views.ts'
import { escapeInline } from '../../src/lib/mrkdwn.ts'
import type { Views } from '../support/golden.ts'
import { ana, at, ben, cleo, ground, incident, now } from './ground.ts'
import { cardFactsOf } from './record.ts'

export function incidentViews(text: string): Views {
  const rules = makeRules(ground)
  const signed = { by: ana, at: now.toISOString() }
  const fresh = incident(text)
  const busy = incident(text, {
    lead: ana,
    roles: { communications: cleo, scribe: ben },
    summary: text,
    impact: text,
    origin: { feature: 'slack', id: '1', label: text.slice(0, 100), permalink: 'https://example.slack.com/p1' },
    absorbed: ['40', '41'],
    cardFacts: cardFactsOf(text),
  })
  const resolved = incident(
    text,
    { lead: ana },
    { type: 'incident.statusChanged', from: 'investigating', to: 'resolved', what: '', ...signed },
    { type: 'incident.resolved', summary: text, ...signed },
  )
  const byAlert = { declaredBy: null, origin: { feature: 'alerts', id: '7', label: `alert ${text.slice(0, 100)}` } }
  const triage = incident(text, { status: 'triage', ...byAlert })
  const ended: Incident[] = [
    resolved,
    { ...resolved, status: 'closed' },
    incident(text, { status: 'canceled' }),
    incident(text, { status: 'merged', mergedInto: '41' }),
  ]
  const marked = [
    incident(text, { kind: 'drill' }),
    incident(text, { kind: 'test' }),
    incident(text, { isPrivate: true }),
  ]
  const offered = incident(text, { handover: { from: ana, to: ben, note: text } })
  const call = { policy: () => rules } as never
  const declareStart = { title: text, severity: 'P1' }
  const source = { channelId: 'C0GENERAL1', ts: '1.2', threadTs: null, permalink: 'https://example.slack.com/p1' }
  const others = [incident(text, { id: '41' }), incident(text, { id: '40' })]
  const cards = [triage, fresh, busy, ...ended, ...marked]
  const [service] = rules.services
  return {
    ...Object.fromEntries(cards.map((one) => [`card: ${nameOf(one, busy)}`, views.card(one, rules)])),
    ...Object.fromEntries(
      [triage, fresh, busy, ...ended].map((one) => [
        `announcement: ${nameOf(one, busy)}`,
        views.announcement(one, rules),
      ]),
    ),
    'announcement: without a channel': views.announcement(
      incident(text, { channel: null, channelTrouble: 'restricted_action' }),
      rules,
    ),
    topic: { text: views.topic(busy) },
    'names of channels': { text: [fresh, ...marked].map((one) => views.channelName(one, rules)).join('\n') },
    list: views.list(cards, 'No incident is open.'),
    'list: nothing': views.list([], 'No incident is open.'),
    'list: a hundred': views.list(
      Array.from({ length: 100 }, () => fresh),
      '',
    ),
    similar: views.similarList([
      { id: '7', title: text, severity: 'P1', resolution: text },
      { ...fresh, resolution: '' },
    ]),
    twin: views.twinMessage(
      { id: '41', title: text.slice(0, 200) },
      { title: text, severity: 'P1', service: service ?? null, startedAt: at, source, notice: null },
    ),
    'declared, and a graver severity proposed': views.declaredMessage(fresh, 'INC-42 is declared as P2.', 'P1'),
    'hand-over': views.handoverMessage(
      busy,
      { type: 'incident.handoverOffered', to: ben, from: ana, note: text, ...signed },
      rules,
    ),
    roles: views.rolesMessage(busy, rules.roles),
    'App Home': { home: homeBlocks([...cards, offered], ben) },
    'App Home: nothing': { home: homeBlocks([], ben) },
    'form: declare': forms.openDeclareForm(call, declareStart, source),
    'form: severity': forms.openSeverityForm(call, fresh),
    'form: status': forms.openStatusForm(fresh, 'identified'),
    'form: resolve': forms.openResolveForm(
      fresh,
      Array.from({ length: 12 }, () => escapeInline(text)),
      { summary: text, wantsDataLoss: true },
    ),
    'form: reopen': forms.reasonForm.open({ incident: '42', what: 'reopen' }),
    'form: decline': forms.reasonForm.open({ incident: '42', what: 'decline' }),
    ...present('form: merge', forms.openMergeForm(fresh, others)),
  }
}

function nameOf(one: Incident, busy: Incident): string {
  if (one === busy) return 'much is known'
  if (one.isPrivate) return 'private'
  return one.kind === 'real' ? one.status : one.kind
}

function present<Drawn extends { blocks: readonly Block[] }>(name: string, drawn: Drawn | null): Record<string, Drawn> {
  return drawn === null ? {} : { [name]: drawn }
}
