import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseConfig } from '../../config.ts'
import type { Ground } from '../../core/feature.ts'
import { advise, lint } from './lint.ts'

const loaded = parseConfig(readFileSync('tocsin.yml', 'utf8'), 'tocsin.yml')
if ('problems' in loaded) throw new Error('the example is not in order')
const { config } = loaded

function linted(step: string, kind = 'action') {
  const text = `---\ntitle: X\nowner: platform\n---\n## Mitigation\n1. Do it.\n   \`\`\`${kind}\n   ${step}\n   \`\`\`\n`
  const ground = { config, content: [{ file: 'runbooks/x.md', text }] } as unknown as Ground
  return lint(ground)
}

test.each([
  'rollback checkout production',
  'rollback checkout/staging',
  'rollback {{ incident.service }} production',
  'rollback {{ labels.service }}/{{ labels.environment }} to={{ labels.version }}',
  'rollback-checkout checkout to=v141',
])('%s is in the catalogue', (step) => {
  expect(linted(step)).toEqual([])
})

test.each([
  ['a verb that is not there, with what was probably meant', 'rolback checkout production', 'no "rolback"', 'rollback'],
  ['a target that is not there', 'rollback payments production', 'cannot be done to that', 'checkout production'],
  ['a target that no value could make one', 'rollback {{ labels.service }} lab', 'cannot be done to that', 'checkout'],
  ['one of several environments, unnamed', 'rollback checkout', 'more than one environment', 'checkout staging'],
  ['a parameter that is not there', 'rollback checkout production force=yes', 'no parameter "force"', 'Use to'],
  ['a value that is never taken', 'rollback checkout production to=--force', '"to" does not fit', 'no dash in front'],
])('%s is told with file and line', (_what, step, problem, accepted) => {
  expect(linted(step)).toMatchObject([
    {
      file: 'runbooks/x.md',
      line: 6,
      problem: expect.stringContaining(problem),
      accepted: expect.stringContaining(accepted),
    },
  ])
})

test('a message to clients, a team and a database that are not there are told too', () => {
  expect(linted('incident-first-confirmed', 'comms')).toEqual([])
  expect(linted('incident-frist', 'comms')).toMatchObject([
    { line: 6, problem: expect.stringContaining('incident-frist') },
  ])
  expect(linted('nobody wake up', 'page')).toMatchObject([{ line: 6, problem: '"nobody" is not in tocsin.yml' }])
  expect(linted('sql shop\n   select 1', 'check')).toMatchObject([{ line: 6, problem: '"shop" is not in tocsin.yml' }])
})

const now = new Date('2026-11-20T10:00:00Z')
const section = (name: string) => `## ${name}\n1. Do it.\n`
const advised = (head: string, ...sections: string[]) => {
  const text = `---\ntitle: X\nowner: platform\n${head}\n---\n## Meaning\nIt is slow.\n${sections.map(section).join('')}`
  return advise({ config, content: [{ file: 'runbooks/x.md', text }] } as unknown as Ground, now)
}

test('of a runbook for an alert it is said what nobody wrote; a procedure that somebody plans is as it is', () => {
  const head = 'alerts: [Slow]\nreviewed_at: 2026-11-01'
  expect(advised(head, 'Diagnosis', 'Mitigation', 'Escalate')).toEqual([
    'runbooks/x.md: there is nothing about Impact, Verify, Communicate',
  ])
  expect(advised('reviewed_at: 2026-11-01', 'Before', 'During')).toEqual([])
})

test('a review that is due is said, and is not wrong', () => {
  expect(advised('reviewed_at: 2026-01-01', 'Before')).toEqual([
    expect.stringMatching(/^1 runbook waits for a review: x\./),
  ])
})
