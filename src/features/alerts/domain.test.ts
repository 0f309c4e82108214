import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Actor, isRefusal } from '../../core/decision.ts'
import { parseMatchers } from '../../lib/matchers.ts'
import { type Alert, type AlertGroup, type Command, decide, type Event, type Policy } from './domain.ts'
import { evolve } from './evolve.ts'
import { defaultRoute, type Route } from './routes.ts'
import { fairWeather, type Surroundings } from './surroundings.ts'

const start = Date.UTC(2026, 2, 2, 12, 0)
const at = (minute: number) => new Date(start + minute * 60_000).toISOString()
const match = (text: string) => {
  const parsed = parseMatchers(text)
  if (!Array.isArray(parsed)) throw new Error(parsed.problem)
  return parsed
}
const source: Actor = { kind: 'source', name: 'generic' }
const ana: Actor = { kind: 'person', id: 'U0ANA0001' }

interface Scene {
  route?: Partial<Route>
  policy?: Partial<Policy>
  around?: Partial<Surroundings>
  minute?: number
  actor?: Actor
}

function alert(status: Alert['status'], minute: number, more: Partial<Alert> = {}): Alert {
  const words = { title: 'CheckoutDown', labels: { service: 'checkout' }, annotations: {}, links: [], extra: {} }
  return { source: 'generic', fingerprint: 'f', status, ...words, endsAt: null, at: at(minute), ...more }
}
const firing = (minute: number, more: Partial<Alert> = {}) => alert('firing', minute, more)
const resolved = (minute: number, more: Partial<Alert> = {}) => alert('resolved', minute, more)

function perform(
  group: AlertGroup | null,
  command: Command,
  { route, policy, minute = 0, actor = source }: Scene = {},
) {
  const taken = { ...defaultRoute('#alerts'), ...route }
  const given = {
    id: 'g',
    now: new Date(at(minute)),
    actor,
    policy: {
      routeOf: () => taken,
      closesWhenClear: () => false,
      isAsGrave: (a: string, b: string) => a <= b,
      inhibitions: [],
      maintenance: [],
      ...policy,
    },
  }
  const decision = decide(group, command, given)
  const events: readonly Event[] = isRefusal(decision) ? [] : decision
  const after = events.reduce<AlertGroup | null>(evolve, group)
  return { decision, events, types: events.map((event) => event.type), group: after }
}

function observe(group: AlertGroup | null, alerts: readonly Alert[], scene: Scene = {}) {
  const place = { route: 'r', key: {} }
  const surroundings = { ...fairWeather, ...scene.around }
  return perform(group, { type: 'alert.observe', place, alerts, attachTo: null, surroundings }, scene)
}

const opens = { name: 'r', open: 'P1' }

test('what a route wants done is done once, however often the alert is sent', () => {
  const first = observe(null, [firing(1)], { route: opens })
  expect(first.types).toEqual(['alert.fired', 'alert.acted'])
  expect(first.events.at(-1)).toMatchObject({ incident: { how: 'declare', severity: 'P1', asTriage: false } })
  const again = observe(first.group, [firing(1), firing(1)], { route: opens })
  expect(again.events).toEqual([{ type: 'alert.dropped', counts: { duplicate: 2 } }])
})

test('an alert that no route takes is shown, and nothing more', () => {
  const { types, group } = observe(null, [firing(1)])
  expect(types).toEqual(['alert.fired'])
  expect(group?.outbreak.isShown).toBe(true)
})

test('firing, resolved, firing comes out as three changes, whatever order they arrive in', () => {
  const three = [firing(1), resolved(2), firing(3)]
  expect(observe(null, three).types).toEqual(['alert.fired', 'alert.ended', 'alert.fired'])
  expect(observe(null, three.toReversed()).types).toEqual(['alert.fired', 'alert.ended', 'alert.fired'])
})

test('a late firing after a known end does not bring the alert back', () => {
  const { group } = observe(null, [firing(1), resolved(5)])
  expect(observe(group, [firing(3)]).events).toEqual([{ type: 'alert.dropped', counts: { late: 1 } }])
})

test('the end of something that never began here tells nobody, and its late beginning does not either', () => {
  const { group } = observe(null, [resolved(5)])
  expect(group).toMatchObject({ status: 'resolved', outbreak: { number: 0, isShown: false } })
  expect(observe(group, [firing(1)]).group).toMatchObject({ status: 'resolved', outbreak: { isShown: false } })
})

