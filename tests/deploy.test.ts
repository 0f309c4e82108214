/** The files in deploy/: what Prometheus and Alertmanager are told about Tocsin and the services beside it. */
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

const read = (file: string) => readFileSync(file, 'utf8')
const rules = (parse(read('deploy/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
)
const alerts = rules.filter((rule) => rule.alert !== undefined)

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

test('what the alerts ask of Tocsin exists', () => {
  const page = generatedDocs().find(({ file }) => file === 'docs/metrics.md')?.text ?? ''
  const ours = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name)
  const asked = alerts.flatMap(({ expr }) => metricsIn(expr)).filter((name) => /^(tocsin|incident)/.test(name))
  expect(asked.length).toBeGreaterThan(5)
  const missing = asked.filter(
    (name) => !ours.includes(name.replace(/_(bucket|sum|count)$/, '')) && !ours.includes(name),
  )
  expect([...new Set(missing)]).toEqual([])
})

test('Alertmanager sends to hooks that are there, by the tokens that they ask for', () => {
  const urls = [...read('deploy/alertmanager.yml').matchAll(/url: http:\/\/tocsin:3000(\S+)/g)].map(([, hook]) => hook)
  expect(urls).toEqual(['/hooks/alertmanager', '/hooks/heartbeat/prometheus'])
  expect(Object.keys(exampleConfig().heartbeats as object)).toContain('prometheus')
})
