/** Who is paged and told as an incident climbs. */
import type { Given } from '../../core/decision.ts'
import type { Effect } from '../../core/effects.ts'
import { formatDuration } from '../../lib/duration.ts'
import { escapeInline, Markup, mention } from '../../lib/mrkdwn.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { key, putOnCard } from '../incidents/index.ts'
import { acknowledgePage, notePage, pagePerson, pageTeam, resolvePage, ringWords } from '../oncall/index.ts'
import { cardKeyOf } from './card.ts'
import { type About, type Escalation, type Event, waiting } from './domain.ts'
import type { How } from './presets.ts'
import type { Rules } from './rules.ts'

const minute = 60_000

export function effects(escalation: Escalation, event: Event, { id, policy }: Given<Rules>): readonly Effect[] {
  switch (event.type) {
    case 'escalation.followed': {
      const next = nextClimb(id, escalation, policy)
      if (!event.about.isOver) return [next]
      return [next, ...paged(escalation, policy).map((whom) => resolvePage(aboutIncident(id), whom))]
    }
    case 'escalation.began':
    case 'escalation.rungSkipped':
      return [nextClimb(id, escalation, policy)]
    case 'escalation.rungReached':
      return [...climb(id, escalation, event, policy), nextClimb(id, escalation, policy)]
    case 'escalation.acknowledged': {
      const { by, at, via } = event
      return [
        // One of them has it: whoever else was called need not be called again.
        ...paged(escalation, policy).map((whom) => acknowledgePage(aboutIncident(id), whom, by)),
        putOnCard(id, 'escalation', { acknowledgedBy: by, acknowledgedAt: at, via }),
        // Whoever takes the lead is announced as the lead already.
        ...(via === 'lead'
          ? []
          : [
              say(id, policy, 'escalation/acknowledged', {
                by: new Markup(by === null ? 'Somebody' : mention(by)),
                via,
              }),
            ]),
      ]
    }
    case 'escalation.passedOn':
      if (event.how === 'unacknowledged') return [say(id, policy, 'escalation/unacknowledged', {})]
      return [say(id, policy, 'escalation/passed-on', { how: event.how, to: namesOf(event.to) })]
    case 'escalation.updateMissed':
      return tellOfLateUpdate(id, escalation, event.dueAt, policy)
    case 'escalation.told': {
      const { what, ...news } = event.news
      const by = mention(news.by)
      const text = policy.templates.render(`escalation/told-${what}`, 'text', { ...news, by })
      return pagedTeams(escalation, policy).map((team) => notePage(aboutIncident(id), team, text))
    }
    case 'escalation.pagerDutyMissed': {
      const { type: _, ...missed } = event
      const ring = missed.ring.length === 0 ? null : new Markup(ringWords(missed.ring))
      return [
        putOnCard(id, cardKeyOf(event.team), missed),
        say(id, policy, 'escalation/not-taken', { ...missed, ring }),
      ]
    }
    case 'escalation.pagerDutyReached': {
      const { team, at, lateMilliseconds } = event
      const late = formatDuration(Math.max(1, Math.round(lateMilliseconds / minute)) * minute)
      return [putOnCard(id, cardKeyOf(team), { takenAt: at, late }), say(id, policy, 'escalation/taken-late', { late })]
    }
    case 'escalation.pageExhausted': {
      const { lead } = escalation.about
      return [say(id, policy, 'escalation/exhausted', { lead: lead === null ? null : new Markup(mention(lead)) })]
    }
    default:
      return unreachable(event)
  }
}

function climb(
  id: string,
  { about }: Escalation,
  event: Extract<Event, { type: 'escalation.rungReached' }>,
  rules: Rules,
): Effect[] {
  const ladder = rules.ladders.find(({ name }) => name === event.ladder)
  const rung = ladder?.rungs[event.rung]
  if (!ladder || !rung) return []
  const minutes = formatDuration(rung.after)
  const words = rung.who.join(', ')
  const meant = meantBy(rung.who, about, rules)
  const reach = meant.flatMap((whom) => reachOut(id, about, { whom, how: ladder.how, minutes }, rules))
  if (about.isPrivate)
    return [
      ...reach,
      say(id, rules, 'escalation/private', { words, minutes, some: meant.length > 0, isAtOnce: rung.after === 0 }),
    ]
  // Right after the declaration everybody reads that they are paged on the card: no need to say it twice.
  if (rung.after === 0) return reach
  return [...reach, say(id, rules, 'escalation/reached', { words, minutes, isPage: ladder.how === 'page' })]
}

/** Nobody outside hears of a private incident. Its members are called, and decide themselves whom else to ask in. */
function meantBy(who: readonly string[], about: About, rules: Rules): string[] {
  const named = [...new Set(who.flatMap((word) => rules.meant(word, about)))]
  return about.isPrivate ? named.filter((whom) => about.members?.includes(whom)) : named
}

