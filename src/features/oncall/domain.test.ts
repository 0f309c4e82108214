import { expect, test } from 'vitest'
import type { Actor } from '../../core/decision.ts'
import { type Command, decide, type Event, type Page, type Policy, type Step } from './domain.ts'
import { evolve } from './evolve.ts'

const minute = 60_000
const start = Date.parse('2026-03-01T03:00:00Z')
const steps: readonly Step[] = [
  { after: 0, call: ['pagerduty'], by: ['slack'] },
  { after: 5 * minute, call: ['schedule platform'], by: ['slack', 'mail'] },
  { after: 10 * minute, call: ['U0EVA00005'], by: ['slack'] },
]
const policy: Policy = {
  stepsFor: ({ team }) => (team === 'platform' ? steps : []),
  sameAgainAfter: 10 * minute,
  giveUpAfter: 10 * minute,
  personOf: ({ id }) => (id === 'PBEN002' ? 'U0BEN00002' : null),
}
const send = (about: Page['about'], team = 'platform'): Command => ({
  type: 'page.send',
  target: { team, person: null },
  summary: 'checkout is down',
  severity: 'critical',
  priority: null,
  link: null,
  about,
  isTest: false,
})
const aboutIncident = { feature: 'incidents', id: '1' }
const ana: Actor = { kind: 'person', id: 'U0ANA00001' }

function answerOf(page: Page | null, command: Command, minutes: number) {
  return decide(page, command, { id: 'p', now: new Date(start + minutes * minute), actor: ana, policy })
}

function after(...given: [Command, number][]): Page {
  let page: Page | null = null
  for (const [command, minutes] of given) {
    const decision = answerOf(page, command, minutes)
    if ('refused' in decision) throw new Error(decision.refused)
    page = decision.reduce<Page | null>(evolve, page)
  }
  if (!page) throw new Error('nothing was sent')
  return page
}

const typesOf = (decision: readonly Event[] | object) =>
  Array.isArray(decision) ? decision.map((event: Event) => event.type) : decision

test('a page about an incident that is under way is not sent again, and says nothing', () => {
  const page = after([send(aboutIncident), 0])
  expect(answerOf(page, send(aboutIncident), 1)).toEqual([])
})

test('a page by hand is refused within ten minutes, and says how it stands', () => {
  const page = after([send(null), 0])
  expect(answerOf(page, send(null), 3)).toEqual({ refused: 'paged-already', details: { minutes: 3 } })
  const answered = after([send(null), 0], [{ type: 'page.acknowledge', by: 'U0ANA00001', via: 'slack' }, 1])
  expect(answerOf(answered, send(null), 3)).toMatchObject({
    refused: 'answered-already',
    details: { by: 'U0ANA00001' },
  })
  expect(typesOf(answerOf(page, send(null), 11))).toEqual(['page.sent', 'page.climbed', 'page.called'])
})

test('a team that nobody configured has nobody to page', () => {
  expect(answerOf(null, send(null, 'nowhere'), 0)).toEqual({ refused: 'nobody-to-page' })
})

test('PagerDuty fails for good: it is said and the next step comes at once; late, it is said and brings nothing twice', () => {
  const page = after([send(null), 0])
  const failed: Command = { type: 'page.callFailed', step: 0, code: 'no_routing_key' }
  expect(typesOf(answerOf(page, failed, 0))).toEqual(['page.callFailed', 'page.notTaken', 'page.climbed'])
  const climbed = after([send(null), 0], [{ type: 'page.climb' }, 5])
  expect(typesOf(answerOf(climbed, failed, 6))).toEqual(['page.callFailed', 'page.notTaken'])
})

test('what PagerDuty has not taken within its minute is said once, and the next step comes at once', () => {
  const check: Command = { type: 'page.checkTaken', round: 1, step: 0 }
  const waiting = after([send(null), 0])
  expect(typesOf(answerOf(waiting, check, 1))).toEqual(['page.notTaken', 'page.climbed'])
  expect(answerOf(after([send(null), 0], [check, 1]), check, 2)).not.toContainEqual(
    expect.objectContaining({ type: 'page.notTaken' }),
  )

  const taken: Command = { type: 'page.deliver', round: 1, step: 0, person: '', way: 'pagerduty' }
  expect(answerOf(after([send(null), 0], [taken, 0]), check, 1)).toEqual([])
  const acknowledged: Command = { type: 'page.acknowledge', by: 'U0ANA00001', via: 'slack' }
  expect(answerOf(after([send(null), 0], [acknowledged, 0]), check, 1)).toEqual([])
  expect(answerOf(waiting, { ...check, round: 2 }, 1)).toEqual([])
})

