import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readRunbook } from './format.ts'

const page = (text: string) => ({ file: 'runbooks/high-latency.md', text })
const whole = `---
title: High latency
alerts: [HighLatency]
matchers: ['severity="critical", service=~"checkout|search"']
services: [checkout]
severity: P1
owner: platform
reviewed_at: 2026-10-01
review_every: 90d
---
## Meaning
Requests take **longer** than <usual>.

## Impact
People leave.

## Diagnosis
1. Look at the 99th percentile. Normal is below 300 ms.
   \`\`\`query
   for 30m
   histogram_quantile(0.99, rate(http_seconds_bucket{instance="{{ labels.instance }}"}[5m]))
   \`\`\`
2. Was something deployed?
   \`\`\`ask
   Yes -> mitigation-1
   No -> Escalate
   \`\`\`

## Mitigation
- Roll it back.
  \`\`\`action
  rollback checkout production to={{ labels.version }}
  \`\`\`

## Escalate
- Wake the platform team.
  \`\`\`page
  platform Latency is high on {{ labels.instance }}
  \`\`\`
`

test('a whole runbook is read: what it is for, its prose, its steps and what each does', () => {
  const read = readRunbook(page(whole))
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const { runbook } = read

  expect(runbook).toMatchObject({
    name: 'high-latency',
    title: 'High latency',
    alerts: ['HighLatency'],
    severities: ['P1'],
    owner: 'platform',
    reviewedAt: '2026-10-01',
    meaning: 'Requests take *longer* than &lt;usual&gt;.',
    impact: 'People leave.',
  })
  expect(runbook.steps.map(({ id, section, block }) => [id, section, block?.kind])).toEqual([
    ['diagnosis-1', 'Diagnosis', 'query'],
    ['diagnosis-2', 'Diagnosis', 'ask'],
    ['mitigation-1', 'Mitigation', 'action'],
    ['escalate-1', 'Escalate', 'page'],
  ])
  expect(runbook.steps[0]?.block).toMatchObject({ kind: 'query', forMinutes: 30 })
  expect(runbook.steps[0]?.line).toBe(18)
  expect(runbook.steps[2]?.block).toEqual({
    kind: 'action',
    action: 'rollback',
    target: 'checkout production',
    parameters: { to: '{{ labels.version }}' },
  })
})

test('a plain page without steps of ours works too: each heading is one thing to do', () => {
  const read = readRunbook(
    page(
      '# KubePodCrashLooping\n\n## Meaning\n\nIt crashes.\n\n## Diagnosis\n\nLook at the logs.\n\n## Mitigation\n\nFix it.',
    ),
  )
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))

  expect(read.runbook).toMatchObject({ title: 'KubePodCrashLooping', meaning: 'It crashes.' })
  expect(read.runbook.steps.map(({ section, words }) => [section, words])).toEqual([
    ['Diagnosis', 'Look at the logs.'],
    ['Mitigation', 'Fix it.'],
  ])
})

test.each([
  ['an unknown key, with what was probably meant', whole.replace('owner:', 'ownr:'), 7, 'ownr'],
  ['a matcher that is none', whole.replace('severity="critical"', 'severity~critical'), 4, 'matcher'],
  ['a day that is none', whole.replace('2026-10-01', 'last week'), 8, '2026-10-01'],
  ['an answer that leads nowhere', whole.replace('-> Escalate', '-> Elsewhere'), 23, 'neither a step nor a section'],
  ['an answer that leads in a circle', whole.replace('-> Escalate', '-> diagnosis-1'), 23, 'circle'],
  ['a way that leads back', whole.replace('-> Escalate', '-> Escalate, then mitigation-1'), 23, 'circle'],
  [
    'a stop that is nowhere',
    whole.replace('-> Escalate', '-> mitigation-1, then Elsewhere'),
    23,
    'neither a step nor a section',
  ],
  ['a variable that is none', whole.replace('{{ labels.version }}', '{{ lables.version }}'), 31, 'no variable'],
  [
    'a variable outside quotes',
    whole.replace('"{{ labels.instance }}"', '{{ labels.instance }}'),
    19,
    'outside quotes',
  ],
  [
    'an action without a target',
    whole.replace('rollback checkout production to={{ labels.version }}', 'rollback'),
    31,
    'is no action',
  ],
  ['a page without a step', '## Meaning\nNothing.', 1, 'no step'],
])('%s is told with its line', (_what, text, line, words) => {
  const read = readRunbook(page(text))
  if (!('problems' in read)) throw new Error('it was read')

  const told = read.problems.map((problem) => ({
    line: problem.line,
    words: `${problem.key} ${problem.problem} ${problem.accepted}`,
  }))
  expect(told).toContainEqual({ line, words: expect.stringContaining(words) })
})

test('no text at all stops the reading of the others: it is a runbook or a list of problems', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => whole.replace('Diagnosis', text)),
      ),
      (text) => {
        const read = readRunbook(page(text))
        expect('runbook' in read || read.problems.length > 0).toBe(true)
      },
    ),
  )
})
