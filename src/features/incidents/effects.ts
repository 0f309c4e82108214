/** What the world hears about an incident. Read this file to know who is told what, and when. */
import type { Given } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { Markup, mention } from '../../lib/mrkdwn.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { plural } from '../../lib/words.ts'
import { announce, openChannel, refresh, say, showCard, tellPerson, who } from './channel.ts'
import { type Event, type Incident, isOver } from './domain.ts'
import { letSleep, page, pageAfterSeverity, pageAgain, showTheWay, stopWaking } from './paging.ts'
import type { Rules } from './rules.ts'
import { dataLossWords, handoverMessage, key, resolvedMessage, similarList } from './views.ts'

export function effects(incident: Incident, event: Event, given: Given<Rules>): readonly Effect[] {
  const { policy } = given
  switch (event.type) {
    case 'incident.declared':
      return [
        ...announce(incident, policy),
        // In this order: whatever is said later finds the card above it.
        openChannel(incident, policy),
        showCard(incident, policy),
        ...offerSimilar(incident, event, policy),
        ...askForLeadLater(incident, policy),
        ...page(incident, policy),
        ...mailAbout(incident, policy),
      ]
    case 'incident.channelOpened':
      return [showCard(incident, policy), ...announce(incident, policy), ...showTheWay(incident, policy)]
    case 'incident.channelRefused':
      return announce(incident, policy)
    case 'incident.channelChanged':
      return channelChanged(incident, event, policy)
    case 'incident.leadGiven':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/lead-given', policy, {
          lead: new Markup(mention(event.to)),
          tookIt: event.by === event.to,
          by: who(event.by),
        }),
        { kind: 'timer.cancel', key: leadTimer(incident) },
        { kind: 'timer.cancel', key: handoverTimer(incident) },
        ...stopWaking(incident, policy),
        ...tellPerson(incident, event.to, policy.dutiesOf('incident lead')),
      ]
    case 'incident.roleGiven':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/role-given', policy, {
          role: event.role,
          isTaken: event.to !== null,
          to: who(event.to),
          by: who(event.by),
        }),
        ...(event.to === null ? [] : tellPerson(incident, event.to, policy.dutiesOf(event.role))),
      ]
    case 'incident.handoverOffered':
      return [
        openChannel(incident, policy),
        ...say(incident, handoverMessage(incident, event, policy), policy),
        ...lookAfterHandoverLater(incident, event, policy),
      ]
    case 'incident.handoverUnanswered':
      return say(incident, 'incidents/handover-unanswered', policy, {
        to: who(event.to),
        lead: incident.lead === null ? null : who(incident.lead),
        minutes: plural(Math.round(policy.handoverWithin / 60_000), 'minute', 'minutes'),
      })
    case 'incident.personLeft':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/person-left', policy, {
          person: who(event.person),
          held: [...(event.ledIt ? ['the lead'] : []), ...event.roles].join(', '),
          ledIt: event.ledIt,
        }),
        ...(incident.handover === null ? [{ kind: 'timer.cancel', key: handoverTimer(incident) } as const] : []),
        ...askForLeadLater(incident, policy),
      ]
    case 'incident.invited':
      return [openChannel(incident, policy)]
    case 'incident.severityChanged':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/severity-changed', policy, {
          from: event.from,
          to: event.to,
          by: who(event.by),
          reason: event.reason,
        }),
        ...pageAfterSeverity(incident, event.from, policy),
      ]
    case 'incident.statusChanged':
      return statusChanged(incident, event, policy)
    case 'incident.resolved':
      return [
        ...refresh(incident, policy),
        ...say(incident, resolvedMessage(incident, event, policy), policy),
        ...askToCloseLater(incident, policy, event.at),
      ]
    case 'incident.dataLossStated':
      return [
        ...refresh(incident, policy),
        // Said with the end, it stands in the message of the end.
        ...(isOver(incident)
          ? say(incident, 'incidents/data-loss', policy, { by: who(event.by), said: dataLossWords(incident) })
          : []),
      ]
    case 'incident.closed':
      return [
        ...say(incident, 'incidents/closed', policy, { by: who(event.by) }),
        { kind: 'timer.cancel', key: closeTimer(incident) },
        ...archiveLater(incident, policy, event.at),
      ]
    case 'incident.canceled':
      return [
        ...say(incident, 'incidents/canceled', policy, { by: who(event.by), reason: event.reason }),
        ...archiveLater(incident, policy, event.at),
      ]
    case 'incident.reopened':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/reopened', policy, { by: who(event.by), reason: event.reason }),
        { kind: 'timer.cancel', key: closeTimer(incident) },
        { kind: 'timer.cancel', key: archiveTimer(incident) },
        ...askForLeadLater(incident, policy),
        ...pageAgain(incident, event.by, policy),
      ]
    case 'incident.merged':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/merged', policy, { by: who(event.by), into: `INC-${event.into}` }),
        other(event.into, {
          type: 'incident.absorb',
          from: incident.id,
          title: incident.title,
          severity: incident.severity,
        }),
      ]
    case 'incident.unmerged':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/unmerged', policy, { by: who(event.by), from: `INC-${event.from}` }),
        ...askForLeadLater(incident, policy),
        ...pageAgain(incident, event.by, policy),
        other(event.from, { type: 'incident.release', from: incident.id }),
      ]
    case 'incident.absorbed':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/absorbed', policy, {
          from: `INC-${event.from}`,
          title: event.title,
          severity: incident.severity,
          graver: graverThan(incident, event.severity, policy),
        }),
      ]
    case 'incident.released':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/released', policy, { from: `INC-${event.from}` }),
      ]
    case 'incident.acknowledged':
      return [...refresh(incident, policy), ...stopWaking(incident, policy, event.by ?? incident.lead)]
    case 'incident.retitled':
      return [
        ...refresh(incident, policy),
        ...say(incident, 'incidents/retitled', policy, { by: who(event.by), from: event.from, to: event.to }),
      ]
    case 'incident.summarized':
    case 'incident.impactSet':
    case 'incident.timeCorrected':
      return refresh(incident, policy)
    case 'incident.leadAsked':
      return [
        ...say(incident, 'incidents/lead-asked', policy, {
          incident: key(incident),
          isLast: event.time >= event.of,
          minutes: plural(minutesBetween(incident.leadWantedAt, event.at), 'minute', 'minutes'),
        }),
        ...askForLeadLater(incident, policy),
      ]
    case 'incident.closeAsked':
      return [
        ...say(incident, 'incidents/close-asked', policy, {
          lead: incident.lead === null ? '' : who(incident.lead),
          wantsDataLoss: policy.wantsDataLoss(incident),
          isLast: event.time >= event.of,
        }),
        ...askToCloseLater(incident, policy, incident.times.resolvedAt ?? event.at),
      ]
    case 'incident.archived':
      return [openChannel(incident, policy)]
    case 'incident.cardFactsSet':
      return incident.channelTrouble === null
        ? [showCard(incident, policy), ...announce(incident, policy)]
        : announce(incident, policy)
    default:
      return unreachable(event)
  }
}

