import { expect, test } from 'vitest'
import { isRefusal } from '../../../core/decision.ts'
import { type Command, decide, type Event, evolve, type Opening } from './domain.ts'

const start = Date.UTC(2026, 2, 2, 12, 0)

function play(opening: Opening | null, command: Command, second = 0) {
  const decision = decide(opening, command, {
    id: 'service checkout',
    now: new Date(start + second * 1_000),
    actor: { kind: 'tocsin', what: 'alerts' },
    policy: { isAsGrave: (a, b) => a <= b },
  })
  const events: readonly Event[] = isRefusal(decision) ? [] : decision
  return { types: events.map((event) => event.type), events, opening: events.reduce<Opening | null>(evolve, opening) }
}

function want(group: string, more: Partial<Extract<Command, { type: 'opening.want' }>> = {}): Command {
  const declaration = { type: 'incident.declare' } as const
  const wanted = { group, severity: 'P2', asTriage: false, declaration }
  return { type: 'opening.want', key: 'service checkout', service: 'checkout', running: null, ...wanted, ...more }
}

test('the first opens, the others wait and join', () => {
  const first = play(null, want('a'))
  expect(first.types).toEqual(['opening.began'])
  const second = play(first.opening, want('b'))
  expect(second.types).toEqual(['opening.waited'])
  const incident = { id: '1', status: 'investigating', severity: 'P2' }
  const settled = play(second.opening, { type: 'opening.settle', group: 'a', incident })
  expect(settled.events).toMatchObject([{ type: 'opening.settled', waiting: ['b'] }])
})

test('what is graver opens one of its own, and nobody who waited is forgotten', () => {
  const waiting = play(play(null, want('a')).opening, want('b')).opening
  const graver = play(waiting, want('c', { severity: 'P1' }))
  expect(graver.types).toEqual(['opening.began'])
  expect(graver.opening?.waiting).toEqual(['b'])
})

test('one that is only asked about does not keep back one that is sure', () => {
  const asked = play(null, want('a', { asTriage: true })).opening
  expect(play(asked, want('b')).types).toEqual(['opening.began'])
  expect(play(asked, want('b', { asTriage: true })).types).toEqual(['opening.waited'])
})

test('a declaration that never came does not keep the next one waiting', () => {
  const stuck = play(null, want('a')).opening
  expect(play(stuck, want('b'), 30).types).toEqual(['opening.waited'])
  expect(play(stuck, want('b'), 90).types).toEqual(['opening.began'])
})

test('what runs already is joined, if it is as grave', () => {
  const running = { id: '7', status: 'investigating', severity: 'P2' }
  expect(play(null, want('a', { running })).events).toMatchObject([{ type: 'opening.joined', incident: running }])
  expect(play(null, want('a', { running, severity: 'P1' })).types).toEqual(['opening.began'])
})
