import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Given, isRefusal } from '../../core/decision.ts'
import { type Command, decide, type Event, type Incident, isOver, maySee, type Policy, type Status } from './domain.ts'
import { evolve } from './evolve.ts'
import { waysFrom } from './lifecycle.ts'

const minute = 60_000
const began = Date.parse('2026-11-20T10:00:00Z')
const policy: Policy = {
  severities: ['P1', 'P2', 'P3'],
  defaultSeverity: 'P3',
  services: ['checkout'],
  roles: ['operations', 'communications'],
  askForLeadAfter: [2 * minute, 5 * minute, 10 * minute],
  askToCloseAfter: [60 * minute],
  handoverWithin: 10 * minute,
}
const by = (id: string, minutes = 0): Given<Policy> => ({
  id: '42',
  now: new Date(began + minutes * minute),
  actor: { kind: 'person', id },
  policy,
})
const declaration: Command = { type: 'incident.declare', title: 'checkout returns 500s', severity: null }
const merge: Command = {
  type: 'incident.merge',
  into: '41',
  target: { status: 'investigating', title: 'x', isPrivate: false },
}

/** What comes of commands, one a minute by Ana unless it is said otherwise. */
function play(...commands: (Command | [Command, Given<Policy>])[]) {
  let incident: Incident | null = null
  const events: Event[] = []
  let refused: unknown = null
  for (const [index, one] of [declaration, ...commands].entries()) {
    const [command, given] = Array.isArray(one) ? one : [one, by('U1', index)]
    const decision = decide(incident, command, given)
    refused = isRefusal(decision) ? decision : null
    if (isRefusal(decision)) continue
    for (const event of decision as readonly Event[]) {
      incident = evolve(incident, event)
      events.push(event)
    }
  }
  if (!incident) throw new Error('nothing was declared')
  return { incident: incident as Incident, events, refused }
}
const move = (to: Status): Command => ({ type: 'incident.moveTo', to, what: 'news' })
const resolve: Command = { type: 'incident.resolve', summary: 'rolled back' }

test('a declaration takes the default severity, and its declarer is in it', () => {
  expect(play().incident).toMatchObject({ severity: 'P3', status: 'investigating', declaredBy: 'U1', members: ['U1'] })
})

test('from each status exactly the moves of the graph are possible; every other one says what is', () => {
  const commands: Record<Status, Command | null> = {
    triage: null,
    investigating: { type: 'incident.reopen', reason: 'back' },
    identified: move('identified'),
    monitoring: move('monitoring'),
    resolved: resolve,
    closed: { type: 'incident.close' },
    canceled: { type: 'incident.cancel', reason: 'a test' },
    merged: merge,
  }
  const into: Record<Status, Command[]> = {
    triage: [],
    investigating: [],
    identified: [move('identified')],
    monitoring: [move('monitoring')],
    resolved: [resolve],
    closed: [resolve, { type: 'incident.close' }],
    canceled: [{ type: 'incident.cancel', reason: 'a test' }],
    merged: [merge],
  }
  for (const from of [
    'investigating',
    'identified',
    'monitoring',
    'resolved',
    'closed',
    'canceled',
    'merged',
  ] as const) {
    const { incident } = play(...into[from])
    expect(incident.status).toBe(from)
    for (const [to, command] of Object.entries(commands)) {
      if (command === null || to === from) continue
      const asked = to === 'investigating' && !isOver(incident) ? move('investigating') : command
      const decision = decide(incident, asked, by('U1', 30))
      const isPossible = waysFrom(from).includes(to as Status)
      expect(isRefusal(decision), `${from} to ${to}`).toBe(!isPossible)
      if (isRefusal(decision)) expect(Object.keys(decision.details ?? {}), `${from} to ${to}`).not.toEqual([])
    }
  }
})

