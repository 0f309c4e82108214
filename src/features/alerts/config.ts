/** What can be configured about alerts, below `alerts:` in tocsin.yml. */
import { z } from 'zod'
import type { Mismatch, Path } from '../../core/config.ts'
import type { ConfigPart } from '../../core/feature.ts'
import type { SharedConfig } from '../../core/shared-config.ts'
import { Duration } from '../../lib/duration.ts'
import { Matchers } from '../../lib/matchers.ts'
import { isZone } from '../../lib/wallclock.ts'
import { sourcesShape } from './sources/config.ts'

const minute = 60_000
const hour = 60 * minute
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day as 09:00')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
const moment = z.iso.datetime({ offset: true, error: 'write a moment as 2026-03-02T22:00:00Z' })
const channel = z.string().regex(/^#[\p{Ll}\p{N}_-]{1,80}$/u, 'write a channel as "#alerts", or "nowhere"')

const hours = z.strictObject({
  /** The days on which they begin; all when left out. */
  days: z
    .array(z.enum(weekdays).transform((name) => weekdays.indexOf(name) + 1))
    .min(1)
    .default([1, 2, 3, 4, 5, 6, 7]),
  from: timeOfDay,
  /** Not later than the beginning means on the next day. */
  to: timeOfDay,
  timeZone: z.string().refine(isZone, 'is no time zone: write Europe/Lisbon').default('UTC'),
})

const route = z.strictObject({
  /** What people read in `/alert why`; the matchers when it is left out. */
  name: z.string().min(1).max(80).optional(),
  /** As in Alertmanager: severity="critical", service=~"checkout|payments". Left out, it takes everything. */
  match: Matchers.default([]),
  /** The routes below have their turn too. */
  continue: z.boolean().default(false),
  groupBy: z.array(z.string().min(1)).nullable().default(null),
  /** Where it is shown. */
  post: z
    .union([z.literal('nowhere'), channel])
    .nullable()
    .default(null),
  thread: z.boolean().default(false),
  page: z.string().nullable().default(null),
  open: z.string().nullable().default(null),
  triage: z.string().nullable().default(null),
  attach: z.boolean().default(false),
  threshold: z
    .strictObject({ count: z.number().int().min(2).max(100), within: Duration })
    .nullable()
    .default(null),
  quiet: z.string().nullable().default(null),
  only: z.string().nullable().default(null),
  runbook: z.string().nullable().default(null),
})

const inhibition = z.strictObject({ source: Matchers, target: Matchers, equal: z.array(z.string()).default([]) })

const maintenance = z.strictObject({
  name: z.string().min(1),
  match: Matchers,
  /** Either once … */
  from: moment.optional(),
  until: moment.optional(),
  /** … or again and again, during these hours. */
  hours: z.string().optional(),
})

export const alertsSchema = z
  .strictObject({
    ...sourcesShape,
    routes: z.array(route).default([]),
    hours: z.record(z.string(), hours).default({}),
    inhibit: z.array(inhibition).default([]),
    maintenance: z.array(maintenance).default([]),
    /** How long all alerts of an incident must have been quiet before somebody is asked whether it is over. */
    askWhenClearFor: Duration.default(5 * minute),
    /** Incidents of this severity, and less grave ones, that an alert opened are closed by themselves then. Left out: none. */
    closeWhenClear: z.string().nullable().default(null),
    storm: z
      .strictObject({
        /** So many new groups within so long a time are a storm. */
        groups: z.number().int().min(2).default(30),
        within: Duration.default(minute),
        /** It is over when so long a time brought fewer. */
        calmAfter: Duration.default(2 * minute),
      })
      .prefault({}),
    /** How long a silence may last; what «Silence» offers. */
    silenceFor: z
      .array(Duration)
      .min(1)
      .max(10)
      .default([30 * minute, 2 * hour, 8 * hour, 24 * hour]),
    /** Files of Prometheus alerting rules that `tocsin check` reads too: each must name a threshold, a severity, a recipient and a runbook. */
    ruleFiles: z.array(z.string()).default([]),
    /** False positives a day above which `/alert noisy` complains. */
    falsePositivesMax: z.number().int().min(0).default(5),
  })
  .prefault({})

export type AlertsConfig = z.infer<typeof alertsSchema>
export type RouteConfig = AlertsConfig['routes'][number]

export const alertsConfig: ConfigPart = {
  schema: alertsSchema,
  check(config) {
    const { routes, maintenance: windows, hours: named, closeWhenClear } = config.alerts as AlertsConfig
    const [severities, hoursKnown] = [Object.keys(config.severities), Object.keys(named)]
    return [
      ...routes.flatMap((_one, index) => checkPlace(routes, index)),
      ...routes.flatMap((one, index) => checkRoute(one, ['routes', index], { config, severities, hoursKnown })),
      ...windows.flatMap((one, index) => checkWindow(one, ['maintenance', index], hoursKnown)),
      ...known(closeWhenClear, severities, ['closeWhenClear'], 'severity'),
    ]
  },
}

interface Known {
  config: SharedConfig
  severities: readonly string[]
  hoursKnown: readonly string[]
}

function checkRoute(one: RouteConfig, path: Path, { config, severities, hoursKnown }: Known): Mismatch[] {
  const both = one.open !== null && one.triage !== null
  return [
    ...known(one.open, severities, [...path, 'open'], 'severity'),
    ...known(one.triage, severities, [...path, 'triage'], 'severity'),
    ...known(one.page, Object.keys(config.teams), [...path, 'page'], 'team'),
    ...known(one.quiet, hoursKnown, [...path, 'quiet'], 'key of alerts.hours'),
    ...known(one.only, hoursKnown, [...path, 'only'], 'key of alerts.hours'),
    ...(both
      ? [
          {
            path: [...path, 'triage'],
            problem: 'stands beside open',
            accepted: 'Open at once, or ask first: leave one out',
          },
        ]
      : []),
    ...(one.thread && one.post === 'nowhere'
      ? [
          {
            path: [...path, 'thread'],
            problem: 'needs a message',
            accepted: 'Name a channel in post, or leave thread out',
          },
        ]
      : []),
  ]
}

/** A route that nothing reaches is a mistake, not a reserve. */
function checkPlace(routes: readonly RouteConfig[], index: number): Mismatch[] {
  const mine = routes[index]
  if (!mine) return []
  const path = ['routes', index]
  const earlier = routes.slice(0, index)
  const taker = earlier.findIndex((one) => !one.continue && isWithin(mine, one))
  const twin = mine.name === undefined ? -1 : earlier.findIndex((one) => one.name === mine.name)
  return [
    ...(taker < 0
      ? []
      : [
          {
            path,
            problem: `is never reached: routes[${taker}] takes everything that it would take`,
            accepted: `Put it above, or write continue: true at routes[${taker}]`,
          },
        ]),
    ...(twin < 0
      ? []
      : [{ path: [...path, 'name'], problem: 'is the name of another route', accepted: 'Give it one of its own' }]),
  ]
}

/** Whatever fits the narrow one fits the wide one: it asks for nothing that the narrow one does not ask for too. */
function isWithin(narrow: RouteConfig, wide: RouteConfig): boolean {
  return wide.match.every((wanted) =>
    narrow.match.some(
      (matcher) =>
        matcher.label === wanted.label && matcher.operator === wanted.operator && matcher.value === wanted.value,
    ),
  )
}

function checkWindow(one: AlertsConfig['maintenance'][number], path: Path, hoursKnown: readonly string[]): Mismatch[] {
  const isOnce = one.from !== undefined && one.until !== undefined && one.hours === undefined
  const isWeekly = one.from === undefined && one.until === undefined && one.hours !== undefined
  if (!isOnce && !isWeekly) return [{ path, problem: 'does not say when', accepted: 'Write from and until, or hours' }]
  if (isOnce && Date.parse(one.from ?? '') >= Date.parse(one.until ?? ''))
    return [{ path: [...path, 'until'], problem: 'is not after from', accepted: 'Write a later moment' }]
  return known(one.hours ?? null, hoursKnown, [...path, 'hours'], 'key of alerts.hours')
}

function known(name: string | null, names: readonly string[], path: Path, what: string): Mismatch[] {
  if (name === null || names.includes(name)) return []
  const accepted = names.length === 0 ? `Write a ${what} first` : `Use ${names.join(', ')}`
  return [{ path, problem: `"${name}" is no ${what}`, accepted }]
}
