/** The rules of alerts, made once from tocsin.yml. */
import type { Ground } from '../../core/feature.ts'
import { type Matcher, matches } from '../../lib/matchers.ts'
import type { AlertsConfig } from './config.ts'
import type { Alert, Policy } from './domain.ts'

export interface Rules extends Policy {
  postIn: string
}

export interface Route {
  match: readonly Matcher[]
  open: string | null
}

export function makeRules({ config }: Ground): Rules {
  const { routes } = config.alerts as AlertsConfig
  return { postIn: config.channels.alerts, opensAt: (alert) => opensAt(routes, alert) }
}

/** The first route that matches decides; none means that the alert is shown and nothing more. */
export function opensAt(routes: readonly Route[], alert: Alert): string | null {
  const labels = { source: alert.source, ...alert.labels }
  return routes.find((route) => matches(route.match, labels))?.open ?? null
}