/** What every move shows; the moves with an event of their own say more beside. */
function statusChanged(
  incident: Incident,
  { from, to, what, by }: Extract<Event, { type: 'incident.statusChanged' }>,
  rules: Rules,
): Effect[] {
  const shown = refresh(incident, rules)
  if (isOver(incident))
    return [...shown, { kind: 'timer.cancel', key: leadTimer(incident) }, ...letSleep(incident, rules)]
  if (isOver({ status: from })) return shown
  const said = say(incident, 'incidents/status-changed', rules, { from, to, what, by: who(by) })
  // Accepted out of triage, it begins to matter: now somebody is woken and asked to lead.
  const begins = from === 'triage' ? [...page(incident, rules), ...askForLeadLater(incident, rules)] : []
  return [...shown, ...said, ...begins]
}

function channelChanged(
  incident: Incident,
  { changed }: Extract<Event, { type: 'incident.channelChanged' }>,
  rules: Rules,
): Effect[] {
  if (changed.needsUnarchiving)
    return incident.isPrivate
      ? tellPerson(
          incident,
          incident.lead,
          rules.templates.render('incidents/unarchive', 'slack', { incident: key(incident) }),
        )
      : [
          {
            kind: 'slack.say',
            to: rules.announceIn,
            message: { text: rules.templates.render('incidents/unarchive', 'slack', { incident: key(incident) }) },
          },
        ]
  return [...announce(incident, rules), ...(changed.isGone || changed.isArchived ? [] : [showCard(incident, rules)])]
}