test('whatever is asked in whatever order, the journal folds to a state, and nothing ends in a crash', () => {
  const person = fc.constantFrom('U1', 'U2')
  const text = fc.constantFrom('', 'why')
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.constantFrom<Command>(
      { type: 'incident.close' },
      { type: 'incident.unmerge' },
      { type: 'incident.acknowledge' },
      { type: 'incident.acceptHandover' },
      { type: 'incident.lookAfterHandover', to: 'U2' },
      { type: 'incident.partWith', person: 'U1' },
      { type: 'incident.askForLead' },
      { type: 'incident.askToClose' },
      { type: 'incident.archive' },
      { type: 'incident.makePrivate' },
      merge,
      declaration,
    ),
    fc.record({
      type: fc.constant('incident.moveTo' as const),
      to: fc.constantFrom<Status>('triage', 'investigating', 'identified', 'monitoring', 'resolved', 'merged'),
      what: text,
    }),
    text.map((summary): Command => ({ type: 'incident.resolve', summary })),
    text.map((reason): Command => ({ type: 'incident.reopen', reason })),
    text.map((reason): Command => ({ type: 'incident.cancel', reason })),
    text.map((title): Command => ({ type: 'incident.retitle', title })),
    person.map((to): Command => ({ type: 'incident.giveLead', to })),
    person.map((to): Command => ({ type: 'incident.offerHandover', to, note: '' })),
    fc.record({
      type: fc.constant('incident.giveRole' as const),
      role: fc.constantFrom('operations', 'cook'),
      to: fc.option(person),
    }),
    fc.record({
      type: fc.constant('incident.changeSeverity' as const),
      to: fc.constantFrom('P1', 'P2', 'P9'),
      reason: text,
    }),
  )
  fc.assert(
    fc.property(fc.array(command, { maxLength: 25 }), (commands) => {
      const { incident, events } = play(...commands)
      expect(events.reduce<Incident | null>(evolve, null)).toEqual(incident)
      expect((incident.status === 'merged') === (incident.mergedInto !== null)).toBe(true)
      expect(incident.status === 'resolved' || incident.status === 'closed').toBe(incident.times.resolvedAt !== null)
    }),
  )
})

test('times are set by what happens first, and what nobody observed is marked as assumed', () => {
  const quick = play(resolve).incident.times
  expect(quick.assumed).toEqual(['started', 'detected', 'acknowledged', 'mitigated'])
  expect([quick.acknowledgedAt, quick.mitigatedAt]).toEqual([quick.resolvedAt, quick.resolvedAt])

  const careful = play(
    { type: 'incident.giveLead', to: 'U1' },
    move('monitoring'),
    move('investigating'),
    move('monitoring'),
    resolve,
  )
  expect(careful.incident.times).toMatchObject({
    acknowledgedAt: new Date(began + minute).toISOString(),
    mitigatedAt: new Date(began + 2 * minute).toISOString(),
    resolvedAt: new Date(began + 5 * minute).toISOString(),
    assumed: ['started', 'detected'],
  })
})

test('what was accepted out of triage is acknowledged, wherever it goes on from there', () => {
  const triage: Incident = { ...play().incident, status: 'triage' }
  for (const to of ['investigating', 'identified', 'monitoring'] as const) {
    const [event] = decide(triage, move(to), by('U1', 3)) as Event[]
    if (!event) throw new Error('it did not move')
    expect(evolve(triage, event).times.acknowledgedAt).toBe(new Date(began + 3 * minute).toISOString())
  }
})

test('reopening takes back that clients were helped, when nobody had seen it', () => {
  const reopen: Command = { type: 'incident.reopen', reason: 'the errors are back' }
  expect(play(resolve, reopen).incident.times).toMatchObject({ mitigatedAt: null, resolvedAt: null })
  const seen = play(resolve, reopen, move('monitoring'), resolve).incident.times
  expect(seen).toMatchObject({
    mitigatedAt: new Date(began + 3 * minute).toISOString(),
    assumed: ['started', 'detected', 'acknowledged'],
  })
  expect(play(move('monitoring'), resolve, reopen).incident.times.mitigatedAt).toBe(
    new Date(began + minute).toISOString(),
  )
})

