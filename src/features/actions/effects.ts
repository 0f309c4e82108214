/** What the world hears about an action. Read this file to know who is told what, and when. */
import type { Given } from '../../core/decision.ts'
import type { Callback, Effect, Place, Priority } from '../../core/effects.ts'
import { Markup, mention } from '../../lib/mrkdwn.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { pageTeam, resolvePage } from '../oncall/index.ts'
import type { Action, Event } from './domain.ts'
import type { Rules } from './rules.ts'
import { approvalAsked, asker, card, key, saidWithClients } from './views.ts'

export function effects(action: Action, event: Event, given: Given<Rules>): readonly Effect[] {
  const { policy } = given
  switch (event.type) {
    case 'action.requested':
    case 'action.replanned':
    case 'action.lookedFor':
      return [showCard(action, policy), wakeRunner]
    case 'action.planned':
      return [
        showCard(action, policy),
        timer(action, 'expire', event.expiresAt, { type: 'action.expire', planNumber: event.number }),
        ...(event.isApproved ? [wakeRunner] : askForApproval(action, given)),
      ]
    case 'action.planRefused':
    case 'action.approvalGiven':
    case 'action.verifying':
    case 'action.notFound':
    case 'action.settlementGiven':
      return [showCard(action, policy)]
    case 'action.approved':
      return [
        showCard(action, policy),
        cancel(action, 'deputies'),
        cancel(action, 'glass'),
        ...(action.runsItself ? [wakeRunner] : [say(action, policy, 'ready', { who: who(action.requestedBy) })]),
      ]
    case 'action.runAsked':
    case 'action.foundAgain':
      return [showCard(action, policy), wakeRunner]
    case 'action.denied':
      return [...over(action, policy), say(action, policy, 'denied', { by: who(event.by), reason: event.reason })]
    case 'action.withdrawn':
      return over(action, policy)
    case 'action.expired':
      return [...over(action, policy), say(action, policy, 'expired', { who: who(action.requestedBy) })]
    case 'action.deputiesAsked':
      return [
        say(action, policy, 'deputies', { who: deputiesOf(action, policy) }),
        ...askEach(action, policy, action.pings.deputies),
      ]
    case 'action.glassBroken':
      return glassBroken(action, event, policy)
    case 'action.begun':
      return [wakeRunner]
    case 'action.blocked':
      return [
        showCard(action, policy),
        cancel(action, 'expire'),
        say(action, policy, 'blocked', {
          why: event.obstacle.why,
          whose: event.obstacle.whose === null ? '' : who(event.obstacle.whose),
          who: who(action.requestedBy),
        }),
      ]
    case 'action.dispatching':
      return [
        showCard(action, policy),
        cancel(action, 'expire'),
        say(action, policy, 'began', plan(action)),
        ...announce(action, policy, 'began'),
      ]
    case 'action.started':
      return [
        showCard(action, policy),
        timer(action, 'time-up', after(event.at, action.timeoutSeconds * 1_000), {
          type: 'action.askToStop',
          reason: `it ran longer than its ${action.timeoutSeconds} seconds`,
        }),
      ]
    case 'action.progressed':
      return [showCard(action, policy, 'chatter')]
    case 'action.stopAsked':
      return [showCard(action, policy), wakeRunner]
    case 'action.succeeded':
      return [...result(action, policy, 'succeeded'), ...holdAfter(action, policy), ...remindOfKept(action)]
    case 'action.failed':
      return result(action, policy, 'failed')
    case 'action.stopped':
      return result(action, policy, 'stopped')
    case 'action.verifyFailed':
      return [
        ...result(action, policy, 'verify-failed'),
        hold(action, `the verification of ${key(action)} failed`, 4 * hour),
        ...remindOfKept(action),
      ]
    case 'action.settled':
      return [
        ...result(action, policy, event.verdict === 'done' ? 'settled-done' : 'settled-not-done'),
        ...letSleep(action, policy),
        ...(event.verdict === 'done' ? remindOfKept(action) : []),
      ]
    case 'action.unknown':
      return [
        showCard(action, policy),
        cancel(action, 'time-up'),
        wakeRunner,
        say(action, policy, 'unknown', { why: event.why, who: who(action.requestedBy) }),
        timer(action, 'unknown', after(event.at, policy.unknownPagesAfter), { type: 'action.pageUnknown' }),
      ]
    case 'action.unknownPaged':
      return pageUnknown(action, policy)
    case 'action.reviewed':
      return [
        cancel(action, 'review'),
        say(action, policy, 'reviewed', { by: who(event.by), isRight: event.verdict === 'right', note: event.note }),
      ]
    case 'action.reviewMissed':
      return [loudly(action, policy, 'review-missed', { by: who(action.review?.of ?? null) })]
    case 'action.keptLong':
      return [loudly(action, policy, 'kept-long', { who: who(action.requestedBy), ...action.plan?.kept })]
    default:
      return unreachable(event)
  }
}