test('an alert that is over by its own word is over, though its end was never sent', () => {
  const expired = firing(1, { endsAt: at(6) })
  expect(observe(null, [expired], { minute: 3 }).types).toEqual(['alert.fired'])
  const { group } = observe(null, [firing(1)])
  expect(observe(group, [expired], { minute: 10 }).group).toMatchObject({
    status: 'resolved',
    outbreak: { endedAt: at(6) },
  })
})

test('a flapping alert keeps its message; after half an hour of quiet it gets a new one', () => {
  const { group } = observe(null, [firing(1), resolved(2), firing(3), resolved(4)])
  expect(group).toMatchObject({ outbreak: { number: 1, firedCount: 2 }, firings: [at(1), at(3)] })
  expect(observe(group, [firing(40)]).group).toMatchObject({
    outbreak: { number: 2, firedCount: 1 },
    firings: [at(1), at(3), at(40)],
  })
})

test('said again and again within a handful, only the last word is written down', () => {
  const { group } = observe(null, [firing(1), firing(1, { fingerprint: 'g' })])
  const again = [2, 3, 4].flatMap((minute) => [firing(minute), firing(minute, { fingerprint: 'g' })])
  const together = observe(group, again)
  expect(together.types).toEqual(['alert.refreshed', 'alert.refreshed'])
  const oneByOne = again.reduce<AlertGroup | null>((seen, alert) => observe(seen, [alert]).group, group)
  expect(together.group).toEqual(oneByOne)
  expect(observe(group, [firing(2), resolved(3), firing(4), firing(5)]).types).toEqual([
    'alert.refreshed',
    'alert.ended',
    'alert.fired',
    'alert.refreshed',
  ])
})

test('newer words about the same firing are shown, and change nothing else', () => {
  const { group } = observe(null, [firing(1)], { route: opens })
  const louder = observe(group, [firing(1, { labels: { service: 'checkout', severity: 'critical' } })], {
    route: opens,
  })
  expect(louder.types).toEqual(['alert.refreshed'])
  expect(louder.group?.members.get('f')?.labels.severity).toBe('critical')
})

test('while its incident runs, an alert that fires again opens no second one and pages nobody', () => {
  const { group } = observe(null, [firing(1), resolved(2)], { route: { ...opens, page: 'platform' } })
  const linked = evolve(group, {
    type: 'alert.incidentLinked',
    incident: { id: '42', status: 'investigating', severity: 'P1' },
    left: null,
    by: null,
  })
  expect(observe(linked, [firing(3)], { route: { ...opens, page: 'platform' } }).types).toEqual(['alert.fired'])
})

test('what was paged for and ended by itself pages again, unless somebody said «I have it»', () => {
  const pages = { route: { page: 'platform' } }
  const { group } = observe(null, [firing(1)], pages)
  const forgotten = observe(group, [resolved(2), firing(3)], pages)
  expect(forgotten.types).toContain('alert.acted')
  const taken = perform(group, { type: 'alert.acknowledge', by: null }, { actor: ana })
  expect(observe(taken.group, [resolved(2), firing(3)], pages).types).not.toContain('alert.acted')
})

test('an alert joins the incident that runs for its service, and only else opens one', () => {
  const running = { id: '7', status: 'investigating', severity: 'P1', declaredAt: at(-10) }
  const route = { attach: true, open: 'P1', page: 'platform' }
  const joins = observe(null, [firing(1)], { route, around: { running } })
  expect(joins.types).toEqual(['alert.fired', 'alert.acted', 'alert.incidentLinked'])
  expect(joins.events[1]).toMatchObject({ page: null, incident: { how: 'attach', isSaid: true } })
  expect(joins.group?.incident).toEqual({ id: '7', status: 'investigating', severity: 'P1' })
  const opensOne = observe(null, [firing(1)], { route })
  expect(opensOne.events.at(-1)).toMatchObject({ page: 'platform', incident: { how: 'declare', severity: 'P1' } })
})

