/** The runbooks that come with Tocsin: somebody reads them at 3 a.m., so none may be broken, empty or point nowhere. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Given, isRefusal } from '../src/core/decision.ts'
import { decide } from '../src/features/runbooks/decide.ts'
import { type Command, currentStep, type Policy, type Run } from '../src/features/runbooks/domain.ts'
import { evolve } from '../src/features/runbooks/evolve.ts'
import { readLibrary } from '../src/features/runbooks/library.ts'
import { openingOf } from '../src/features/runbooks/opening.ts'
import type { Runbook } from '../src/features/runbooks/runbook.ts'
import { runMessage } from '../src/features/runbooks/views.ts'
import { findBlockProblems } from '../src/simulator/slack/block-rules.ts'

const given = {
  id: 'r',
  now: new Date('2026-11-20T10:00:00Z'),
  actor: { kind: 'person', id: 'U1' },
  policy: { teams: ['platform'], databases: [] },
} as const satisfies Given<Policy>
const folder = new URL('../runbooks/', import.meta.url)
const pages = readdirSync(folder).map((name) => ({
  file: `runbooks/${name}`,
  text: readFileSync(new URL(name, folder), 'utf8'),
}))
const { runbooks, problems } = readLibrary(pages)
const pageUrl = 'https://tocsin.example.com/runbooks'
const names = runbooks.map((runbook) => runbook.name)

test('every runbook that is shipped can be read', () => {
  expect(problems).toEqual([])
  expect(runbooks.length).toBe(pages.length)
})

test('no two runbooks claim the same alert', () => {
  const alerts = runbooks.flatMap((runbook) => runbook.alerts)
  expect(alerts).toEqual([...new Set(alerts)])
})

describe.each(runbooks)('$name', (runbook) => {
  test('leads from looking to doing, to making sure, to telling and to calling for help', () => {
    const sections = [...new Set(runbook.steps.map((step) => step.section))]
    const isPlanned = sections[0] === 'Before'
    const first = isPlanned ? ['Before', 'During'] : ['Diagnosis', 'Mitigation']
    expect(sections).toEqual([...first, 'Verify', 'Communicate', 'Escalate'])
    expect(runbook.meaning).not.toBe('')
  })

  test('comes to its end whichever way somebody is led, and Slack shows every step of it', () => {
    const shown = new Set<string>()
    for (const way of waysThrough(runbook, (run) => shown.add(JSON.stringify(runMessage(run, pageUrl).blocks))))
      expect(way.status).toBe('finished')
    for (const blocks of shown) expect(findBlockProblems(JSON.parse(blocks), 'message')).toEqual([])
    expect(shown.size).toBeGreaterThanOrEqual(runbook.steps.length)
  })

  test('has an owner', () => {
    expect(runbook.owner).not.toBeNull()
  })

  test('says of every figure what is normal, so that whoever was woken need not guess', () => {
    const asking = runbook.steps.filter(({ block }) => block?.kind === 'query' || block?.kind === 'check')
    const silent = asking.filter(({ words }) => !/\d|\b(normal|none|nothing|no (line|row))\b/i.test(words))
    expect(silent.map(({ line, words }) => `${line}: ${words}`)).toEqual([])
  })

  test('names only runbooks that are there', () => {
    const words = runbook.steps.map((step) => step.words).join('\n')
    const named = [...words.matchAll(/runbook `([a-z-]+)`/gi)].map((found) => found[1] ?? '')
    expect(named.filter((name) => !names.includes(name))).toEqual([])
  })
})

/** Every answer of every step that asks, one after the other; what only wants to be done is done. */
function waysThrough(runbook: Runbook, meet: (run: Run) => void): Run[] {
  const opening = openingOf(runbook, { incident: null, place: '#general', values: {}, now: given.now })
  const begun: Run = told(null, { type: 'run.start', ...opening })
  const walk = (run: Run): Run[] => {
    meet(run)
    const step = currentStep(run)
    if (step === null) return [run]
    const { block, id } = step
    if (block?.kind !== 'ask') return walk(told(run, { type: 'run.finishStep', step: id, as: 'done', note: '' }))
    return block.choices.flatMap(({ answer }) => walk(told(run, { type: 'run.answer', step: id, answer })))
  }
  return walk(begun)
}

function told(run: Run | null, command: Command): Run {
  const decided = decide(run, command, given)
  if (isRefusal(decided)) throw new Error(`${command.type}: ${decided.refused}`)
  const after = decided.reduce<Run | null>(evolve, run)
  if (!after) throw new Error('nothing was started')
  return after
}
