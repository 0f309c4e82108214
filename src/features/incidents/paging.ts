/** Who is woken for an incident. Tests and drills wake nobody. */
import type { Effect } from '../../core/effects.ts'
import type { Incident, Severity } from './domain.ts'
import type { Rules } from './rules.ts'
import { key } from './views.ts'

export function page(incident: Incident, rules: Rules): Effect[] {
  const service = pagedFor(incident, incident.severity, rules)
  if (service === null) return []
  const title = incident.isPrivate ? 'a private incident' : incident.title
  const summary = `${incident.severity} ${key(incident)} ${title}`
  return [{ kind: 'pager.trigger', key: pageKey(incident), service, summary, severity: 'critical' }]
}

/** Whoever was not paged at the other severity is paged now, and whoever no longer is may sleep; nobody is paged twice. */
export function pageAfterSeverity(incident: Incident, from: Severity, rules: Rules): Effect[] {
  if (rules.pagedFor(incident.severity) === rules.pagedFor(from)) return []
  // With the severity of before: at the end, only those who are paged at the present one are found.
  return [...resolvePage({ ...incident, severity: from }, rules), ...page(incident, rules)]
}

export function acknowledgePage(incident: Incident, rules: Rules): Effect[] {
  const service = pagedFor(incident, incident.severity, rules)
  return service === null ? [] : [{ kind: 'pager.acknowledge', key: pageKey(incident), service }]
}

export function resolvePage(incident: Incident, rules: Rules): Effect[] {
  const service = pagedFor(incident, incident.severity, rules)
  return service === null ? [] : [{ kind: 'pager.resolve', key: pageKey(incident), service }]
}

function pagedFor(incident: Incident, severity: Severity, rules: Rules): string | null {
  return incident.kind === 'real' && incident.status !== 'triage' ? rules.pagedFor(severity) : null
}

function pageKey(incident: Incident): string {
  return `incidents/${incident.id}`
}
