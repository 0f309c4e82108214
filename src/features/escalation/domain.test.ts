import { describe, expect, test } from 'vitest'
import { type About, type Command, decide, type Escalation, type Event, evolve, type Policy } from './domain.ts'
import { presets } from './presets.ts'

const declaredAt = '2026-03-01T03:00:00.000Z'
const about: About = {
  title: 'checkout is down',
  severity: 'P1',
  status: 'investigating',
  lead: null,
  isPrivate: false,
  isReal: true,
  isOver: false,
}
const policy: Policy = {
  lateUpdateSeverities: ['P1'],
  isToldOutside: ({ isPrivate }) => !isPrivate,
  ladders: [
    { name: 'response', severities: ['P1'], services: null, ...presets.response },
    { name: 'leadership', severities: ['P1', 'P2'], services: null, ...presets.leadership },
  ],
}

function perform(state: Escalation | null, command: Command, minutes: number): readonly Event[] {
  const now = new Date(Date.parse(declaredAt) + minutes * 60_000)
  const actor = { kind: 'timer', key: 'k', lateSeconds: 0 } as const
  const decision = decide(state, command, { id: '42', now, actor, policy })
  if ('refused' in decision) throw new Error(decision.refused)
  return decision
}

function after(...steps: [Command, number][]): Escalation {
  let state: Escalation | null = null
  for (const [command, minutes] of steps)
    state = perform(state, command, minutes).reduce<Escalation | null>(evolve, state)
  if (!state) throw new Error('nothing was begun')
  return state
}

const begin: Command = { type: 'escalation.begin', about, declaredAt }
const climb: Command = { type: 'escalation.climb' }
const reachedOf = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'escalation.rungReached' ? [`${event.ladder} ${event.rung}`] : []))

describe('the two ladders of a P1 that nobody touches', () => {
  test.each([
    [0, ['response 0', 'leadership 0']],
    [5, ['response 1']],
    [15, ['response 2', 'leadership 1']],
    [30, ['response 3', 'leadership 2']],
    [60, ['leadership 3']],
  ])('at minute %i these rungs are climbed: %j', (minute, expected) => {
    const [earlier] = [0, 5, 15, 30, 60].filter((one) => one < minute).slice(-1)
    const state = earlier === undefined ? null : after([begin, 0], [climb, earlier])
    const events = perform(state, state ? climb : begin, minute)
    expect(reachedOf(events).toSorted()).toEqual(expected.toSorted())
  })
})

test('whoever acknowledged stops the rungs that wake for want of an answer, not those that inform', () => {
  const state = after([begin, 0], [{ type: 'escalation.acknowledge', by: 'U1', via: 'slack' }, 2])
  const events = perform(state, climb, 16)
  expect(reachedOf(events).toSorted()).toEqual(['leadership 1', 'response 2'])
  expect(events.filter(({ type }) => type === 'escalation.rungSkipped')).toMatchObject([
    { ladder: 'response', rung: 1, why: 'acknowledged' },
  ])
})

test('a severity that is lowered and raised again climbs no rung twice', () => {
  const lower: Command = { type: 'escalation.follow', about: { ...about, severity: 'P4' } }
  const state = after([begin, 0], [lower, 4])
  expect(reachedOf(perform(state, climb, 20))).toEqual([])
  const raised = perform(state, { type: 'escalation.follow', about }, 20)
  expect(reachedOf(raised).toSorted()).toEqual(['leadership 1', 'response 1', 'response 2'])
})

test.each([
  ['over', { isOver: true }],
  ['a drill', { isReal: false }],
])('nobody is woken for an incident that is %s', (_, change) => {
  const state = after([begin, 0], [{ type: 'escalation.follow', about: { ...about, ...change } }, 1])
  expect(perform(state, climb, 90)).toEqual([])
})

test('what was missed while nobody ran is climbed once, and the same moment again changes nothing', () => {
  const state = after([begin, 0], [climb, 90])
  expect(state.done).toHaveLength(8)
  expect(perform(state, climb, 91)).toEqual([])
  expect(perform(state, begin, 91)).toEqual([])
})

test('an update that stays away is told once for each promise, at the severities that ask for it, and not when it is over', () => {
  const miss = (dueAt: string): Command => ({ type: 'escalation.missUpdate', dueAt })
  const [first, second] = ['2026-03-01T03:30:00.000Z', '2026-03-01T04:00:00.000Z']
  const state = after([begin, 0], [miss(first), 45])

  expect(perform(state, miss(first), 46)).toEqual([])
  expect(perform(state, miss(second), 75)).toMatchObject([{ type: 'escalation.updateMissed', dueAt: second }])
  for (const other of [{ severity: 'P3' }, { isOver: true }, { isReal: false }])
    expect(
      perform(after([begin, 0], [{ type: 'escalation.follow', about: { ...about, ...other } }, 1]), miss(first), 45),
    ).toEqual([])
})

test('news are told outside where that is configured, and never of a drill', () => {
  const tell: Command = { type: 'escalation.tell', news: { what: 'note', by: 'Ana', text: 'restarted db-3' } }
  const told = (change: Partial<About>) =>
    perform(after([begin, 0], [{ type: 'escalation.follow', about: { ...about, ...change } }, 1]), tell, 2).length

  expect(told({})).toBe(1)
  expect(told({ isOver: true })).toBe(1)
  expect(told({ isPrivate: true })).toBe(0)
  expect(told({ isReal: false })).toBe(0)
})