test('nobody sleeps because something smaller, or something not yet accepted, runs for the service', () => {
  const route = { attach: true, open: 'P1' }
  for (const running of [
    { id: '7', status: 'investigating', severity: 'P3', declaredAt: at(-10) },
    { id: '7', status: 'triage', severity: 'P1', declaredAt: at(-10) },
  ]) {
    expect(observe(null, [firing(1)], { route, around: { running } }).events.at(-1)).toMatchObject({
      incident: { how: 'declare', severity: 'P1' },
    })
  }
  const asks = { attach: true, triage: 'P3' }
  const running = { id: '7', status: 'triage', severity: 'P3', declaredAt: at(-10) }
  expect(observe(null, [firing(1)], { route: asks, around: { running } }).events[1]).toMatchObject({
    incident: { how: 'attach' },
  })
})

test('a silence keeps an alert from being shown and acted upon; when it is over, both happen', () => {
  const silences = [{ id: 'S-7', match: match('service="checkout"'), until: at(60) }]
  const { group, types } = observe(null, [firing(1)], { route: opens, around: { silences } })
  expect(types).toEqual(['alert.fired'])
  expect(group?.outbreak.isShown).toBe(false)
  const after = perform(
    group,
    { type: 'alert.reconsider', attachTo: null, surroundings: fairWeather },
    { route: opens },
  )
  expect(after.types).toEqual(['alert.weighed', 'alert.acted'])
  expect(after.group?.outbreak).toMatchObject({ isShown: true, isActed: true })
})

test('an alert is kept quiet while its cause fires, if both have the labels in common', () => {
  const policy = {
    inhibitions: [{ source: match('alertname="HostDown"'), target: match('service=~".+"'), equal: ['zone'] }],
  }
  const inZone = (zone: string) => [firing(1, { labels: { service: 'checkout', zone } })]
  const labels = { alertname: 'HostDown', zone: 'a' }
  const around = { inhibitors: [{ group: 'h', fingerprint: 'h', title: 'HostDown', labels }] }
  expect(observe(null, inZone('a'), { policy, around }).group?.outbreak.isShown).toBe(false)
  expect(observe(null, inZone('b'), { policy, around }).group?.outbreak.isShown).toBe(true)
})

test('when the cause ends, what it kept quiet is looked at again', () => {
  const policy = { inhibitions: [{ source: match('service="checkout"'), target: match('tier="web"'), equal: [] }] }
  const { group } = observe(null, [firing(1)], { policy })
  const { events } = observe(group, [resolved(2)], { policy, around: { inhibited: [{ id: 'web', service: null }] } })
  expect(events[0]).toMatchObject({ type: 'alert.ended', release: [{ id: 'web' }] })
})

test('during maintenance nobody is told, and it is known when it ends', () => {
  const window = { name: 'new racks', match: match('service="checkout"'), when: { from: at(0), until: at(30) } }
  const { group } = observe(null, [firing(1)], { policy: { maintenance: [window] }, minute: 2 })
  expect(group?.members.get('f')?.holds).toEqual([
    { by: 'maintenance', what: 'new racks', until: at(30), keepsFrom: 'all' },
  ])
})

test('below its number nothing is shown; with the one that reaches it, everything', () => {
  const route = { ...opens, threshold: { count: 3, within: 10 * 60_000 } }
  const several = (n: number, from: number) =>
    Array.from({ length: n }, (_, i) => firing(from + i, { fingerprint: `f${from + i}` }))
  const two = observe(null, several(2, 0), { route })
  expect(two.group?.outbreak.isShown).toBe(false)
  expect(observe(two.group, several(1, 30), { route }).group?.outbreak.isShown).toBe(false)
  const three = observe(two.group, several(1, 5), { route })
  expect(three.types).toEqual(['alert.fired', 'alert.weighed', 'alert.acted'])
  expect(three.group?.outbreak.isShown).toBe(true)
})

test('in quiet hours it is shown and wakes nobody, until they end', () => {
  const quiet = { name: 'nights', days: [1, 2, 3, 4, 5, 6, 7], from: 22 * 60, to: 6 * 60, timeZone: 'UTC' }
  const route = { page: 'platform', quiet }
  const night = observe(null, [firing(0)], { route, minute: 11 * 60 })
  expect(night.types).toEqual(['alert.fired'])
  expect(night.group?.outbreak.isShown).toBe(true)
  expect(night.group?.members.get('f')?.holds[0]).toMatchObject({ by: 'hours', until: at(18 * 60) })
  const command = { type: 'alert.reconsider', attachTo: null, surroundings: fairWeather } as const
  expect(perform(night.group, command, { route, minute: 18 * 60 }).types).toEqual(['alert.weighed', 'alert.acted'])
})