const hour = 60 * 60_000
const wakeRunner: Effect = { kind: 'run', worker: 'actions' }

function showCard(action: Action, rules: Rules, priority: Priority = 'state'): Effect {
  const name = `actions/${action.id}/card` as const
  return { kind: 'slack.show', name, to: action.home, message: card(action, rules), priority }
}

function say(action: Action, rules: Rules, template: string, data: Record<string, unknown>, to?: Place): Effect {
  const words = rules.templates.render(`actions/${template}`, 'slack', { ...about(action), ...data })
  return { kind: 'slack.say', to: to ?? action.home, message: { text: words }, priority: 'state' }
}

/** At home, where those work who write to clients. */
function sayWithClients(action: Action, rules: Rules, template: string, data: Record<string, unknown>): Effect {
  const words = rules.templates.render(`actions/${template}`, 'slack', { ...about(action), ...data })
  return { kind: 'slack.say', to: action.home, message: saidWithClients(action, words), priority: 'state' }
}

function about(action: Action): Record<string, unknown> {
  return {
    action: key(action),
    title: action.title,
    service: action.target.service,
    environment: action.target.environment,
  }
}

function askForApproval(action: Action, { now, policy }: Given<Rules>): Effect[] {
  // An automation's request comes without names; then those that tocsin.yml lists one by one are called.
  const listed = action.needs.flatMap(({ group }) => peopleOf(group, policy))
  const asked = action.pings.approvers.length > 0 ? action.pings.approvers : listed
  const words = say(action, policy, 'asks', {
    ...plan(action),
    asker: new Markup(asker(action)),
    who: new Markup([...new Set(asked)].map(mention).join(' ')),
    groups: action.needs.map((need) => need.group).join(', '),
  })
  const asking = [words, ...askEach(action, policy, asked)]
  if (policy.deputies === null) return asking
  const at = new Date(now.getTime() + policy.askDeputiesAfter).toISOString()
  return [...asking, timer(action, 'deputies', at, { type: 'action.askDeputies', planNumber: action.planNumber })]
}

/** A name called in a channel reaches its members alone, and those who approve need not be in that of an incident. */
function askEach(action: Action, rules: Rules, people: readonly string[]): Effect[] {
  if (action.isPrivate || action.incident === null || action.home === rules.opsChannel) return []
  const words = rules.templates.render('actions/asks-you', 'slack', {
    ...about(action),
    ...plan(action),
    lost: action.plan?.lost ?? '',
    asker: new Markup(asker(action)),
    incident: action.incident,
    reason: action.reason,
  })
  const others = [...new Set(people)].filter((person) => person !== action.requestedBy)
  return others.map((person) => ({ kind: 'slack.tell', person, message: approvalAsked(action, words) }))
}

function glassBroken(action: Action, event: Extract<Event, { type: 'action.glassBroken' }>, rules: Rules): Effect[] {
  const { glass, review } = event
  const isDelayed = glass.effectiveAt !== glass.at
  const data = {
    by: who(glass.by),
    reason: glass.reason,
    isDelayed,
    effectiveAt: glass.effectiveAt,
    dueAt: review.dueAt,
  }
  return [
    showCard(action, rules),
    say(action, rules, 'glass-broken', data),
    ...(action.home === rules.opsChannel || action.isPrivate ? [] : [loudly(action, rules, 'glass-broken', data)]),
    ...(isDelayed ? [timer(action, 'glass', glass.effectiveAt, { type: 'action.glassIsBroken' })] : []),
    timer(action, 'review', review.dueAt, { type: 'action.reviewOverdue' }),
  ]
}

/** Where those sit who look after us. A private incident stays where it is, whatever happens. */
function loudly(action: Action, rules: Rules, template: string, data: Record<string, unknown>): Effect {
  return say(action, rules, template, data, action.isPrivate ? action.home : rules.opsChannel)
}

