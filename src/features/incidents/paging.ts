/** Who is woken for an incident. Tests and drills wake nobody, and of a private one a page says only that it is there. */
import type { Effect } from '../../core/effects.ts'
import { acknowledgePage, linkPage, notePage, pageTeam, reprioritizePage, resolvePage } from '../oncall/index.ts'
import type { Incident, Severity } from './domain.ts'
import type { Rules } from './rules.ts'
import { key } from './views.ts'

export function page(incident: Incident, rules: Rules): Effect[] {
  const team = pagedFor(incident, incident.severity, rules)
  if (team === null) return []
  const title = incident.isPrivate ? 'a private incident' : incident.title
  const summary = `${incident.severity} ${key(incident)} ${title}`
  return [pageTeam(team, { about: about(incident), summary, severity: 'critical', priority: incident.severity })]
}

/** It goes on after all. When whoever leads says so, they are awake and have it. */
export function pageAgain(incident: Incident, by: string | null, rules: Rules): Effect[] {
  return incident.lead !== null && incident.lead === by ? [] : page(incident, rules)
}

/** Whoever was not paged at the other severity is paged now, and whoever no longer is may sleep; nobody is paged twice. */
export function pageAfterSeverity(incident: Incident, from: Severity, rules: Rules): Effect[] {
  const team = pagedFor(incident, incident.severity, rules)
  if (rules.pagedFor(incident.severity, incident.service) === rules.pagedFor(from, incident.service))
    return team === null ? [] : [reprioritizePage(about(incident), team, incident.severity)]
  // With the severity of before: at the end, only those who are paged at the present one are found.
  return [...letSleep({ ...incident, severity: from }, rules), ...page(incident, rules)]
}

/** Somebody has it, so nobody else need be woken. */
export function stopWaking(incident: Incident, rules: Rules, by = incident.lead): Effect[] {
  const team = pagedFor(incident, incident.severity, rules)
  return team === null ? [] : [acknowledgePage(about(incident), team, by)]
}

/** Whoever holds the phone in PagerDuty finds the way to where it is worked on. */
export function showTheWay(incident: Incident, rules: Rules): Effect[] {
  const team = pagedFor(incident, incident.severity, rules)
  if (team === null || incident.channel === null) return []
  const data = { incident: key(incident), channelId: incident.channel.id }
  return [
    linkPage(about(incident), team, `https://slack.com/app_redirect?channel=${incident.channel.id}`),
    notePage(about(incident), team, rules.templates.render('incidents/page-note', 'text', data)),
  ]
}

/** It is over. */
export function letSleep(incident: Incident, rules: Rules): Effect[] {
  const team = pagedFor(incident, incident.severity, rules)
  return team === null ? [] : [resolvePage(about(incident), team)]
}

function pagedFor(incident: Incident, severity: Severity, rules: Rules): string | null {
  return incident.kind === 'real' && incident.status !== 'triage' ? rules.pagedFor(severity, incident.service) : null
}

function about({ id }: Incident) {
  return { feature: 'incidents', id }
}
