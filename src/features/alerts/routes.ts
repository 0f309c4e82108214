/** Where an alert belongs: which routes of tocsin.yml take it, and which alerts come together there. Pure. */
import { fingerprint } from '../../lib/fingerprint.ts'
import type { Hours } from '../../lib/hours.ts'
import { type Matcher, matches } from '../../lib/matchers.ts'
import type { Labels, Place } from './alert.ts'

export interface Route {
  name: string
  match: readonly Matcher[]
  /** The routes below have their turn too. */
  continues: boolean
  /** Labels; null leaves it to the sender, and where that says nothing, it is the rule and the service. */
  groupBy: readonly string[] | null
  /** A channel; null shows it nowhere. */
  post: string | null
  /** Each alert that joins is said below the message, too. */
  thread: boolean
  page: string | null
  /** The severity of the incident that it opens, or of the one that waits to be accepted. */
  open: string | null
  triage: string | null
  /** Joins the incident that runs for its service, where there is one. */
  attach: boolean
  threshold: Threshold | null
  /** Shown during these hours, but wakes nobody; and only acted upon during those. */
  quiet: NamedHours | null
  only: NamedHours | null
  /** Where the alert names none. */
  runbook: string | null
}

export interface Threshold {
  count: number
  within: number
}

export interface NamedHours extends Hours {
  name: string
}

/** What no route takes is shown, and nothing more. */
export function defaultRoute(post: string): Route {
  return {
    name: 'none matches',
    match: [],
    continues: false,
    groupBy: null,
    post,
    thread: false,
    page: null,
    open: null,
    triage: null,
    attach: false,
    threshold: null,
    quiet: null,
    only: null,
    runbook: null,
  }
}

/** The first that matches, and the next ones as long as each lets the alert go on. */
export function routesFor(routes: readonly Route[], fallback: Route, labels: Labels): Route[] {
  const taken: Route[] = []
  for (const route of routes) {
    if (!matches(route.match, labels)) continue
    taken.push(route)
    if (!route.continues) break
  }
  return taken.length === 0 ? [fallback] : taken
}

export interface Groupable {
  title: string
  labels: Labels
  groupHint: string | null
}

export function placeOf(alert: Groupable, route: Route): Place {
  return { route: route.name, key: keyOf(alert, route) }
}

// Severity is an attribute, never part of a key, unless somebody insists: a warning that becomes critical is the same trouble.
function keyOf({ labels, groupHint, title }: Groupable, { groupBy }: Route): Labels {
  if (groupBy !== null)
    return Object.fromEntries(
      groupBy.map((label) => [label, label === 'alertname' ? (labels[label] ?? title) : (labels[label] ?? '')]),
    )
  if (groupHint !== null) return { group: groupHint }
  const { alertname = title, service } = labels
  return service === undefined ? { alertname } : { alertname, service }
}

/** Short, because it is part of names and people type its beginning. */
export function groupId(source: string, { route, key }: Place): string {
  return fingerprint({ source, route, key }).slice(0, 20)
}
