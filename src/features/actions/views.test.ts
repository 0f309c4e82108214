/** The card: three lines that say it all on a phone, in every state, whatever the texts in it are. */
import { expect, test } from 'vitest'
import { exampleConfig, shippedTemplates } from '../../../tests/support/stage.ts'
import { visibleText } from '../../../tests/support/visible.ts'
import { slotsOf } from '../../core/slots.ts'
import { findBlockProblems } from '../../simulator/slack/block-rules.ts'
import type { Action, State } from './domain.ts'
import { ends } from './domain.ts'
import { evolve } from './evolve.ts'
import { makeRules } from './rules.ts'
import { card, stateWords } from './views.ts'

const config = exampleConfig()
const rules = makeRules({
  config,
  templates: shippedTemplates(),
  slots: slotsOf([]),
  content: [],
  linkSecret: 'a secret',
  publicUrl: '',
})

function actionIn(state: State, text = 'v141'): Action {
  const base = evolve(null, {
    type: 'action.requested',
    by: 'U0ANA',
    at: '2026-11-21T08:00:00.000Z',
    request: {
      id: '3',
      name: 'rollback-checkout-rehearsal',
      verb: 'rollback',
      title: text === 'v141' ? 'Roll back checkout' : text,
      target: { key: 'checkout/production', service: 'checkout', environment: 'production' },
      tier: 2,
      executor: 'rehearsal',
      params: {},
      entrySha: 'x',
      origin: text === 'v141' ? null : { feature: 'runbooks', id: '1', label: text },
      incident: '42',
      isPrivate: false,
      home: '#ops',
      reason: text,
      standing: [],
      pings: { approvers: [], deputies: [] },
      undoes: null,
      needs: [{ group: 'approvers', count: 1 }],
      confirms: 'none',
      runsItself: true,
      timeoutSeconds: 60,
    },
  })
  return {
    ...base,
    state,
    plan:
      state === 'planning' || state === 'no_plan'
        ? null
        : {
            payload: null,
            before: 'v142',
            after: text,
            blastRadius: text === 'v141' ? 'all clients of checkout' : text,
            lost: text === 'v141' ? null : text,
            takesSeconds: 40,
            steps: [text],
            observed: null,
            inverse: { params: {} },
            remarks: [text],
          },
    planHash: '3f9ac21e00',
    planExpiresAt: '2026-11-21T08:15:00.000Z',
    denied: { by: 'U0BEN', reason: text },
    blocked: { code: 'hold', why: text, whose: 'U0BEN' },
    stop: { by: null, reason: text, at: '' },
    detail: text,
    tail: `${text}\n\`\`\`<!channel>\n`,
    probes: [{ what: text, isOk: false, saw: text }],
    reconcile: { askedAt: '', doneAt: '', why: text },
    settlements: [{ by: 'U0BEN', verdict: 'done', evidence: text }],
  }
}

const world = { people: () => [], channels: () => [] }

test('the first three lines say what, where, from what to what, who feels it, who asks, and until when', () => {
  const { text, blocks } = card(actionIn('waiting'), rules)
  const [first, second, third] = visibleText({ text, blocks: [...(blocks ?? [])] }, world).split('\n')
  expect(first).toBe(':raised_hand: Roll back checkout · checkout · production waits for approval')
  expect(second).toBe('v142 → v141 · all clients of checkout')
  expect(third).toBe('asked by @U0ANA for INC-42 · expires 2026-11-21 08:15 UTC')
})

const states = Object.keys(stateWords) as State[]
const hostile = [
  '<!channel> <@U1|x> *bold* `code` ```block```',
  '\u202Eevil\u0000',
  'x'.repeat(3_000),
  '🔥'.repeat(200),
  ' ',
  'a\nb\nc',
]

test.each(states)('%s looks as Slack allows, whatever is in it, and pings nobody by accident', (state) => {
  for (const text of ['v141', ...hostile]) {
    const { blocks = [], text: plain } = card(actionIn(state, text), rules)
    expect(findBlockProblems(blocks, 'message')).toEqual([])
    expect(JSON.stringify(blocks)).not.toContain('<!channel>')
    expect(JSON.stringify(blocks)).not.toContain('<@U1')
    expect(plain).not.toContain('<!channel>')
  }
})

test('what is over shows no button that could begin or stop it', () => {
  for (const state of ends) {
    const drawn = JSON.stringify(card(actionIn(state), rules).blocks)
    for (const label of ['"Approve"', '"Deny"', '"Run now"', '"Stop"', '"Withdraw"']) expect(drawn).not.toContain(label)
  }
})
