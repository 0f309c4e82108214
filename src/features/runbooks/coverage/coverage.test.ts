import { expect, test } from 'vitest'
import type { AlertRule } from '../../../core/effects.ts'
import { readLibrary } from '../library.ts'
import { coverageOf } from './coverage.ts'

const now = new Date('2026-11-20T10:00:00Z')
const page = (name: string, head: string) => ({
  file: `runbooks/${name}.md`,
  text: `---\n${head}\n---\n## Diagnosis\n1. Look at ${name}.\n`,
})
const library = readLibrary([
  page('latency', 'alerts: [HighLatency]\nreviewed_at: 2026-11-01'),
  page('errors', 'alerts: [HighErrorRate]\nreviewed_at: 2026-08-01\nreview_every: 365d'),
  page('pool', 'matchers: [\'component="pool"\']\nreviewed_at: 2026-10-01'),
  page('wiki', 'reviewed_at: 2026-10-01'),
])
const rule = (name: string, labels = {}, annotations = {}): AlertRule => ({ name, labels, annotations })

test('a rule is covered by a runbook that names it, fits its labels or is pointed at, reviewed within 90 days', () => {
  const rules = [
    rule('HighLatency', { service: 'checkout' }),
    rule('HighLatency', { service: 'search' }),
    rule('PoolIsFull', { component: 'pool' }),
    rule('Odd', {}, { runbook_url: 'https://wiki.example.com/runbooks/wiki.md' }),
    rule('HighErrorRate'),
    rule('NobodyWroteThis'),
  ]
  expect(coverageOf(library, rules, now)).toEqual({
    covered: ['HighLatency', 'Odd', 'PoolIsFull'],
    stale: [{ rule: 'HighErrorRate', runbook: 'errors', reviewedAt: '2026-08-01' }],
    missing: ['NobodyWroteThis'],
  })
})