test('nobody on the schedule: the page goes on to the next step at once', () => {
  const page = after([send(null), 0], [{ type: 'page.climb' }, 5])
  const nobody: Command = { type: 'page.call', step: 1, schedule: 'platform', person: null }
  expect(typesOf(answerOf(page, nobody, 5))).toEqual(['page.nobodyThere', 'page.climbed', 'page.called'])
})

test('the same answer of a schedule twice calls nobody twice', () => {
  const found: Command = { type: 'page.call', step: 1, schedule: 'platform', person: 'U0BEN00002' }
  const page = after([send(null), 0], [{ type: 'page.climb' }, 5], [found, 5])
  expect(page.calls.filter(({ person }) => person === 'U0BEN00002').map(({ way }) => way)).toEqual(['slack', 'mail'])
  expect(answerOf(page, found, 5)).toEqual([])
})

test('once acknowledged nothing climbs, and who was second is told who was first', () => {
  const page = after([send(null), 0], [{ type: 'page.acknowledge', by: 'U0BEN00002', via: 'mail' }, 1])
  expect(answerOf(page, { type: 'page.climb' }, 5)).toEqual([])
  expect(answerOf(page, { type: 'page.acknowledge', by: 'U0ANA00001', via: 'slack' }, 5)).toEqual({
    refused: 'already-acknowledged',
    details: { by: 'U0BEN00002' },
  })
})

test('after the last step everybody was called; it can still be acknowledged, and comes back as another round', () => {
  const climb: Command = { type: 'page.climb' }
  const page = after([send(aboutIncident), 0], [climb, 5], [climb, 10], [climb, 20])
  expect(page.status).toBe('exhausted')
  expect(typesOf(answerOf(page, { type: 'page.acknowledge', by: 'U0EVA00005', via: 'slack' }, 25))).toEqual([
    'page.acknowledged',
  ])
  expect(after([send(aboutIncident), 0], [{ type: 'page.resolve' }, 3], [send(aboutIncident), 60]).round).toBe(2)
})

test('what PagerDuty says of an incident counts as an answer where nobody answered yet, and only there', () => {
  const incident = { id: 'Q1', url: null, status: 'acknowledged', by: { id: 'PBEN002', name: 'Ben', email: null } }
  const see: Command = { type: 'page.seeThere', observed: { outcome: 'found', incident } }
  const found = { type: 'page.foundThere', there: { id: 'Q1', url: null } }

  expect(answerOf(after([send(null), 0]), see, 1)).toMatchObject([
    found,
    { type: 'page.acknowledged', by: 'U0BEN00002', via: 'pagerduty' },
  ])
  const answered = after([send(null), 0], [{ type: 'page.acknowledge', by: 'U0ANA00001', via: 'slack' }, 1])
  expect(answerOf(answered, see, 2)).toEqual([found])
  const triggered: Command = {
    type: 'page.seeThere',
    observed: { outcome: 'found', incident: { ...incident, status: 'triggered' } },
  }
  expect(answerOf(after([send(null), 0]), triggered, 1)).toEqual([found])
  expect(answerOf(after([send(null), 0]), { type: 'page.seeThere', observed: { outcome: 'none' } }, 1)).toEqual([])
})

test('a call of an earlier round that arrives late is not counted to this one', () => {
  const page = after([send(aboutIncident), 0], [{ type: 'page.resolve' }, 3], [send(aboutIncident), 60])
  const deliver = (round: number): Command => ({ type: 'page.deliver', round, step: 0, person: '', way: 'pagerduty' })

  expect(answerOf(page, deliver(1), 61)).toEqual([])
  const [delivered] = after(
    [send(aboutIncident), 0],
    [{ type: 'page.resolve' }, 3],
    [send(aboutIncident), 60],
    [deliver(2), 61],
  ).calls
  expect(delivered?.deliveredAt).toBe('2026-03-01T04:01:00.000Z')
})
