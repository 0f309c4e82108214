import { describe, expect, test } from 'vitest'
import type { Actor } from '../../core/decision.ts'
import { type Command, decide, type Event, evolve, type Incident, type Policy } from './domain.ts'

const noon = new Date('2026-03-02T12:00:00Z')
const policy: Policy = {
  severities: ['P1', 'P2', 'P3', 'P4'],
  defaultSeverity: 'P3',
  askForLeadAfter: [120_000, 300_000],
}
const ana: Actor = { kind: 'person', id: 'U_ANA' }
const timer: Actor = { kind: 'timer', key: 'k', lateSeconds: 0 }

const declared: Event = {
  type: 'incident.declared',
  id: '42',
  title: 'Checkout is down',
  severity: 'P2',
  by: 'U_ANA',
  origin: null,
  at: noon.toISOString(),
}
const led: Event = { type: 'incident.leadGiven', to: 'U_BEN', from: null, by: 'U_BEN', at: noon.toISOString() }
const resolved: Event = { type: 'incident.resolved', summary: 'done', by: 'U_ANA', at: noon.toISOString() }

function given(...events: Event[]) {
  const state = events.reduce<Incident | null>(evolve, null)
  return { when: (command: Command, actor = ana) => decide(state, command, { id: '42', now: noon, actor, policy }) }
}

describe('declaring', () => {
  test('without a severity takes the configured one', () => {
    expect(given().when({ type: 'incident.declare', title: 'Checkout', severity: null })).toMatchObject([
      { id: '42', severity: 'P3', by: 'U_ANA' },
    ])
  })
  test('needs a title', () => {
    expect(given().when({ type: 'incident.declare', title: '', severity: null })).toEqual({ refused: 'title-missing' })
  })
  test('with a severity that is not configured says which are', () => {
    expect(given().when({ type: 'incident.declare', title: 'x', severity: 'SEV1' })).toEqual({
      refused: 'no-such-severity',
      details: { severity: 'SEV1', accepted: 'P1, P2, P3, P4' },
    })
  })
  test('by an alert has no person behind it', () => {
    const origin = { feature: 'alerts', id: 'a', label: 'alert Checkout' }
    const source: Actor = { kind: 'tocsin', what: 'outbox' }
    expect(given().when({ type: 'incident.declare', title: 'x', severity: 'P1', origin }, source)).toMatchObject([
      { by: null, origin },
    ])
  })
})

describe('leading', () => {
  test('anybody may take it, also from somebody else', () => {
    expect(given(declared, led).when({ type: 'incident.giveLead', to: 'U_ANA' })).toMatchObject([
      { to: 'U_ANA', from: 'U_BEN' },
    ])
  })
  test('whoever leads already is told so', () => {
    expect(given(declared, led).when({ type: 'incident.giveLead', to: 'U_BEN' })).toEqual({
      refused: 'already-lead',
      details: { lead: 'U_BEN' },
    })
  })
  test('the first taking is remembered as the acknowledgement', () => {
    const later: Event = { ...led, to: 'U_CLEO', at: '2026-03-02T13:00:00.000Z' }
    expect([declared, led, later].reduce<Incident | null>(evolve, null)?.leadTakenAt).toBe(noon.toISOString())
  })
})

describe('severity', () => {
  test('may be raised without a word', () => {
    expect(given(declared).when({ type: 'incident.changeSeverity', to: 'P1', reason: '' })).toMatchObject([
      { from: 'P2', to: 'P1' },
    ])
  })
  test('is lowered only for a reason', () => {
    expect(given(declared).when({ type: 'incident.changeSeverity', to: 'P4', reason: '' })).toEqual({
      refused: 'downgrade-needs-reason',
      details: { severity: 'P4' },
    })
    expect(given(declared).when({ type: 'incident.changeSeverity', to: 'P4', reason: 'one client' })).toMatchObject([
      { to: 'P4' },
    ])
  })
  test('that it has already is no change', () => {
    expect(given(declared).when({ type: 'incident.changeSeverity', to: 'P2', reason: '' })).toEqual({
      refused: 'same-severity',
      details: { severity: 'P2' },
    })
  })
})

describe('asking for a lead', () => {
  test('counts how often it asked', () => {
    expect(given(declared).when({ type: 'incident.askForLead' }, timer)).toMatchObject([{ time: 1, of: 2 }])
  })
  test('asks once for all the moments that went by while nobody ran', () => {
    const late = { ...declared, at: new Date(noon.getTime() - 3_600_000).toISOString() }
    expect(given(late).when({ type: 'incident.askForLead' }, timer)).toMatchObject([{ time: 2, of: 2 }])
  })
  test('says nothing once somebody leads, or when it is over', () => {
    expect(given(declared, led).when({ type: 'incident.askForLead' }, timer)).toEqual([])
    expect(given(declared, resolved).when({ type: 'incident.askForLead' }, timer)).toEqual([])
  })
})

describe('when it is over', () => {
  test.each<Command>([
    { type: 'incident.resolve', summary: '' },
    { type: 'incident.giveLead', to: 'U_BEN' },
    { type: 'incident.changeSeverity', to: 'P1', reason: '' },
  ])('$type is refused', (command) => {
    expect(given(declared, resolved).when(command)).toEqual({ refused: 'already-resolved' })
  })
})

test('nothing can be done to an incident that was never declared', () => {
  expect(given().when({ type: 'incident.resolve', summary: '' })).toEqual({ refused: 'no-such-incident' })
})
test('a channel that is reported twice is used once', () => {
  const opened: Event = { type: 'incident.channelOpened', channel: { id: 'C1', name: 'inc-42' } }
  expect(
    given(declared, opened).when({ type: 'incident.useChannel', observed: { channelId: 'C1', name: 'inc-42' } }),
  ).toEqual([])
})
test('what is shown on the card already is not shown again', () => {
  const shown: Event = { type: 'incident.cardFactsSet', feature: 'tasks', facts: { open: 2, overdue: [] } }
  const again: Command = { type: 'incident.setCardFacts', feature: 'tasks', facts: { overdue: [], open: 2 } }
  expect(given(declared, shown).when(again)).toEqual([])
  expect(given(declared, shown).when({ ...again, facts: { open: 3 } })).toMatchObject([{ facts: { open: 3 } }])
})
