/**
 * The page for machines, in the shape that Atlassian Statuspage made customary, so that whoever reads one of theirs reads
 * ours: same paths, same fields, null where there is nothing.
 */

import { groupsOf, machineId, type StatusPage } from './page.ts'
import type { ComponentState, Happening, Phase, Update } from './record.ts'
import { isOpen, stateAfterUpdates, worstOf } from './record.ts'

const componentWords: Record<ComponentState, string> = {
  operational: 'operational',
  maintenance: 'under_maintenance',
  degraded: 'degraded_performance',
  partial: 'partial_outage',
  major: 'major_outage',
}

const impacts: Record<ComponentState, string> = {
  operational: 'none',
  maintenance: 'maintenance',
  degraded: 'minor',
  partial: 'major',
  major: 'critical',
}

const descriptions: Record<ComponentState, string> = {
  operational: 'All Systems Operational',
  maintenance: 'Service Under Maintenance',
  degraded: 'Partially Degraded Service',
  partial: 'Partial System Outage',
  major: 'Major Service Outage',
}

const incidentsMax = 50

/** By the path, without `/api/v2/` and `.json`. */
export function apiFiles(page: StatusPage): Record<string, object> {
  const head = { page: pageOf(page) }
  const incidents = page.happenings.filter(({ kind }) => kind === 'incident')
  const maintenances = page.happenings.filter(({ kind }) => kind === 'maintenance')
  const listed = (happenings: readonly Happening[]) => happenings.map((one) => happeningOf(one, page))
  const unresolved = listed(incidents.filter(isOpen))
  const open = maintenances.filter(isOpen)
  const components = componentsOf(page)
  const status = { indicator: impacts[page.state], description: descriptions[page.state] }
  return {
    summary: { ...head, components, incidents: unresolved, scheduled_maintenances: listed(open), status },
    status: { ...head, status },
    components: { ...head, components },
    incidents: { ...head, incidents: listed(incidents.slice(0, incidentsMax)) },
    'incidents/unresolved': { ...head, incidents: unresolved },
    'scheduled-maintenances': { ...head, scheduled_maintenances: listed(maintenances.slice(0, incidentsMax)) },
    'scheduled-maintenances/upcoming': {
      ...head,
      scheduled_maintenances: listed(open.filter(({ phase }) => phase === 'scheduled')),
    },
    'scheduled-maintenances/active': {
      ...head,
      scheduled_maintenances: listed(open.filter(({ phase }) => phase !== 'scheduled')),
    },
  }
}

function pageOf(page: StatusPage): object {
  return {
    id: pageId(page),
    name: page.name,
    url: `${page.url}/status`,
    time_zone: 'Etc/UTC',
    updated_at: page.updatedAt,
  }
}

function pageId({ url }: StatusPage): string {
  return machineId(`page/${url}`)
}

/** A group comes before its components, and is as bad as the worst of them. */
function componentsOf(page: StatusPage): object[] {
  const listed: object[] = []
  for (const { name, components } of groupsOf(page)) {
    const groupId = name === '' ? null : machineId(`group/${name}`)
    if (groupId !== null) {
      const worst = worstOf(components.map(({ state }) => state))
      const since = components.flatMap((one) => (one.since === null ? [] : [one.since])).toSorted()[0] ?? page.builtAt
      listed.push({
        ...bare(page, { id: groupId, name, description: '', state: worst, since, groupId: null }, listed.length + 1),
        group: true,
        components: components.map(({ id }) => id),
      })
    }
    for (const component of components) {
      const since = component.since ?? page.builtAt
      listed.push(bare(page, { ...component, since, groupId }, listed.length + 1))
    }
  }
  return listed
}

interface Bare {
  id: string
  name: string
  description: string
  state: ComponentState
  since: string
  groupId: string | null
}

function bare(page: StatusPage, { id, name, description, state, since, groupId }: Bare, position: number): object {
  return {
    id,
    name,
    status: componentWords[state],
    created_at: since,
    updated_at: page.updatedAt,
    position,
    description: description === '' ? null : description,
    showcase: true,
    start_date: since.slice(0, 10),
    group_id: groupId,
    page_id: pageId(page),
    group: false,
    only_show_if_degraded: false,
  }
}

function happeningOf(happening: Happening, page: StatusPage): object {
  const { publicId, title, kind, updates, startedAt, endsAt, endedAt } = happening
  const newest = updates.at(-1)
  const monitoring = updates.findLast(({ phase }) => phase === 'monitoring')
  const concerned = page.components.filter(({ key }) => happening.components.includes(key))
  const impact = kind === 'maintenance' ? 'maintenance' : impacts[happening.worst]
  return {
    id: publicId,
    name: title,
    status: phaseWord(happening.phase),
    created_at: updates[0]?.publishedAt ?? startedAt,
    updated_at: newest?.publishedAt ?? startedAt,
    monitoring_at: monitoring?.publishedAt ?? null,
    resolved_at: endedAt,
    impact,
    shortlink: `${page.url}/status/incidents/${publicId}`,
    started_at: startedAt,
    page_id: pageId(page),
    incident_updates: updates
      .toReversed()
      .map((update, index) => updateOf(update, happening, updates.length - 1 - index, page)),
    components: concerned.map((component, index) => {
      const since = component.since ?? page.builtAt
      const groupId = component.group === '' ? null : machineId(`group/${component.group}`)
      return bare(page, { ...component, since, groupId }, index + 1)
    }),
    ...(kind === 'maintenance' ? { scheduled_for: startedAt, scheduled_until: endsAt ?? startedAt } : {}),
  }
}

function updateOf(update: Update, { updates }: Happening, index: number, page: StatusPage): object {
  const before = updates.slice(0, index)
  const affected = update.components.flatMap(({ key }) => {
    const component = page.components.find((one) => one.key === key)
    if (!component) return []
    return [
      {
        code: component.id,
        name: component.name,
        old_status: componentWords[stateAfterUpdates(updates, index, key)],
        new_status: componentWords[stateAfterUpdates(updates, index + 1, key)],
      },
    ]
  })
  const isAfter = before.some(({ phase }) => phase === 'resolved')
  return {
    id: machineId(`update/${update.id}`),
    status:
      update.phase === 'notice' ? (isAfter ? 'postmortem' : phaseWord(phaseBefore(before))) : phaseWord(update.phase),
    body: update.body,
    incident_id: update.publicId,
    created_at: update.publishedAt,
    updated_at: update.publishedAt,
    display_at: update.publishedAt,
    affected_components: affected.length === 0 ? null : affected,
    deliver_notifications: true,
    custom_tweet: null,
    tweet_id: null,
  }
}

function phaseBefore(before: readonly Update[]): Phase {
  return before.findLast(({ phase }) => phase !== 'notice')?.phase ?? 'investigating'
}

/** Their vocabulary has no word for what was called off, nor for a notice. */
function phaseWord(phase: Phase): string {
  if (phase === 'cancelled') return 'completed'
  return phase === 'notice' ? 'investigating' : phase
}