test('a time may be corrected, not into the future and not out of order', () => {
  const to = new Date(began - 20 * minute).toISOString()
  const { incident, events } = play({ type: 'incident.correctTime', which: 'started', to, reason: 'seen in the logs' })
  expect(incident.times).toMatchObject({ startedAt: to, assumed: ['detected'] })
  expect(events.at(-1)).toMatchObject({ from: new Date(began).toISOString(), reason: 'seen in the logs', by: 'U1' })

  const tomorrow = new Date(began + 24 * 60 * minute).toISOString()
  expect(play({ type: 'incident.correctTime', which: 'started', to: tomorrow, reason: '' }).refused).toMatchObject({
    refused: 'time-in-future',
  })
  const late = new Date(began + 2 * minute).toISOString()
  expect(
    play(resolve, [{ type: 'incident.correctTime', which: 'started', to: late, reason: '' }, by('U1', 9)]).refused,
  ).toMatchObject({
    refused: 'times-out-of-order',
  })
})

test('the lead is handed over only to whoever was asked, and only when they say yes', () => {
  const lead: Command = { type: 'incident.giveLead', to: 'U1' }
  const offer: Command = { type: 'incident.offerHandover', to: 'U2', note: 'watch the errors' }
  expect(play(lead, offer).incident).toMatchObject({ lead: 'U1', handover: { to: 'U2', note: 'watch the errors' } })
  expect(play(lead, offer, { type: 'incident.acceptHandover' }).refused).toMatchObject({ refused: 'not-for-you' })
  expect(play(lead, offer, [{ type: 'incident.acceptHandover' }, by('U2', 5)]).incident).toMatchObject({
    lead: 'U2',
    handover: null,
  })
})

test('a merge is undone within the hour, and the status of before is back', () => {
  expect(play(move('identified'), merge, { type: 'incident.unmerge' }).incident).toMatchObject({
    status: 'identified',
    mergedInto: null,
  })
  expect(play(merge, [{ type: 'incident.unmerge' }, by('U1', 90)]).refused).toMatchObject({
    refused: 'too-late-to-undo',
  })
})

test('a private incident is merged with private ones only: a public channel would be told of it', () => {
  const target = { status: 'investigating', title: 'x', isPrivate: true } as const
  expect(play({ ...merge, target }).refused).toMatchObject({ refused: 'one-is-private' })
})

test('two people who declare the same thing: the second is told of the first, and may insist', () => {
  const twin = { id: '41', title: 'checkout 500s' }
  expect(decide(null, { ...declaration, twin } as Command, by('U1'))).toMatchObject({
    refused: 'looks-like',
    details: { twin: '41' },
  })
  expect(isRefusal(decide(null, { ...declaration, twin, despiteTwin: true } as Command, by('U1')))).toBe(false)
})

test('whoever is called for it comes in, once; nobody comes into a private one or a drill by being called', () => {
  const callIn: Command = { type: 'incident.callIn', team: null, people: ['U2', 'U2'] }
  expect(play(callIn, callIn).incident.members).toEqual(['U1', 'U2'])
  for (const quiet of [{ isPrivate: true }, { kind: 'drill' as const }]) {
    const decision = decide(null, { ...declaration, ...quiet } as Command, by('U1'))
    const incident = (decision as readonly Event[]).reduce<Incident | null>(evolve, null)
    expect(decide(incident, callIn, by('U1'))).toEqual([])
  }
})

test('a private incident is seen by its members only', () => {
  const given = by('U1')
  const decision = decide(null, { ...declaration, isPrivate: true } as Command, given)
  if (isRefusal(decision)) throw new Error('it was refused')
  const incident = (decision as readonly Event[]).reduce<Incident | null>(evolve, null) as Incident
  expect([maySee(incident, 'U1'), maySee(incident, 'U2'), maySee(incident, null)]).toEqual([true, false, false])
})

