/**
 * The JSON of the status page, held against the shape that clients of Atlassian Statuspage rely on: every field is there,
 * of its type, null only where theirs may be, and every word is one of theirs.
 */
import { expect, test } from 'vitest'
import { z } from 'zod'
import { apiFiles } from '../../src/features/comms/status-page/api.ts'
import { pageOf } from '../../src/features/comms/status-page/page.ts'
import { busyPage, now, settings } from '../support/status-page.ts'

const moment = z.iso.datetime({ precision: 3 })
const id = z.string().regex(/^[a-z0-9]+$/)
const Page = z.object({ id, name: z.string(), url: z.url(), time_zone: z.string(), updated_at: moment })
const Status = z.object({
  indicator: z.enum(['none', 'minor', 'major', 'critical', 'maintenance']),
  description: z.string(),
})
const componentStatus = z.enum([
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
])
const Component = z.object({
  id,
  name: z.string(),
  status: componentStatus,
  created_at: moment,
  updated_at: moment,
  position: z.int(),
  description: z.string().nullable(),
  showcase: z.boolean(),
  start_date: z.iso.date().nullable(),
  group_id: id.nullable(),
  page_id: id,
  group: z.boolean(),
  only_show_if_degraded: z.boolean(),
  components: z.array(id).optional(),
})
const updateOf = (statuses: readonly [string, ...string[]]) =>
  z.object({
    id,
    status: z.enum(statuses),
    body: z.string(),
    incident_id: id,
    created_at: moment,
    updated_at: moment,
    display_at: moment,
    affected_components: z
      .array(z.object({ code: id, name: z.string(), old_status: componentStatus, new_status: componentStatus }))
      .nullable(),
    deliver_notifications: z.boolean(),
  })
const happening = {
  id,
  name: z.string(),
  created_at: moment,
  updated_at: moment,
  monitoring_at: moment.nullable(),
  resolved_at: moment.nullable(),
  shortlink: z.url(),
  started_at: moment,
  page_id: id,
  components: z.array(Component),
}
const incidentStatuses = ['investigating', 'identified', 'monitoring', 'resolved', 'postmortem'] as const
const Incident = z.object({
  ...happening,
  status: z.enum(incidentStatuses),
  impact: z.enum(['none', 'minor', 'major', 'critical']),
  incident_updates: z.array(updateOf(incidentStatuses)).min(1),
})
const maintenanceStatuses = ['scheduled', 'in_progress', 'verifying', 'completed'] as const
const Maintenance = z.object({
  ...happening,
  status: z.enum(maintenanceStatuses),
  impact: z.literal('maintenance'),
  incident_updates: z.array(updateOf(maintenanceStatuses)).min(1),
  scheduled_for: moment,
  scheduled_until: moment,
})
const incidents = { page: Page, incidents: z.array(Incident) }
const maintenances = { page: Page, scheduled_maintenances: z.array(Maintenance) }
const shapes: Record<string, z.ZodType> = {
  summary: z.object({
    ...incidents,
    ...maintenances,
    components: z.array(Component),
    status: Status,
  }),
  status: z.object({ page: Page, status: Status }),
  components: z.object({ page: Page, components: z.array(Component) }),
  incidents: z.object(incidents),
  'incidents/unresolved': z.object(incidents),
  'scheduled-maintenances': z.object(maintenances),
  'scheduled-maintenances/upcoming': z.object(maintenances),
  'scheduled-maintenances/active': z.object(maintenances),
}
const empty = pageOf(settings, { updates: [], watched: new Map() }, now)

test.each(Object.keys(shapes))(
  '/api/v2/%s.json has the customary shape, in a bad week and before anything happened',
  (name) => {
    const shape = shapes[name]
    const read = (page: typeof busyPage) => JSON.parse(JSON.stringify(apiFiles(page)[name]))
    expect(shape?.safeParse(read(busyPage)).error).toBeUndefined()
    expect(shape?.safeParse(read(empty)).error).toBeUndefined()
  },
)

test('no path is served that has no shape', () => {
  expect(Object.keys(apiFiles(busyPage)).toSorted()).toEqual(Object.keys(shapes).toSorted())
})

test('ids are the same every time, and no two components share one', () => {
  const ids = () => z.object({ components: z.array(z.object({ id: z.string() })) }).parse(apiFiles(busyPage).components)
  const all = ids().components.map((component) => component.id)
  expect(ids().components.map((component) => component.id)).toEqual(all)
  expect(new Set(all).size).toBe(all.length)
})

test('a group is as bad as the worst in it', () => {
  const { components } = z
    .object({ components: z.array(Component) })
    .parse(JSON.parse(JSON.stringify(apiFiles(busyPage).components)))
  const groups = components.filter(({ group }) => group)
  const order = componentStatus.options
  expect(groups.length).toBeGreaterThan(0)
  for (const group of groups) {
    const inside = components.filter(({ group_id }) => group_id === group.id)
    const ranks: string[] = [
      'operational',
      'under_maintenance',
      'degraded_performance',
      'partial_outage',
      'major_outage',
    ]
    expect(order).toContain(group.status)
    expect(ranks.indexOf(group.status)).toBe(Math.max(...inside.map(({ status }) => ranks.indexOf(status))))
  }
})

test('what is newest stands first, in every list', () => {
  const { incidents: listed } = z
    .object({ incidents: z.array(Incident) })
    .parse(JSON.parse(JSON.stringify(apiFiles(busyPage).incidents)))
  expect(listed).toHaveLength(50)
  const begun = listed.map(({ started_at }) => started_at)
  expect(begun).toEqual(begun.toSorted().toReversed())
  for (const { incident_updates } of listed) {
    const said = incident_updates.map(({ created_at }) => created_at)
    expect(said).toEqual(said.toSorted().toReversed())
  }
})