/** Not whoever leads: they were asked already. */
function tellOfLateUpdate(id: string, { about }: Escalation, due: string, rules: Rules): Effect[] {
  const meant = meantBy(rules.lateUpdateWho, about, rules).filter((whom) => whom !== about.lead)
  if (meant.length === 0) return []
  const { severity, title, isPrivate } = about
  const data = { incident: key({ id }), severity, title: isPrivate ? 'a private incident' : title, due }
  const words = rules.lateUpdateWho.join(', ')
  return [
    ...meant.map((whom) => tell(whom, 'escalation/update-missing', data, rules)),
    say(id, rules, 'escalation/update-missing-told', { words, due }),
  ]
}

/** Without waking anybody: by mail, in a channel, or to one person alone. */
function tell(whom: string, template: string, data: Record<string, unknown>, rules: Rules): Effect {
  const { render } = rules.templates
  if (whom.includes('@')) {
    const subject = render(template, 'subject', data)
    return { kind: 'mail.send', to: [whom], subject, text: render(template, 'text', data) }
  }
  const to = whom.startsWith('#') ? whom : `@${whom}`
  return { kind: 'slack.say', to, message: { text: render(template, 'slack', data) } }
}

function reachOut(
  id: string,
  about: Escalation['about'],
  { whom, how, minutes }: { whom: string; how: How; minutes: string },
  rules: Rules,
): Effect[] {
  // A phone shows a page to whoever stands beside it.
  const summary = `${about.severity} ${key({ id })} ${about.isPrivate ? 'a private incident' : about.title}`
  const link = about.channelId == null ? {} : { link: `https://slack.com/app_redirect?channel=${about.channelId}` }
  const paged = { about: aboutIncident(id), summary, severity: 'critical' as const, ...link }
  const team = /^team (.+)$/.exec(whom)?.[1]
  // A team is paged, never merely told: it has no eyes of its own.
  if (team !== undefined) return how === 'page' ? [pageTeam(team, paged)] : []
  const data = {
    incident: key({ id }),
    severity: about.severity,
    title: about.title,
    minutes,
    lead: about.lead !== null,
  }
  const isPerson = !whom.startsWith('#') && !whom.includes('@')
  return [isPerson && how === 'page' ? pagePerson(whom, paged) : tell(whom, 'escalation/told', data, rules)]
}

/** Teams and people whose phones may still ring because of this incident. */
function paged({ about, done }: Escalation, rules: Rules): readonly string[] {
  const climbed = done.flatMap(({ ladder, rung, skipped }) => {
    const found = rules.ladders.find(({ name }) => name === ladder)
    return skipped === null && found?.how === 'page'
      ? (found.rungs[rung]?.who ?? []).flatMap((word) => rules.meant(word, about))
      : []
  })
  const names = climbed.flatMap((whom) => /^(?:team (.+)|([UW][A-Z0-9]+))$/.exec(whom)?.slice(1) ?? [])
  const bySeverity = rules.pagedFor(about)
  return [...new Set([...names, bySeverity].filter((name) => name !== undefined && name !== null))]
}

/** Of those who are here as well, their name here; the names of others come from outside. */
function namesOf(people: readonly string[]): Markup | null {
  return people.length === 0 ? null : new Markup(people.map(mention).join(', '))
}

/** Only a team is paged where notes are kept: in PagerDuty. */
function pagedTeams(escalation: Escalation, rules: Rules): readonly string[] {
  return paged(escalation, rules).filter((whom) => !/^[UW][A-Z0-9]+$/.test(whom))
}

function aboutIncident(id: string) {
  return { feature: 'incidents', id }
}

function say(id: string, rules: Rules, template: string, data: Record<string, unknown>): Effect {
  return {
    kind: 'slack.say',
    to: `incidents/${id}/channel`,
    message: { text: rules.templates.render(template, 'slack', { incident: key({ id }), ...data }) },
  }
}

function nextClimb(id: string, escalation: Escalation, rules: Rules): Effect {
  const timer = `escalations/${id}/climb`
  const [next] = waiting(escalation, rules)
  if (!next) return { kind: 'timer.cancel', key: timer }
  const at = new Date(next.dueAt).toISOString()
  return {
    kind: 'timer.set',
    key: timer,
    at,
    fire: { feature: 'escalations', id, isUrgent: true, command: { type: 'escalation.climb' } },
  }
}

/** For `/inc why`: the words of a ladder, and whom they mean. */
export function whoWords(words: readonly string[], rules: Rules, about: Pick<About, 'severity' | 'service'>): string {
  return words
    .map(
      (word) =>
        `${escapeInline(word)} (${rules
          .meant(word, about)
          .map((one) => mention(one))
          .join(', ')})`,
    )
    .join(', ')
}
