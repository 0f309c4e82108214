import { expect, test } from 'vitest'
import { lintRules } from './lint.ts'

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
