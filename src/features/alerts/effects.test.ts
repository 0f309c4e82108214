import { expect, test } from 'vitest'
import type { Alert } from './alert.ts'
import { decide } from './domain.ts'
import { redraw } from './effects.ts'
import { evolve } from './evolve.ts'
import { defaultRoute } from './routes.ts'
import type { Rules } from './rules.ts'

const route = { ...defaultRoute('#alerts'), thread: true }
const policy = {
  routeOf: () => route,
  closesWhenClear: () => false,
  isAsGrave: () => true,
  inhibitions: [],
  maintenance: [],
  messageButtons: () => [],
} as unknown as Rules
const given = {
  id: 'g',
  now: new Date('2026-03-02T12:00:00Z'),
  actor: { kind: 'source', name: 'generic' },
  policy,
} as const

function down(nth: number): Alert {
  const labels = { alertname: 'HostDown', instance: `web-${nth}` }
  const words = { title: 'HostDown', labels, annotations: {}, links: [], extra: {} }
  const at = '2026-03-02T11:59:00.000Z'
  return { source: 'generic', fingerprint: `${nth}`, status: 'firing', ...words, endsAt: null, at }
}

function drawnFor(alerts: readonly Alert[]) {
  const decision = decide(
    null,
    { type: 'alert.observe', place: { route: 'r', key: {} }, alerts, attachTo: null },
    given,
  )
  const events = 'refused' in decision ? [] : decision
  const [first, ...rest] = events
  if (!first) throw new Error('nothing happened')
  const group = rest.reduce(evolve, evolve(null, first))
  return { group, events, effects: redraw(group, events, given) }
}

test('a rack that goes down is drawn once, and below its message ten are named and the others counted', () => {
  const { events, effects } = drawnFor(Array.from({ length: 300 }, (_, nth) => down(nth)))

  expect(events).toHaveLength(300)
  expect(effects.map(({ kind }) => kind)).toEqual(['slack.show', 'slack.say'])
  const said = JSON.stringify(effects[1])
  expect(said).toContain('instance=web-10')
  expect(said).not.toContain('instance=web-11 ')
  expect(said).toContain('… and 289 more')
})

test('the first alert is the message, and nothing is said below it', () => {
  expect(drawnFor([down(1)]).effects.map(({ kind }) => kind)).toEqual(['slack.show'])
})

test('what changed nothing draws nothing', () => {
  const { group } = drawnFor([down(1)])
  expect(redraw(group, [{ type: 'alert.dropped', counts: { duplicate: 1 } }], given)).toEqual([])
})
