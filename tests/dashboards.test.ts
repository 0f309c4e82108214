/** The dashboards in deploy/grafana: what Grafana draws from them, and that each query asks for what somebody measures. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { generatedDocs } from '../src/docs.ts'
import { Dashboard, overlaps } from './support/dashboard.ts'
import { labelsOfResult, metricsIn, selectorsIn } from './support/promql.ts'
import { runTool, toolsFor } from './support/tool.ts'

interface Rule {
  record?: string
  expr: string
}

const rules = (parse(readFileSync('deploy/alerts.yml', 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
)
const boards = readdirSync('deploy/grafana')
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, json: JSON.parse(readFileSync(`deploy/grafana/${name}`, 'utf8')) as unknown }))
const dashboards = boards.flatMap(({ name, json }) => {
  const read = Dashboard.safeParse(json)
  return read.success ? [{ name, dashboard: read.data }] : []
})

test.each(boards)('$name is a dashboard, with nothing in it that Grafana would pass over', ({ json }) => {
  const read = Dashboard.safeParse(json)
  expect(read.error?.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`) ?? []).toEqual([])
})

describe.each(dashboards)('$name', ({ name, dashboard: { panels, templating, uid } }) => {
  const drawn = panels.filter((panel) => panel.type !== 'row')
  const targets = drawn.flatMap((panel) => panel.targets.map((target) => ({ ...target, panel: panel.title })))

  test('has panels of their own names and numbers, none upon another', () => {
    expect(drawn.length).toBeGreaterThan(8)
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
    for (const { targets: asked } of drawn) expect(new Set(asked.map(({ refId }) => refId)).size).toBe(asked.length)
    const upon = panels.flatMap((one, index) => panels.slice(index + 1).filter((other) => overlaps(one, other)))
    expect(upon.map(({ title }) => title)).toEqual([])
    expect(dashboards.filter((other) => other.dashboard.uid === uid)).toHaveLength(1)
  })

  test('asks a Prometheus that its reader chooses, and only for variables that it has', () => {
    const known = templating.list.map((variable) => variable.name)
    expect(known[0]).toBe('datasource')
    const asked = targets.flatMap(({ expr }) => [...expr.matchAll(/\$(\w+)/g)].map(([, variable = '']) => variable))
    const strange = asked.filter((variable) => !known.includes(variable) && variable !== '__rate_interval')
    expect(strange).toEqual([])
    const used = known.filter((variable) => variable !== 'datasource' && !asked.includes(variable))
    expect(used).toEqual([])
  })

  test('matches a variable of which several may be chosen as a pattern', () => {
    const wrong = targets.filter(({ expr }) => /[^~]"\$\w+"/.test(expr))
    expect(wrong.map(({ panel }) => panel)).toEqual([])
  })

  test('names in each legend what its query tells apart, and tells nothing apart that the legend hides', () => {
    const wrong = targets.flatMap(({ panel, expr, legendFormat }) => {
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label).toSorted()
      const told = labelsOfResult(expr)?.toSorted() ?? labelsOfRaw(expr)
      return JSON.stringify(named) === JSON.stringify(told) ? [] : [`${panel}: {{${named}}} of ${told}`]
    })
    expect(wrong).toEqual([])
  })

  test('asks for metrics that are there, by labels that they have', () => {
    const known = name === 'tocsin.json' ? metricsOfTocsin() : metricsOfServices()
    const asked = [
      ...targets.map(({ expr }) => expr),
      ...templating.list.flatMap(({ query }) => /^label_values\((.+), \w+\)$/.exec(query)?.[1] ?? []),
    ]
    const wrong = asked.flatMap((expr) => [
      ...metricsIn(filledIn(expr)).filter((metric) => !known.has(metric)),
      ...selectorsIn(filledIn(expr)).flatMap(({ metric, labels }) =>
        labels.filter((label) => !(known.get(metric) ?? []).includes(label)).map((label) => `${metric}{${label}}`),
      ),
    ])
    expect(wrong).toEqual([])
  })
})

const tools = toolsFor(
  'what promtool says of the dashboards',
  ['promtool'],
  'Install Debian’s prometheus and prometheus-alertmanager.',
)

test.skipIf(!tools).each(dashboards)('every query of $name is one', ({ dashboard }) => {
  const queries = dashboard.panels.flatMap((panel) => (panel.type === 'row' ? [] : panel.targets))
  const asRules = queries.map(({ expr }, n) => ({ record: `query:${n}`, expr: filledIn(expr) }))
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'tocsin-board-')), 'queries.yml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules: asRules }] }))
  expect(runTool(tools?.promtool ?? '', ['check', 'rules', file])).toMatchObject({ isContent: true })
})

/** As Grafana fills in its variables. */
function filledIn(query: string): string {
  return query.replaceAll('$__rate_interval', '1m').replace(/\$\w+/g, '.*')
}

