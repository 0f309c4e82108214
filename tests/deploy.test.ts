/** The files in deploy/: what Prometheus, Alertmanager and Grafana are told about Tocsin and the services beside it. */
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { generatedDocs } from '../src/docs.ts'
import { lintRules } from '../src/features/alerts/lint.ts'
import { readLibrary } from '../src/features/runbooks/library.ts'
import { metricsIn } from './support/promql.ts'
import { exampleConfig } from './support/stage.ts'
import { runTool, toolsFor } from './support/tool.ts'

interface Rule {
  alert?: string
  record?: string
  expr: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}
interface Dashboard {
  panels: { title: string; description?: string; targets?: { expr: string }[] }[]
  templating: { list: { name: string; query: string }[] }
}

const read = (file: string) => readFileSync(file, 'utf8')
const rules = (parse(read('deploy/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
)
const alerts = rules.filter((rule) => rule.alert !== undefined)
const dashboards = readdirSync('deploy/grafana')
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, dashboard: JSON.parse(read(`deploy/grafana/${name}`)) as Dashboard }))

const tools = toolsFor(
  'what promtool and amtool say of deploy/',
  ['promtool', 'amtool'],
  'Install Debian’s prometheus and prometheus-alertmanager.',
)

describe.skipIf(!tools)('as their own tools see them', () => {
  const { promtool = '', amtool = '' } = tools ?? {}

  test.each([
    ['Prometheus takes its configuration', promtool, ['check', 'config', 'deploy/prometheus.yml']],
    ['Prometheus takes the rules', promtool, ['check', 'rules', 'deploy/alerts.yml']],
    ['alerts fire when they should, and not before', promtool, ['test', 'rules', 'deploy/alerts.test.yml']],
    ['Alertmanager takes its configuration', amtool, ['check-config', 'deploy/alertmanager.yml']],
  ])('%s', (_what, tool, args) => {
    expect(runTool(tool, args)).toMatchObject({ isContent: true })
  })

  test('a rule that expects what does not happen is noticed', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'tocsin-rules-'))
    writeFileSync(path.join(folder, 'alerts.yml'), read('deploy/alerts.yml').replaceAll('> 0.01', '> 0.5'))
    writeFileSync(path.join(folder, 'alerts.test.yml'), read('deploy/alerts.test.yml'))
    expect(runTool(promtool, ['test', 'rules', path.join(folder, 'alerts.test.yml')])).toMatchObject({
      isContent: false,
      said: expect.stringContaining('HighErrorRate'),
    })
  })

  test.each(dashboards)('every query of $name is one', ({ dashboard }) => {
    const groups = [
      {
        name: 'queries',
        rules: queriesOf(dashboard).map((expr, n) => ({ record: `query:${n}`, expr: filledIn(expr) })),
      },
    ]
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'tocsin-board-')), 'queries.yml')
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups }))
    expect(runTool(promtool, ['check', 'rules', file])).toMatchObject({ isContent: true })
  })
})

test('every alert says how bad it is, whose it is, how far is too far, and what to do', () => {
  expect(lintRules(read('deploy/alerts.yml'), 'deploy/alerts.yml', exampleConfig())).toEqual([])
})

test('the runbook of every alert is there, and is the one that claims it', () => {
  const pages = readdirSync('runbooks').map((name) => ({ file: `runbooks/${name}`, text: read(`runbooks/${name}`) }))
  const { runbooks } = readLibrary(pages)
  const wrong = alerts.filter(({ alert = '', annotations }) => {
    const runbook = runbooks.find(({ file }) => file === annotations?.runbook)
    return !runbook?.alerts.includes(alert)
  })
  expect(wrong.map(({ alert, annotations }) => `${alert}: ${annotations?.runbook}`)).toEqual([])
})

test('every alert that wakes somebody is played', () => {
  const played = [...read('deploy/alerts.test.yml').matchAll(/alertname: (\w+)\n\s+exp_alerts/g)].map(
    ([, name]) => name,
  )
  const critical = alerts.filter(({ labels }) => labels?.severity === 'critical').map(({ alert }) => alert)
  expect(critical.filter((name) => !played.includes(name))).toEqual([])
  expect(critical.length).toBeGreaterThan(5)
})

test('what Tocsin is asked for exists, in alerts and on its dashboard', () => {
  const ours = metricsOfTocsin()
  const asked = [...alerts.map(({ expr }) => expr), ...queriesNamed('tocsin.json')].flatMap(metricsIn)
  const missing = asked.filter((name) => /^(tocsin|incident)/.test(name) && !ours.has(name))
  expect([...new Set(missing)]).toEqual([])
  const strange = queriesNamed('tocsin.json').flatMap(metricsIn)
  expect(strange.filter((name) => !ours.has(name) && name !== 'up')).toEqual([])
})

test('the dashboard of services asks only for what the alerts ask for or record', () => {
  const known = new Set(rules.flatMap(({ record, expr }) => [...(record ? [record] : []), ...metricsIn(expr)]))
  const asked = queriesNamed('services.json').flatMap(metricsIn)
  expect([...new Set(asked)].filter((name) => !known.has(name))).toEqual([])
})

test.each(dashboards)('every panel of $name has a query and says what it shows', ({ dashboard }) => {
  const panels = dashboard.panels.filter(({ targets }) => targets !== undefined)
  expect(panels.length).toBeGreaterThan(8)
  expect(panels.filter(({ targets, description }) => !targets?.length || !description)).toEqual([])
})

test('Alertmanager sends to hooks that are there, by the tokens that they ask for', () => {
  const urls = [...read('deploy/alertmanager.yml').matchAll(/url: http:\/\/tocsin:3000(\S+)/g)].map(([, hook]) => hook)
  expect(urls).toEqual(['/hooks/alertmanager', '/hooks/heartbeat/prometheus'])
  expect(Object.keys(exampleConfig().heartbeats as object)).toContain('prometheus')
})

function queriesNamed(board: string): string[] {
  const found = dashboards.find(({ name }) => name === board)
  return found ? queriesOf(found.dashboard).map(filledIn) : []
}

function queriesOf({ panels, templating }: Dashboard): string[] {
  const ofVariables = templating.list.flatMap(({ query }) => /^label_values\((.+), \w+\)$/.exec(query)?.[1] ?? [])
  return [...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)), ...ofVariables]
}

/** As Grafana fills in its variables. */
function filledIn(query: string): string {
  return query.replaceAll('$__rate_interval', '1m').replace(/\$\w+/g, '.*')
}

/** By what docs/metrics.md is made from: the registry itself. A histogram is three metrics. */
function metricsOfTocsin(): Set<string> {
  const page = generatedDocs().find(({ file }) => file === 'docs/metrics.md')?.text ?? ''
  const table = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)]
  return new Set(
    table.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}
