/** The rules of alerts, made once from tocsin.yml: what `decide` may know, and what effects and views need beside. */
import type { Block } from '../../core/effects.ts'
import type { Ground } from '../../core/feature.ts'
import type { Templates } from '../../core/templates.ts'
import { printMatchers } from '../../lib/matchers.ts'
import type { AlertsConfig, RouteConfig } from './config.ts'
import type { Policy } from './domain.ts'
import type { Maintenance } from './pipeline.ts'
import { defaultRoute, type Route } from './routes.ts'
import { messageButtons, type OnMessage } from './slots.ts'
import { type SourcesPolicy, sourcesPolicy } from './sources/config.ts'

export interface Rules extends Policy {
  routes: readonly Route[]
  /** For what no route takes. */
  fallback: Route
  services: readonly string[]
  /** Where the storm and the trouble of sources is told. */
  postIn: string
  sources: SourcesPolicy
  opsIn: string
  askWhenClearFor: number
  storm: StormRules
  silenceFor: readonly number[]
  falsePositivesMax: number
  templates: Templates
  messageButtons(given: OnMessage): readonly Block[]
}

export interface StormRules {
  groups: number
  within: number
  calmAfter: number
}

export function makeRules({ config, templates, slots }: Ground): Rules {
  const own = config.alerts as AlertsConfig
  const routes = own.routes.map((one) => makeRoute(one, own, config.channels.alerts))
  const fallback = defaultRoute(config.channels.alerts)
  const byName = new Map(routes.map((route) => [route.name, route]))
  const severities = Object.keys(config.severities)
  return {
    routes,
    fallback,
    routeOf: (name) => byName.get(name) ?? fallback,
    services: Object.keys(config.services),
    inhibitions: own.inhibit,
    maintenance: own.maintenance.map((one) => makeWindow(one, own)),
    isAsGrave: (severity, than) => severities.indexOf(severity) <= severities.indexOf(than),
    closesWhenClear: (severity) =>
      own.closeWhenClear !== null && severities.indexOf(severity) >= severities.indexOf(own.closeWhenClear),
    postIn: config.channels.alerts,
    opsIn: config.channels.ops,
    sources: sourcesPolicy(own, { config, templates }),
    askWhenClearFor: own.askWhenClearFor,
    storm: own.storm,
    silenceFor: own.silenceFor,
    falsePositivesMax: own.falsePositivesMax,
    templates,
    messageButtons: (given) => slots.parts(messageButtons, given),
  }
}

function makeRoute(
  { name, post, quiet, only, continue: continues, ...route }: RouteConfig,
  own: AlertsConfig,
  alerts: string,
): Route {
  const named = (hours: string | null) => {
    const found = hours === null ? undefined : own.hours[hours]
    return hours === null || !found ? null : { name: hours, ...found }
  }
  return {
    ...route,
    name: name ?? (printMatchers(route.match) || 'everything'),
    continues,
    post: post === 'nowhere' ? null : (post ?? alerts),
    quiet: named(quiet),
    only: named(only),
  }
}

function makeWindow(
  { name, match, from, until, hours }: AlertsConfig['maintenance'][number],
  own: AlertsConfig,
): Maintenance {
  const weekly = hours === undefined ? undefined : own.hours[hours]
  return { name, match, when: weekly ?? { from: from ?? '', until: until ?? '' } }
}