/** Below the card, once: how the same ended before may save the hour. */
function offerSimilar(
  incident: Incident,
  { similar }: Extract<Event, { type: 'incident.declared' }>,
  rules: Rules,
): Effect[] {
  return similar === undefined ? [] : say(incident, similarList(similar), rules)
}

/** What was merged into it and is graver, so that somebody looks at the severity again. */
function graverThan({ severity: own }: Incident, other: string | undefined, { severities }: Rules): string {
  const known = other !== undefined && severities.includes(other)
  return known && severities.indexOf(other) < severities.indexOf(own) ? other : ''
}

function askForLeadLater(incident: Incident, rules: Rules): Effect[] {
  const after = rules.askForLeadAfter[incident.leadAskedCount]
  if (after === undefined || incident.lead !== null || incident.status === 'triage') return []
  const at = new Date(Date.parse(incident.leadWantedAt) + after).toISOString()
  return [{ kind: 'timer.set', key: leadTimer(incident), at, fire: own(incident, 'incident.askForLead') }]
}

function lookAfterHandoverLater(
  incident: Incident,
  { to, at: offeredAt }: Extract<Event, { type: 'incident.handoverOffered' }>,
  rules: Rules,
): Effect[] {
  const at = new Date(Date.parse(offeredAt) + rules.handoverWithin).toISOString()
  const command = { type: 'incident.lookAfterHandover', to }
  return [
    { kind: 'timer.set', key: handoverTimer(incident), at, fire: { feature: 'incidents', id: incident.id, command } },
  ]
}

function askToCloseLater(incident: Incident, rules: Rules, resolvedAt: string): Effect[] {
  const after = rules.askToCloseAfter[incident.closeAskedCount]
  if (after === undefined) return []
  const at = new Date(Date.parse(resolvedAt) + after).toISOString()
  return [{ kind: 'timer.set', key: closeTimer(incident), at, fire: own(incident, 'incident.askToClose') }]
}

function archiveLater(incident: Incident, rules: Rules, from: string): Effect[] {
  if (rules.archiveAfter === null) return []
  const at = new Date(Date.parse(from) + rules.archiveAfter).toISOString()
  return [{ kind: 'timer.set', key: archiveTimer(incident), at, fire: own(incident, 'incident.archive') }]
}

function mailAbout(incident: Incident, rules: Rules): Effect[] {
  const to = rules.mailedFor(incident.severity)
  if (to.length === 0 || incident.kind !== 'real' || incident.isPrivate) return []
  const { severity, title, times } = incident
  const data = { incident: key(incident), severity, title, at: times.declaredAt }
  const subject = rules.templates.render('incidents/declared', 'subject', data)
  return [{ kind: 'mail.send', to, subject, text: rules.templates.render('incidents/declared', 'text', data) }]
}

function own({ id }: Incident, type: string) {
  return { feature: 'incidents', id, command: { type } }
}

function other(id: string, command: { type: string; [field: string]: unknown }): Effect {
  return { kind: 'perform', feature: 'incidents', id, command }
}

function minutesBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 60_000)
}

function leadTimer(incident: Incident): string {
  return `incidents/${incident.id}/ask-for-lead`
}

function handoverTimer(incident: Incident): string {
  return `incidents/${incident.id}/handover`
}

function closeTimer(incident: Incident): string {
  return `incidents/${incident.id}/ask-to-close`
}

function archiveTimer(incident: Incident): string {
  return `incidents/${incident.id}/archive`
}