// What Prometheus adds to whatever it scrapes.
const scraped = ['job', 'instance']

/** By what docs/metrics.md is made from: the registry itself. A histogram is three metrics. */
function metricsOfTocsin(): Map<string, readonly string[]> {
  const page = generatedDocs().find(({ file }) => file === 'docs/metrics.md')?.text ?? ''
  const table = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \|/gm)]
  const metrics = new Map<string, readonly string[]>([['up', scraped]])
  for (const [, name = '', type, words = ''] of table) {
    const labels = [...words.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).concat(scraped)
    if (type !== 'histogram') metrics.set(name, labels)
    else {
      metrics.set(`${name}_bucket`, [...labels, 'le'])
      for (const part of ['sum', 'count']) metrics.set(`${name}_${part}`, labels)
    }
  }
  return metrics
}

/** What the alerts ask for or record, each by the labels that they know it by, and those of its exporter. */
function metricsOfServices(): Map<string, readonly string[]> {
  const known = new Map<string, Set<string>>()
  const learn = (metric: string, labels: readonly string[]) =>
    known.set(metric, new Set([...(known.get(metric) ?? scraped), ...labels]))
  for (const { record, expr } of rules) {
    for (const metric of metricsIn(expr)) learn(metric, labelsOfExporters[metric] ?? ['service'])
    if (record) learn(record, labelsOfResult(expr) ?? [])
  }
  return new Map([...known].map(([metric, labels]) => [metric, [...labels]]))
}

// As the exporters of Prometheus, PostgreSQL and Redis document them; whatever else is asked for is a service's own.
const labelsOfExporters: Record<string, readonly string[]> = {
  up: [],
  node_cpu_seconds_total: ['cpu', 'mode'],
  node_memory_MemAvailable_bytes: [],
  node_memory_MemTotal_bytes: [],
  node_filesystem_avail_bytes: ['device', 'fstype', 'mountpoint'],
  node_filesystem_size_bytes: ['device', 'fstype', 'mountpoint'],
  pg_stat_activity_count: ['datname', 'state'],
  pg_settings_max_connections: [],
  pg_replication_lag_seconds: [],
  redis_keyspace_hits_total: [],
  redis_keyspace_misses_total: [],
  http_requests_total: ['service', 'code'],
  http_request_duration_seconds_bucket: ['service', 'le'],
  http_client_requests_total: ['service', 'provider', 'code'],
  search_requests_total: ['service', 'results'],
}

/** A query without `by` tells apart whatever its metric has; those that we ask so are asked for few. */
function labelsOfRaw(expr: string): string[] {
  const metrics = metricsIn(filledIn(expr))
  if (metrics.some((metric) => metric.startsWith('node_filesystem'))) return ['instance', 'mountpoint']
  if (metrics.some((metric) => metric.startsWith('node_'))) return ['instance']
  return metrics.some((metric) => metric.startsWith('service:')) ? ['service'] : []
}
