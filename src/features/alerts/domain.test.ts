import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Actor } from '../../core/decision.ts'
import { isRefusal } from '../../core/decision.ts'
import { type Alert, type AlertGroup, decide, type Event, evolve, type Policy } from './domain.ts'

const actor: Actor = { kind: 'source', name: 'generic' }
const policy: Policy = { opensAt: (alert) => (alert.labels.severity === 'critical' ? 'P1' : null) }
const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 12, minute)).toISOString()
const alert = (status: Alert['status'], minute: number, severity = 'warning'): Alert => ({
  source: 'generic',
  fingerprint: 'f',
  status,
  title: 'CheckoutDown',
  summary: '',
  labels: { severity },
  link: null,
  at: at(minute),
})

function observe(group: AlertGroup | null, ...alerts: Alert[]) {
  const decision = decide(group, { type: 'alert.observe', alerts }, { id: 'g', now: new Date(at(0)), actor, policy })
  const events: readonly Event[] = isRefusal(decision) ? [] : decision
  return {
    types: events.map((event) => event.type),
    events,
    group: events.reduce<AlertGroup | null>(evolve, group),
    decision,
  }
}

test('a critical alert opens an incident, another one is only shown', () => {
  expect(observe(null, alert('firing', 1, 'critical')).events).toMatchObject([{ type: 'alert.fired', open: 'P1' }])
  expect(observe(null, alert('firing', 1)).events).toMatchObject([{ type: 'alert.fired', open: null }])
})

test('an alert that is sent again changes nothing', () => {
  const { group } = observe(null, alert('firing', 1))
  expect(observe(group, alert('firing', 1)).types).toEqual([])
})

test('firing, resolved, firing comes out as three changes, whatever order they arrive in', () => {
  const three = [alert('firing', 1), alert('resolved', 2), alert('firing', 3)]
  expect(observe(null, ...three).types).toEqual(['alert.fired', 'alert.ended', 'alert.fired'])
  expect(observe(null, ...three.toReversed()).types).toEqual(['alert.fired', 'alert.ended', 'alert.fired'])
})

test('a late firing after a known end does not bring the alert back', () => {
  const { group } = observe(null, alert('firing', 1), alert('resolved', 5))
  expect(observe(group, alert('firing', 3)).types).toEqual([])
})

test('a flapping alert keeps its message; after half an hour of quiet it gets a new one', () => {
  const { group } = observe(null, alert('firing', 1), alert('resolved', 2), alert('firing', 3), alert('resolved', 4))
  expect(group?.messageNumber).toBe(1)
  expect(observe(group, alert('firing', 40)).group).toMatchObject({ messageNumber: 2, firedCount: 3 })
})

test('the end of something that never began here is no news', () => {
  expect(observe(null, alert('resolved', 1)).decision).toEqual({ refused: 'nothing-new' })
})

test('while its incident runs, an alert that fires again opens no second one', () => {
  const { group } = observe(null, alert('firing', 1, 'critical'), alert('resolved', 2))
  const linked = evolve(group, { type: 'alert.incidentLinked', incident: '42' })
  expect(observe(linked, alert('firing', 3, 'critical')).events).toMatchObject([{ type: 'alert.fired', open: null }])
})

test('however observations are repeated and cut into handfuls, the state comes out the same', () => {
  const one = fc.record({
    status: fc.constantFrom('firing' as const, 'resolved' as const),
    minute: fc.integer({ min: 0, max: 59 }),
  })
  fc.assert(
    fc.property(fc.uniqueArray(one, { selector: ({ minute }) => minute, maxLength: 12 }), fc.nat(12), (all, cutAt) => {
      const alerts = all.map(({ status, minute }) => alert(status, minute)).toSorted((a, b) => a.at.localeCompare(b.at))
      const together = observe(null, ...alerts).group
      const first = observe(null, ...alerts.slice(0, cutAt)).group
      const apart = observe(first, ...alerts.slice(0, cutAt), ...alerts.slice(cutAt)).group
      const state = (group: AlertGroup | null) =>
        group && [group.status, group.startedAt, group.firedCount, group.resolvedAt]
      expect(state(apart)).toEqual(state(together))
    }),
  )
})
