import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseConfig } from '../../config.ts'
import { type Problem, printProblem } from '../../core/config.ts'
import { matches } from '../../lib/matchers.ts'
import type { AlertsConfig } from './config.ts'
import { lint as lintConfig, lintRules } from './lint.ts'

const config = { teams: { platform: {} }, services: { checkout: {} } } as unknown as Parameters<typeof lintRules>[2]

function lint(rule: string) {
  const text = `groups:\n  - name: g\n    rules:\n${rule.replaceAll(/^/gm, '      ')}\n`
  return lintRules(text, 'alerts.yml', config).map(({ line, problem, accepted }) => `${line} ${problem}. ${accepted}`)
}

const whole = `- alert: HighErrorRate
  expr: rate(errors[5m]) > 0.01
  labels: { severity: critical, service: checkout }
  annotations: { runbook_url: runbooks/high-error-rate.md }`

test('a rule that says how bad, whose, how far and what to do is in order', () => {
  expect(lint(whole)).toEqual([])
  expect(lint(whole.replace('service: checkout', "service: '{{ $labels.service }}'"))).toEqual([])
  expect(lint(whole.replace('rate(errors[5m]) > 0.01', 'vector(1)'))).toEqual([])
  expect(lint('- record: job:errors:rate5m\n  expr: rate(errors[5m])')).toEqual([])
})

test.each([
  ['expr: rate(errors[5m]) > 0.01', 'expr: rate(errors[5m])', /^5 HighErrorRate has no threshold\. Compare/],
  ['severity: critical, ', '', /^6 HighErrorRate has no severity\. Add severity/],
  [', service: checkout', '', /^6 HighErrorRate has no recipient\. Add team or service/],
  ['service: checkout', 'team: nobody', /^6 HighErrorRate is for "nobody", which is no team\. Use platform/],
  ['service: checkout', 'service: chekout', /^6 HighErrorRate is for "chekout", which is no service\. Use checkout/],
  ['runbook_url: runbooks/high-error-rate.md', 'summary: x', /^7 HighErrorRate has no runbook\. Add runbook_url/],
])('%s → %s is told with its line', (from, to, expected) => {
  expect(lint(whole.replace(from, to))).toEqual([expect.stringMatching(expected)])
})

const example = readFileSync('tocsin.yml', 'utf8')

function problemsOf(text: string): string[] {
  const loaded = parseConfig(text, 'ours.yml')
  if ('problems' in loaded) return loaded.problems.map(printProblem)
  return lintConfig(loaded, { file: 'ours.yml', lineOf: loaded.lineOf }).map(printProblem)
}

test('the example is in order', () => {
  expect(problemsOf(example)).toEqual([])
})

test('a route that opens what nobody is paged for is found on its line; a team in the route is enough', () => {
  const silent = example.replace('open: P1 #', 'open: P4 #')
  const line = silent.split('\n').findIndex((text) => text.includes('open: P4 #')) + 1
  expect(problemsOf(silent)).toEqual([
    expect.stringContaining(
      `ours.yml:${line} alerts.routes[0].open: opens a P4, for which nobody is paged. Name a team`,
    ),
  ])
  expect(problemsOf(silent.replace('open: P4 #', 'page: platform\n      open: P4 #'))).toEqual([])
})

test.each([
  ['P1', 'critical'],
  ['p1', 'critical'],
  ['CRITICAL', 'critical'],
  ['P2', 'urgent'],
  ['p2', 'urgent'],
  ['Warning', 'warnings'],
  ['P3', 'warnings'],
  ['P4', undefined],
  ['info', undefined],
])('in the example, what a sender calls %s takes the route %s', (severity, route) => {
  const loaded = parseConfig(example, 'tocsin.yml')
  if ('problems' in loaded) throw new Error(printProblem(loaded.problems[0] as Problem))
  const { routes } = loaded.config.alerts as AlertsConfig
  expect(routes.find(({ match }) => matches(match, { severity }))?.name).toBe(route)
})

test('a file of rules that is not there is told by the line that names it', () => {
  expect(problemsOf(example.replace('ruleFiles: [deploy/alerts.yml]', 'ruleFiles: [deploy/nothing.yml]'))).toEqual([
    expect.stringMatching(/^ours\.yml:\d{2,} alerts\.ruleFiles\[0\]: deploy\/nothing\.yml cannot be read/),
  ])
})

test('a route that nothing reaches is found, and not one above which the others go on', () => {
  const between = (route: string) => example.replace('    - name: warnings\n', `${route}    - name: warnings\n`)
  const grave = '    - name: more\n      match: severity=~"(?i:critical|p1)", team="platform"\n'
  expect(problemsOf(between(grave))).toEqual([
    expect.stringMatching(/routes\[2\]: is never reached: routes\[0\] takes/),
  ])
  const goesOn = between(grave).replace(
    'match: severity=~"(?i:critical|p1)" #',
    'continue: true\n      match: severity=~"(?i:critical|p1)" #',
  )
  expect(problemsOf(goesOn)).toEqual([])
  expect(problemsOf(between('    - name: rest\n'))).toEqual([expect.stringMatching(/routes\[3\]: is never reached/)])
})