test('severity: raising is free, lowering needs a reason, an unknown one names those that are known', () => {
  const change = (to: string, reason = '') =>
    play({ type: 'incident.changeSeverity', to: 'P2', reason }, { type: 'incident.changeSeverity', to, reason })
  expect(change('P1').incident.severity).toBe('P1')
  expect(change('P3').refused).toMatchObject({ refused: 'downgrade-needs-reason' })
  expect(change('P3', 'one client').incident.severity).toBe('P3')
  expect(change('P9').refused).toMatchObject({ refused: 'no-such-severity', details: { accepted: 'P1, P2, P3' } })
})

test('a lead is asked for while there is none; of several missed moments the last one counts', () => {
  const timer = (minutes: number): Given<Policy> => ({
    ...by('U1', minutes),
    actor: { kind: 'timer', key: 'k', lateSeconds: 0 },
  })
  const ask: Command = { type: 'incident.askForLead' }
  expect(play([ask, timer(2)]).events.at(-1)).toMatchObject({ time: 1, of: 3 })
  expect(play([ask, timer(7)]).events.at(-1)).toMatchObject({ time: 2, of: 3 })
  expect(play({ type: 'incident.giveLead', to: 'U1' }, [ask, timer(7)]).events.at(-1)?.type).toBe('incident.leadGiven')
})

test('the lead is asked to close so many times, and then no more; it never closes itself', () => {
  const ask: Command = { type: 'incident.askToClose' }
  const { incident, events } = play(resolve, ask, ask)
  expect(events.filter((event) => event.type === 'incident.closeAsked')).toHaveLength(1)
  expect(incident.status).toBe('resolved')
})

test('the facts that another feature puts on the card change nothing when they are the same', () => {
  const facts: Command = { type: 'incident.setCardFacts', feature: 'tasks', facts: { open: 2, overdue: [] } }
  expect(play(facts, facts).events.filter((event) => event.type === 'incident.cardFactsSet')).toHaveLength(1)
})

test('whoever leaves the workspace leaves the lead, their roles and what was offered to them free; once', () => {
  const partWith: Command = { type: 'incident.partWith', person: 'U2' }
  const offer: Command = { type: 'incident.offerHandover', to: 'U2', note: '' }
  const scribe: Command = { type: 'incident.giveRole', role: 'operations', to: 'U2' }

  const led = play({ type: 'incident.giveLead', to: 'U2' }, scribe, partWith, partWith)
  expect(led.events.filter(({ type }) => type === 'incident.personLeft')).toHaveLength(1)
  expect(led.incident).toMatchObject({ lead: null, roles: {}, leadAskedCount: 0 })
  expect(led.incident.leadWantedAt).toBe(new Date(began + 3 * minute).toISOString())

  const offered = play({ type: 'incident.giveLead', to: 'U1' }, offer, partWith)
  expect(offered.incident).toMatchObject({ lead: 'U1', handover: null })
  expect(play({ type: 'incident.giveLead', to: 'U1' }, resolve, { ...partWith, person: 'U1' }).incident.lead).toBe('U1')
})

test('what somebody offered who is gone may be taken all the same', () => {
  const offer: Command = { type: 'incident.offerHandover', to: 'U2', note: '' }
  const { incident } = play(
    { type: 'incident.giveLead', to: 'U1' },
    offer,
    { type: 'incident.partWith', person: 'U1' },
    [{ type: 'incident.acceptHandover' }, by('U2', 4)],
  )
  expect(incident).toMatchObject({ lead: 'U2', handover: null })
})

test('that nobody took over is said only of the offer that stands', () => {
  const offer = (to: string): Command => ({ type: 'incident.offerHandover', to, note: '' })
  const look = (to: string): Command => ({ type: 'incident.lookAfterHandover', to })

  expect(play(offer('U2'), look('U2')).events.at(-1)).toMatchObject({ type: 'incident.handoverUnanswered', to: 'U2' })
  expect(play(offer('U2'), offer('U3'), look('U2')).events.at(-1)).toMatchObject({ type: 'incident.handoverOffered' })
  expect(play(offer('U2'), resolve, look('U2')).events.at(-1)).toMatchObject({ type: 'incident.resolved' })
})
