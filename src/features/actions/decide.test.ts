/** Every state and every command: a defined answer, and never a step that the database would refuse. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../core/decision.ts'
import { catalogueOf } from './catalogue.ts'
import { actionsSchema } from './config.ts'
import { decide } from './decide.ts'
import { type Action, type AskedLately, type Command, type Event, ends, type Policy, type State } from './domain.ts'
import { evolve } from './evolve.ts'

const now = new Date('2026-11-21T08:00:00.000Z')
const config = actionsSchema.parse({
  catalogue: {
    roll: {
      title: 'Roll back checkout',
      verb: 'rollback',
      targets: ['checkout/production'],
      tier: 'T2',
      executor: 'rehearsal',
      timeout: '1m',
      verify: { probes: [{ rehearsal: {} }] },
      breakGlass: 'allow',
    },
  },
})
const policy: Policy = {
  catalogue: catalogueOf(config),
  severities: ['P1', 'P2'],
  freezes: [],
  limits: { perPerson: 3, perTarget: 4 },
  planLives: { 0: 60_000, 1: 60_000, 2: 60_000, 3: 60_000 },
  glassSeverity: 'P1',
  glassDelay: 300_000,
  reviewAfter: 86_400_000,
}
const plan = {
  payload: null,
  before: 'v2',
  after: 'v1',
  blastRadius: 'all',
  lost: null,
  takesSeconds: null,
  steps: [],
  observed: null,
  inverse: null,
}
const person = (id: string) => ({ id: '1', now, actor: { kind: 'person' as const, id }, policy })
const runner = { id: '1', now, actor: { kind: 'tocsin' as const, what: 'runner' }, policy }

function happened(action: Action | null, command: Command, given: typeof runner | ReturnType<typeof person>): Action {
  const decided = decide(action, command, given)
  if (isRefusal(decided)) throw new Error(`${command.type}: ${decided.refused}`)
  return decided.reduce<Action | null>(evolve, action) as Action
}

const planning = happened(
  null,
  {
    type: 'action.request',
    name: 'roll',
    target: 'checkout/production',
    params: {},
    reason: 'clients see errors',
    home: '#ops',
    incident: '7',
  },
  person('U_ANA'),
)
const waiting = happened(planning, { type: 'action.planned', plan }, runner)
const states: State[] = [
  'planning',
  'no_plan',
  'waiting',
  'approved',
  'preflight',
  'blocked',
  'dispatching',
  'running',
  'stopping',
  'verifying',
  'unknown',
  ...ends,
]
const commands: Command[] = [
  {
    type: 'action.request',
    name: 'roll',
    target: 'checkout/production',
    params: {},
    reason: 'clients see errors',
    home: '#ops',
  },
  { type: 'action.planned', plan },
  { type: 'action.planFailed', why: 'x' },
  { type: 'action.replan' },
  { type: 'action.approve', planHash: waiting.planHash ?? '', groups: ['approvers'], severity: null },
  { type: 'action.deny', reason: '' },
  { type: 'action.withdraw' },
  { type: 'action.askDeputies', planNumber: 1 },
  { type: 'action.expire', planNumber: 1 },
  {
    type: 'action.breakGlass',
    reason: 'nobody else is awake now',
    phrase: 'BREAK GLASS checkout production',
    severity: 'P1',
    overdueReviews: 0,
  },
  { type: 'action.glassIsBroken' },
  { type: 'action.runNow' },
  { type: 'action.begin' },
  { type: 'action.block', code: 'x', why: 'x' },
  { type: 'action.dispatch', guards: [{ name: 'drift', isOk: true, why: '' }] },
  { type: 'action.dispatch', guards: [{ name: 'drift', isOk: false, why: 'x' }] },
  { type: 'action.accepted', handle: null },
  { type: 'action.rejected', why: 'x' },
  { type: 'action.lost', why: 'x' },
  { type: 'action.progress', detail: '', tail: '' },
  { type: 'action.askToStop', reason: 'x' },
  { type: 'action.finish', how: 'succeeded', detail: '', tail: '' },
  { type: 'action.finish', how: 'failed', detail: '', tail: '' },
  { type: 'action.finish', how: 'stopped', detail: '', tail: '' },
  { type: 'action.verify', isOk: true, probes: [] },
  { type: 'action.verify', isOk: false, probes: [] },
  { type: 'action.lookAgain' },
  { type: 'action.reconciled', found: 'handle', handle: {}, why: '' },
  { type: 'action.reconciled', found: 'nothing', why: '' },
  { type: 'action.reconciled', found: 'unknown', why: '' },
  { type: 'action.settle', verdict: 'done', evidence: 'I have looked at it', groups: ['approvers'] },
  { type: 'action.settle', verdict: 'not-done', evidence: 'I have looked at it', groups: ['approvers'] },
  { type: 'action.pageUnknown' },
  { type: 'action.review', verdict: 'right', note: '' },
  { type: 'action.reviewOverdue' },
]

const migration = readFileSync('migrations/0009-actions.sql', 'utf8')
const graph = new Set([...migration.matchAll(/\('([a-z_]+)', '([a-z_]+)'\)/g)].map(([, from, to]) => `${from} ${to}`))

describe.each(states)('%s', (state) => {
  const base: Action = state === 'planning' ? planning : { ...waiting, state }
  const dueBase: Action = { ...base, breakGlass: null }

  test.each(commands)('$type has an answer, and takes only a step that the database knows', (command) => {
    for (const given of [runner, person('U_ANA'), person('U_BEN')]) {
      const decided = decide(dueBase, command, given)
      if (isRefusal(decided)) continue
      const after = decided.reduce<Action>((action: Action, event: Event) => evolve(action, event), dueBase)
      if (after.state !== state) expect(graph).toContain(`${state} ${after.state}`)
      if (ends.includes(state)) expect(after.state).toBe(state)
    }
  })
})

test('each step that the database knows is one that somebody can take, or a person with a reason', () => {
  const reached = new Set<string>()
  for (const state of states) {
    const base: Action = state === 'planning' ? planning : { ...waiting, state }
    // What needs nobody's approval, what has waited too long, and what cannot be stopped take ways of their own.
    const variants: Action[] = [
      base,
      { ...base, needs: [] },
      { ...base, planExpiresAt: '2020-01-01T00:00:00.000Z' },
      { ...base, executor: 'none', name: 'gone' },
      { ...base, tier: 0, name: 'gone' },
    ]
    for (const variant of variants)
      for (const command of commands)
        for (const given of [runner, person('U_ANA'), person('U_BEN')]) {
          const decided = decide(variant, command, given)
          if (isRefusal(decided)) continue
          const after = decided.reduce<Action>((action: Action, event: Event) => evolve(action, event), variant)
          if (after.state !== state) reached.add(`${state} ${after.state}`)
        }
  }
  expect([...graph].filter((edge) => !reached.has(edge))).toEqual([])
})

test('an approval of another plan, of oneself, or without a group counts for nothing', () => {
  const approve = {
    type: 'action.approve',
    planHash: waiting.planHash ?? '',
    groups: ['approvers'],
    severity: null,
  } as const
  expect(decide(waiting, { ...approve, planHash: 'other' }, person('U_BEN'))).toMatchObject({ refused: 'other-plan' })
  expect(decide(waiting, approve, person('U_ANA'))).toMatchObject({ refused: 'own-request' })
  expect(decide(waiting, { ...approve, groups: ['cooks'] }, person('U_BEN'))).toMatchObject({ refused: 'no-group' })
  expect(decide(waiting, approve, runner)).toMatchObject({ refused: 'not-yours' })
})

describe('asking too often within an hour', () => {
  const asking = (lately: readonly AskedLately[], more: object = {}) => {
    const [request] = commands
    const decided = decide(null, { ...request, lately, ...more } as Command, person('U_ANA'))
    return isRefusal(decided) ? [decided.refused, decided.details] : 'asked for'
  }
  const by = (person: string, target: string, times: number) =>
    Array.from({ length: times }, () => ({ by: person, target }))

  test('one person has so many, and others are not counted with them', () => {
    expect(asking(by('U_ANA', 'search/production', 2))).toBe('asked for')
    expect(asking(by('U_ANA', 'search/production', 3))).toEqual(['too-often', { what: '', count: 3 }])
    expect(asking(by('U_BEN', 'search/production', 9))).toBe('asked for')
  })

  test('one target has so many, whoever asks', () => {
    const four = [...by('U_BEN', 'checkout/production', 2), ...by('U_CLEO', 'checkout/production', 2)]
    expect(asking(four)).toEqual(['too-often', { what: 'checkout/production', count: 4 }])
  })

  test('a way back is never refused for it', () => {
    expect(asking(by('U_ANA', 'checkout/production', 9), { undoes: '1' })).toBe('asked for')
  })
})

test('in a freeze a plan is made where the glass may be broken for it, and nowhere else; nobody approves it', () => {
  const { freezes } = actionsSchema.parse({ freezes: [{ name: 'weekend', kind: 'deny', scope: '*/*' }] })
  const frozen = { ...policy, freezes }
  const [ana, ben] = [
    { ...person('U_ANA'), policy: frozen },
    { ...person('U_BEN'), policy: frozen },
  ]
  const asking = (severity: string | null, incident: string | null): Command => ({
    type: 'action.request',
    name: 'roll',
    target: 'checkout/production',
    params: {},
    reason: 'clients see errors',
    home: '#ops',
    incident,
    severity,
  })
  const glass: Command = {
    type: 'action.breakGlass',
    reason: 'nobody else is awake just now',
    phrase: 'BREAK GLASS checkout production',
    severity: 'P1',
    overdueReviews: 0,
  }

  expect(decide(null, asking(null, null), ana)).toMatchObject({ refused: 'frozen' })
  expect(decide(null, asking('P2', '7'), ana)).toMatchObject({ refused: 'frozen' })
  const waits = happened(happened(null, asking('P1', '7'), ana), { type: 'action.planned', plan }, runner)
  const approve: Command = {
    type: 'action.approve',
    planHash: waits.planHash ?? '',
    groups: ['approvers'],
    severity: 'P1',
  }
  expect(decide(waits, approve, ben)).toMatchObject({ refused: 'frozen' })
  expect(happened(waits, glass, ana).state).toBe('approved')
})