function result(action: Action, rules: Rules, template: string): Effect[] {
  const people = [...new Set([action.requestedBy, ...action.approvals.map((one) => one.person)])]
  const data = {
    ...plan(action),
    detail: action.detail,
    probes: action.probes.filter((probe) => !probe.isOk).map((probe) => `${probe.what}: ${probe.saw}`),
    who: new Markup(
      people
        .filter((person) => person !== null)
        .map(mention)
        .join(' '),
    ),
  }
  return [...over(action, rules), sayWithClients(action, rules, template, data), ...announce(action, rules, template)]
}

/** For those who want to know and need not act. Reading alone (T0) is no news, and what is private is nobody's. */
function announce(action: Action, rules: Rules, template: string): Effect[] {
  if (action.isPrivate || action.tier === 0 || action.home === rules.updatesChannel) return []
  const data = { ...plan(action), detail: '', probes: [], who: '' }
  return [say(action, rules, template, data, rules.updatesChannel)]
}

function plan({ plan: made }: Action): { before: string; after: string; blastRadius: string } {
  return { before: made?.before ?? '', after: made?.after ?? '', blastRadius: made?.blastRadius ?? '' }
}

function over(action: Action, rules: Rules): Effect[] {
  const timers = ['expire', 'deputies', 'glass', 'time-up', 'unknown']
  return [showCard(action, rules), ...timers.map((what) => cancel(action, what))]
}

function holdAfter(action: Action, rules: Rules): Effect[] {
  const span = rules.catalogue.get(action.name)?.holdAfter ?? null
  return span === null ? [] : [hold(action, `nothing shall put back what ${key(action)} changed`, span)]
}

/** What was kept for the way back takes room, and is forgotten easily. */
function remindOfKept(action: Action): Effect[] {
  const until = action.plan?.kept?.until
  return [
    // What was kept is live again once that action is undone.
    ...(action.undoes === null ? [] : [cancel({ id: action.undoes }, 'kept')]),
    ...(until === undefined ? [] : [timer(action, 'kept', until, { type: 'action.remindOfKept' })]),
  ]
}

function hold(action: Action, why: string, span: number): Effect {
  const command = {
    type: 'hold.place',
    scope: action.target.key,
    owner: action.requestedBy,
    action: action.id,
    reason: why,
    milliseconds: span,
    isPrivate: action.isPrivate,
  }
  return { kind: 'perform', feature: 'holds', id: 'new', command }
}

function pageUnknown(action: Action, rules: Rules): Effect[] {
  const words = loudly(action, rules, 'unknown-paged', {})
  if (rules.pages === null || action.isPrivate) return [words]
  const summary = `${key(action)} ${action.title} ${action.target.environment}: nobody knows whether it happened`
  return [words, pageTeam(rules.pages, { about: pageAbout(action), summary, severity: 'error' })]
}

/** Somebody knows what became of it: whoever was paged may sleep. */
function letSleep(action: Action, rules: Rules): Effect[] {
  return rules.pages === null || action.isPrivate ? [] : [resolvePage(pageAbout(action), rules.pages)]
}

function pageAbout({ id }: Action) {
  return { feature: 'actions', id }
}

function timer(action: Action, what: string, at: string, command: Callback['command']): Effect {
  return {
    kind: 'timer.set',
    key: `actions/${action.id}/${what}`,
    at,
    fire: { feature: 'actions', id: action.id, command },
  }
}

function cancel(action: Pick<Action, 'id'>, what: string): Effect {
  return { kind: 'timer.cancel', key: `actions/${action.id}/${what}` }
}

function after(at: string, milliseconds: number): string {
  return new Date(Date.parse(at) + milliseconds).toISOString()
}

function who(person: string | null): Markup {
  return new Markup(person === null ? 'Tocsin' : mention(person))
}

/** Those of a group who are listed one by one. */
function peopleOf(group: string, rules: Rules): string[] {
  const members = rules.groups[group] ?? []
  return members === 'everyone' ? [] : members.filter((member) => !member.startsWith('@'))
}

function deputiesOf({ pings }: Action, { deputies }: Rules): Markup | string {
  return pings.deputies.length === 0 ? (deputies ?? '') : new Markup(pings.deputies.map(mention).join(' '))
}
