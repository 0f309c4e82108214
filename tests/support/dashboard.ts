/**
 * A dashboard as Grafana takes it, strictly: Grafana itself says nothing of a key that it does not know, and draws a
 * panel that asks for nothing as one in which all is well.
 */
import { z } from 'zod'

// Those that our panels are drawn with; https://grafana.com/docs/grafana/latest/panels-visualizations lists the rest.
const panelTypes = ['timeseries', 'stat'] as const
const units = ['none', 's', 'percentunit', 'reqps'] as const
const calculations = ['lastNotNull', 'max', 'mean'] as const
const colors = ['green', 'orange', 'red'] as const
const columns = 24

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.string().regex(/^\$\{datasource\}$/) })

const gridPos = z
  .strictObject({
    x: z.number().int().min(0),
    y: z.number().int().min(0),
    w: z.number().int().min(1).max(columns),
    h: z.number().int().min(1),
  })
  .refine(({ x, w }) => x + w <= columns, `reaches over the ${columns} columns`)

const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  expr: z.string().min(1),
  legendFormat: z.string().min(1),
  datasource,
})

const thresholds = z.strictObject({
  mode: z.literal('absolute'),
  steps: z
    .array(z.strictObject({ color: z.enum(colors), value: z.number().nullable() }))
    .min(1)
    // The first is the ground that the others stand on.
    .refine(
      ([first, ...others]) => first?.value === null && others.every(({ value }) => value !== null),
      'begin with null, and only they',
    )
    .refine((steps) => isRising(steps.map(({ value }) => value ?? Number.NEGATIVE_INFINITY)), 'must rise'),
})

const fieldConfig = z.strictObject({
  defaults: z.strictObject({
    unit: z.enum(units),
    min: z.number().optional(),
    max: z.number().optional(),
    thresholds: thresholds.optional(),
    custom: z
      .strictObject({ thresholdsStyle: z.strictObject({ mode: z.enum(['off', 'line', 'area']) }).optional() })
      .optional(),
  }),
  overrides: z.array(z.never()),
})

const legend = z.strictObject({ displayMode: z.enum(['list', 'table']), placement: z.enum(['bottom', 'right']) })
const statOptions = z.strictObject({
  reduceOptions: z.strictObject({ calcs: z.array(z.enum(calculations)).length(1) }),
  colorMode: z.enum(['none', 'value', 'background']),
})
const seriesOptions = z.strictObject({
  legend,
  tooltip: z.strictObject({ mode: z.enum(['single', 'multi']), sort: z.enum(['none', 'asc', 'desc']) }),
})

const row = z.strictObject({
  id: z.number().int().positive(),
  type: z.literal('row'),
  title: z.string().min(1),
  collapsed: z.literal(false),
  gridPos,
  panels: z.array(z.never()),
})
const drawn = {
  id: z.number().int().positive(),
  title: z.string().min(1).max(60),
  description: z.string().min(1),
  datasource,
  gridPos,
  fieldConfig,
  targets: z.array(target).min(1),
}
const panel = z.discriminatedUnion('type', [
  row,
  z.strictObject({ ...drawn, type: z.literal(panelTypes[0]), options: seriesOptions }),
  z.strictObject({ ...drawn, type: z.literal(panelTypes[1]), options: statOptions }),
])

const variable = z.discriminatedUnion('type', [
  z.strictObject({
    name: z.literal('datasource'),
    type: z.literal('datasource'),
    query: z.literal('prometheus'),
    label: z.string().min(1),
  }),
  z.strictObject({
    name: z.string().regex(/^[a-z]+$/),
    type: z.literal('query'),
    label: z.string().min(1),
    datasource,
    query: z.string().regex(/^label_values\([a-zA-Z_:][\w:]*, [a-z_]+\)$/),
    // 2: whenever the span of time changes.
    refresh: z.literal(2),
    includeAll: z.literal(true),
    multi: z.literal(true),
    allValue: z.literal('.*'),
    current: z.strictObject({ text: z.literal('All'), value: z.literal('$__all') }),
  }),
])

// 36 is Grafana 9: older ones do not know datasources by `uid`. Newer ones raise it themselves as they read it.
export const Dashboard = z.strictObject({
  uid: z.string().regex(/^[a-z-]{1,40}$/),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()),
  timezone: z.enum(['browser', 'utc']),
  editable: z.boolean(),
  graphTooltip: z.literal(1),
  refresh: z.string().regex(/^\d+[sm]$/),
  schemaVersion: z.number().int().min(36).max(39),
  time: z.strictObject({ from: z.string().regex(/^now-\d+[mhd]$/), to: z.literal('now') }),
  templating: z.strictObject({ list: z.array(variable).min(1) }),
  annotations: z.strictObject({ list: z.array(z.never()) }),
  panels: z.array(panel),
})
export type Dashboard = z.infer<typeof Dashboard>
export type Panel = Dashboard['panels'][number]

function isRising(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value > (values[index - 1] ?? Number.POSITIVE_INFINITY))
}

export function overlaps({ gridPos: a }: Pick<Panel, 'gridPos'>, { gridPos: b }: Pick<Panel, 'gridPos'>): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}
