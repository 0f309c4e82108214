/**
 * `tocsin check --simulate`: where recorded payloads would go with this configuration, through the very functions that
 * the bot decides with. Nothing is sent, nothing is kept; the clock is the alerts' own.
 */
import { cleanDeep } from '../../lib/text.ts'
import { plural } from '../../lib/words.ts'
import { type Alert, type AlertGroup, decide, type Event, type Place, testSource } from './domain.ts'
import { evolve } from './evolve.ts'
import { toAlert } from './hooks.ts'
import { acts, labelsOf, pass } from './pipeline.ts'
import { groupId, placeOf, type Route, routesFor } from './routes.ts'
import type { Rules } from './rules.ts'
import { sources } from './sources/index.ts'
import type { AlertSource, IncomingAlert } from './sources/source.ts'
import { fairWeather } from './surroundings.ts'
import { titleOf } from './words.ts'

export interface Recorded {
  file: string
  body: unknown
}

export interface Simulated {
  lines: readonly string[]
  /** Payloads that no source could read. */
  unreadable: number
  /** Alerts for which somebody would be woken who is not told how bad it is, whose it is, or what to do. */
  lacking: number
}

export function simulate(recorded: readonly Recorded[], rules: Rules): Simulated {
  const groups = new Map<string, AlertGroup>()
  const lines: string[] = []
  let unreadable = 0
  let lacking = 0
  for (const { file, body } of recorded) {
    const read = readWith(file, cleanDeep(body))
    if ('problem' in read) {
      unreadable += 1
      lines.push(`${file}: ${read.problem}`)
      continue
    }
    lines.push(`${file}: ${plural(read.alerts.length, 'alert', 'alerts')} from ${read.source.name}`)
    for (const incoming of read.alerts) {
      const alert = toAlert(read.source.name, incoming)
      lines.push(`  ${alert.title} (${alert.status}, ${alert.labels.severity ?? 'no severity'})`)
      for (const route of routesFor(rules.routes, rules.fallback, labelsOf(alert))) {
        const place = placeOf({ ...alert, groupHint: incoming.groupHint }, route)
        const id = groupId(alert.source, place)
        const group = groups.get(id) ?? null
        const around = { group, route, place, surroundings: fairWeather, policy: rules, now: new Date(alert.at) }
        const known = group?.members.get(alert.fingerprint) ?? null
        const isNews = alert.status === 'firing' && known?.status !== 'firing'
        const { steps } = pass({ alert, known, isNews, ...around })
        const told = steps.filter(({ stage, goes }) => goes !== 'on' || toldAlways.has(stage))
        lines.push(...told.map(({ stage, goes, why }) => `    ${stage}${goes === 'on' ? '' : ` (${goes})`}: ${why}`))
        const lacks = isNews ? lacksOf(alert, route) : []
        if (lacks.length > 0) {
          lacking += 1
          lines.push(`    lacks ${lacks.join(', ')}`)
        }
        const events = eventsOf(group, alert, { id, place, rules })
        lines.push(...events.flatMap((event) => outcomeOf(event, route)).map((words) => `    → ${words}`))
        const after = events.reduce<AlertGroup | null>(evolve, group)
        if (after) groups.set(id, after)
      }
    }
  }
  const firing = [...groups.values()].filter((group) => group.status === 'firing')
  lines.push(
    `${plural(groups.size, 'group', 'groups')}; still firing at the end: ${firing.map(titleOf).join(', ') || 'none'}`,
  )
  return { lines, unreadable, lacking }
}

function lacksOf({ labels, annotations }: Alert, route: Route): string[] {
  if (!acts(route)) return []
  const { severity, team, service, runbook } = labels
  return [
    ...(severity ? [] : ['a severity: a label severity']),
    ...(team || service || route.page ? [] : ['a recipient: a label service or team, or page in its route']),
    ...(runbook || annotations.runbook_url || annotations.runbook || route.runbook
      ? []
      : ['a runbook: an annotation runbook_url, or runbook in its route']),
  ]
}

// For payloads that name no time: any will do, as long as it is the same each time.
const recordedAt = new Date(Date.UTC(2026, 0, 5, 12))

const toldAlways = new Set(['route', 'group', 'act'])

function eventsOf(
  group: AlertGroup | null,
  alert: Alert,
  { id, place, rules }: { id: string; place: Place; rules: Rules },
): readonly Event[] {
  const command = { type: 'alert.observe', place, alerts: [alert], attachTo: null, surroundings: fairWeather } as const
  const actor = { kind: 'source', name: testSource } as const
  const decision = decide(group, command, { id, now: new Date(alert.at), actor, policy: rules })
  return 'refused' in decision ? [] : decision
}

function outcomeOf(event: Event, { post, page }: Route): string[] {
  switch (event.type) {
    case 'alert.fired':
      return event.holds.some((hold) => hold.keepsFrom === 'all')
        ? ['kept, and nobody is told']
        : [post === null ? 'shown nowhere' : `shown in ${post}`]
    case 'alert.weighed':
      return ['what was kept quiet is shown now']
    case 'alert.acted': {
      const { incident } = event
      const words =
        incident?.how === 'declare'
          ? [`${incident.asTriage ? 'asks whether it is' : 'opens'} a ${incident.severity}`]
          : []
      return [...words, ...(event.page === null ? [] : [`pages ${page}`])]
    }
    case 'alert.ended':
      return ['its message says that it is over']
    case 'alert.refreshed':
      return ['its message shows the newer words']
    default:
      return []
  }
}

/** By the name of its file or folder, `alertmanager-3.json` or `alertmanager/3.json`; else by the first source that can read it. */
function readWith(
  file: string,
  body: unknown,
): { source: AlertSource; alerts: readonly IncomingAlert[] } | { problem: string } {
  const parts = file.toLowerCase().split(/[^a-z]+/)
  const named = sources.find(({ name }) => parts.includes(name))
  const candidates = named
    ? [named]
    : [...sources.filter(({ name }) => name !== 'generic'), ...sources.filter(({ name }) => name === 'generic')]
  const problems: string[] = []
  for (const source of candidates) {
    const parsed = source.parse(body, recordedAt)
    if ('alerts' in parsed && parsed.alerts.length > 0) return { source, alerts: parsed.alerts }
    problems.push(`${source.name}: ${'field' in parsed ? parsed.problem : 'it holds no alert'}`)
  }
  return { problem: `cannot be read (${problems.join('; ')})` }
}
