import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Given, isRefusal } from '../../core/decision.ts'
import { clean } from '../../lib/text.ts'
import { decide } from './decide.ts'
import { type Command, currentStep, type Policy, type Run } from './domain.ts'
import { evolve } from './evolve.ts'
import { readRunbook } from './format.ts'
import { openingOf, valuesOf } from './opening.ts'
import { runMessage } from './views.ts'

const page = `---
title: Hostile
---
## Diagnosis
1. Look at *{{ labels.x }}*, also known as \`{{ annotations.x }}\`.
   \`\`\`query
   up{instance="{{ labels.x }}"}
   \`\`\`
2. Ask.
   \`\`\`check
   GET https://example.com/{{ labels.x }}
   \`\`\`
3. Count.
   \`\`\`check
   sql shop
   select count(*) from orders where shop = {{ labels.x }}
   \`\`\`
4. Open {{ incident.title }}.
   \`\`\`link
   https://example.com/{{ labels.x }} Board
   \`\`\`
5. Copy.
   \`\`\`shell
   kubectl logs {{ labels.x }}
   \`\`\`

## Mitigation
1. Roll back to {{ labels.x }}.
   \`\`\`action
   rollback checkout production to={{ labels.x }}
   \`\`\`

## Escalate
1. Call.
   \`\`\`page
   platform {{ labels.x }} is down
   \`\`\`
`
const read = readRunbook({ file: 'runbooks/hostile.md', text: page })
if ('problems' in read) throw new Error(JSON.stringify(read.problems))
const { runbook } = read
const given: Given<Policy> = {
  id: 'r1',
  now: new Date('2026-11-20T10:00:00Z'),
  actor: { kind: 'person', id: 'U1' },
  policy: { teams: ['platform'], databases: ['shop'] },
}

function tell(run: Run | null, command: Command): Run {
  const decided = decide(run, command, given)
  if (isRefusal(decided)) throw new Error(decided.refused)
  const after = decided.reduce<Run | null>(evolve, run)
  if (!after) throw new Error('nothing was started')
  return after
}

/** Every message of a run in which each step also saw what the outside says. */
function messages(value: string): { shown: string; run: Run }[] {
  const values = valuesOf({
    labels: { x: value },
    annotations: { x: value },
    incident: { id: '1', title: value, service: null, severity: 'P1' },
  })
  const opening = openingOf(runbook, { incident: null, place: '#general', values, now: given.now })
  const all: { shown: string; run: Run }[] = []
  let run = tell(null, { type: 'run.start', ...opening })
  for (let step = currentStep(run); step !== null; step = currentStep(run)) {
    const observed = { outcome: 'bad', summary: value, series: [{ labels: value, value: 1, points: [1] }] } as const
    run = tell(run, { type: 'run.see', step: step.id, observed })
    all.push({ shown: JSON.stringify(runMessage(run, 'https://tocsin.example.com/page')), run })
    run = tell(run, { type: 'run.finishStep', step: step.id, as: 'failed', note: value })
  }
  return [...all, { shown: JSON.stringify(runMessage(run, 'https://tocsin.example.com/page')), run }]
}

const hostile = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.constantFrom(
      '<!channel> <@U123> <#C123> <https://evil.example.com|click>',
      '"} or vector(1) #',
      "'; drop table orders; --",
      '```\n<!here>',
      '--force; $(id) && rm -rf /',
      '\u202Egpj.exe',
      '*_~`'.repeat(700),
    ),
  )
  // As everything from outside is, on its way in.
  .map((text) => clean(text) || 'x')

test('whatever a label says, no message of a run has a mention, a link of its own, or more text than Slack takes', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      for (const { shown } of messages(value)) {
        const tokens = [...shown.matchAll(/<[^>\s]{0,60}/g)].map(([token]) => token)
        const ours = /^<(!date\^|@U1$|https:\/\/(example|tocsin\.example)\.com\/)/
        expect(tokens.filter((token) => !ours.test(token))).toEqual([])
        for (const { text } of JSON.parse(shown).blocks) expect(text?.text?.length ?? 0).toBeLessThanOrEqual(3_000)
      }
    }),
    { numRuns: 60 },
  )
})

test('whatever a label says, each step does what its page says, with the label as one value', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const [{ run } = { run: null }] = messages(value)
      const blocks = run?.steps.map(({ block }) => block) ?? []
      expect(blocks[0]).toMatchObject({ promql: expect.stringMatching(/^up\{instance="(?:[^"\\\n]|\\.)*"\}$/s) })
      expect(blocks[1]).toMatchObject({ url: `https://example.com/${encodeURIComponent(value)}`, expectStatus: 200 })
      expect(blocks[2]).toMatchObject({ query: 'select count(*) from orders where shop = $1', values: [value] })
      expect(blocks[5]).toEqual({
        kind: 'action',
        action: 'rollback',
        target: 'checkout production',
        parameters: { to: value },
      })
      expect(blocks[6]).toMatchObject({ kind: 'page', team: 'platform' })
    }),
    { numRuns: 60 },
  )
})