test('in a storm a mere message waits; what has to wake somebody does not', () => {
  const around = { storm: '3' }
  expect(observe(null, [firing(1)], { around }).group?.outbreak.isShown).toBe(false)
  expect(observe(null, [firing(1)], { around, route: opens }).types).toEqual(['alert.fired', 'alert.acted'])
})

test('an acknowledgement counts once, and only while it fires', () => {
  const { group } = observe(null, [firing(1)])
  const taken = perform(group, { type: 'alert.acknowledge', by: null }, { actor: ana })
  expect(taken.group?.outbreak.acknowledgedBy).toBe('U0ANA0001')
  expect(perform(taken.group, { type: 'alert.acknowledge', by: 'U0BEN0001' }).decision).toMatchObject({
    refused: 'already-acknowledged',
  })
  const over = observe(group, [resolved(2)])
  expect(perform(over.group, { type: 'alert.acknowledge', by: null }).decision).toEqual({ refused: 'not-firing' })
})

test('whether it is over is asked only when nothing fires for the incident any more', () => {
  const incident = { id: '42', status: 'investigating', severity: 'P2' }
  const { group } = observe(null, [firing(1), resolved(2)])
  const linked = evolve(group, { type: 'alert.incidentLinked', incident, left: null, by: null })
  const ask = (around: Partial<Surroundings>, policy: Partial<Policy> = {}) => {
    const surroundings = { ...fairWeather, ...around }
    return perform(linked, { type: 'alert.askAboutClear', incident: '42', surroundings }, { policy }).events
  }
  expect(ask({ firingForIncident: 1 })).toEqual([])
  expect(ask({ clearSince: at(2) })).toEqual([{ type: 'alert.clearAsked', incident, clearSince: at(2), closes: false }])
  const closesWhenClear = (severity: string) => severity === 'P2'
  expect(ask({ isOpenedByAlert: true }, { closesWhenClear })).toMatchObject([{ closes: true }])
  // What a person declared is theirs to end.
  expect(ask({ isOpenedByAlert: false }, { closesWhenClear })).toMatchObject([{ closes: false }])
})

/** What anybody would say: of all that was ever observed, the newest word counts. */
function naive(alerts: readonly Alert[]): string {
  const last = alerts.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.status === 'firing' ? -1 : 1)).at(-1)
  return last?.status ?? 'unknown'
}

const observation = fc.record({ status: fc.constantFrom('firing' as const, 'resolved' as const), minute: fc.nat(59) })

test('however observations are shuffled, repeated and cut into handfuls, the newest word counts', () => {
  fc.assert(
    fc.property(
      fc.array(observation, { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.nat(1_000)),
      fc.array(fc.nat(12), { maxLength: 4 }),
      (all, dice, cuts) => {
        const alerts = all.map(({ status, minute }) => alert(status, minute))
        // An HA pair: each word twice, in any order.
        const twice = [...alerts, ...alerts].map((one) => ({ one, key: dice.next().value ?? 0 }))
        const arriving = twice.toSorted((a, b) => a.key - b.key).map(({ one }) => one)
        const ends = [...cuts.toSorted((a, b) => a - b), arriving.length]
        let group: AlertGroup | null = null
        let from = 0
        for (const end of ends) {
          if (end > from) group = observe(group, arriving.slice(from, end)).group
          from = Math.max(from, end)
        }
        expect(group?.members.get('f')?.status).toBe(naive(alerts))
      },
    ),
    { numRuns: 500 },
  )
})

test('two replicas of a sender, one of them late by a minute, make one outbreak and one end', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(59), { minLength: 2, maxLength: 10 }), (minutes) => {
      const moments = minutes.toSorted((a, b) => a - b)
      const alerts = moments.map((minute, index) => (index % 2 === 0 ? firing(minute) : resolved(minute)))
      // The second one sends what the first sent one word ago.
      const both = alerts.flatMap((one, index) => [one, alerts[index - 1] ?? one])
      const apart = both.reduce<AlertGroup | null>((group, one) => observe(group, [one]).group, null)
      const once = alerts.reduce<AlertGroup | null>((group, one) => observe(group, [one]).group, null)
      expect(apart?.outbreak).toEqual(once?.outbreak)
      expect(apart?.status).toBe(once?.status)
    }),
    { numRuns: 300 },
  )
})
