/** Every status and every command: what is not done is refused, and the refusal says what would be accepted. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Given, isRefusal } from '../../core/decision.ts'
import { sentence } from './answers.ts'
import { type Command, decide, type Event, type Incident, type Policy, type Status } from './domain.ts'
import { evolve } from './evolve.ts'
import { statuses } from './lifecycle.ts'

const minute = 60_000
const began = Date.parse('2026-11-20T10:00:00Z')
const policy: Policy = {
  severities: ['P1', 'P2', 'P3'],
  defaultSeverity: 'P3',
  services: ['checkout'],
  roles: ['operations', 'communications'],
  askForLeadAfter: [2 * minute],
  askToCloseAfter: [60 * minute],
  handoverWithin: 10 * minute,
}
const given: Given<Policy> = {
  id: '42',
  now: new Date(began + 30 * minute),
  actor: { kind: 'person', id: 'U1' },
  policy,
}
const declaration: Command = { type: 'incident.declare', title: 'checkout returns 500s', severity: 'P2' }
const move = (to: Status): Command => ({ type: 'incident.moveTo', to, what: 'news' })
const target = { status: 'investigating' as Status, title: 'x', isPrivate: false }
const merge = { type: 'incident.merge' as const, into: '41', target }

/** A P2 that Ana declared and leads. */
function led(): Incident {
  const declared = decide(null, declaration, { ...given, now: new Date(began) })
  if (isRefusal(declared)) throw new Error(declared.refused)
  const incident = (declared as readonly Event[]).reduce<Incident | null>(evolve, null)
  if (!incident) throw new Error('nothing was declared')
  return { ...incident, lead: 'U1' }
}

const later = new Date(began + 24 * 60 * minute).toISOString()
const earlier = new Date(began - 10 * minute).toISOString()
/** Every command, where it matters in each of the ways in which it may be meant. */
const everyCommand: readonly Command[] = [
  declaration,
  { type: 'incident.useChannel', observed: { channelId: 'C1', name: 'inc-42' } },
  { type: 'incident.doWithoutChannel', code: 'restricted_action' },
  { type: 'incident.noteChannelChange', changed: { isArchived: true } },
  { type: 'incident.giveLead', to: 'U1' },
  { type: 'incident.giveLead', to: 'U2', onlyIfFree: true },
  { type: 'incident.giveRole', role: 'operations', to: 'U2' },
  { type: 'incident.giveRole', role: 'operations', to: null },
  { type: 'incident.giveRole', role: 'cook', to: 'U2' },
  { type: 'incident.offerHandover', to: 'U1', note: '' },
  { type: 'incident.offerHandover', to: 'U2', note: '' },
  { type: 'incident.acceptHandover' },
  { type: 'incident.lookAfterHandover', to: 'U2' },
  { type: 'incident.partWith', person: 'U1' },
  { type: 'incident.invite', people: ['U2'] },
  { type: 'incident.callIn', team: null, people: ['U2'] },
  ...['P1', 'P3', 'P9'].map((to): Command => ({ type: 'incident.changeSeverity', to, reason: '' })),
  { type: 'incident.changeSeverity', to: 'P3', reason: 'a way around' },
  ...statuses.map(move),
  { type: 'incident.resolve', summary: 'rolled back' },
  { type: 'incident.resolve', summary: '', dataLoss: 'none' },
  { type: 'incident.stateDataLoss', what: 'some' },
  { type: 'incident.reopen', reason: '' },
  { type: 'incident.reopen', reason: 'back' },
  { type: 'incident.close' },
  { type: 'incident.cancel', reason: '' },
  { type: 'incident.cancel', reason: 'a test' },
  merge,
  { ...merge, into: '42' },
  { ...merge, target: null },
  { ...merge, target: { status: 'resolved', title: 'x', isPrivate: false } },
  { ...merge, target: { status: 'investigating', title: 'x', isPrivate: true } },
  { type: 'incident.unmerge' },
  { type: 'incident.absorb', from: '41', title: 'x' },
  { type: 'incident.release', from: '41' },
  { type: 'incident.acknowledge' },
  { type: 'incident.retitle', title: '' },
  { type: 'incident.retitle', title: 'x'.repeat(201) },
  { type: 'incident.retitle', title: 'search is slow' },
  ...['', 'words'].map((text): Command => ({ type: 'incident.summarize', text })),
  ...['', 'words'].map((text): Command => ({ type: 'incident.setImpact', text })),
  { type: 'incident.makePrivate' },
  ...[later, earlier].map((to): Command => ({ type: 'incident.correctTime', which: 'started', to, reason: '' })),
  { type: 'incident.correctTime', which: 'resolved', to: earlier, reason: '' },
  { type: 'incident.askForLead' },
  { type: 'incident.askToClose' },
  { type: 'incident.archive' },
  { type: 'incident.setCardFacts', feature: 'tasks', facts: {} },
]

test('in every status every command is obeyed or refused, and a refusal says what would be accepted', () => {
  const refusals = new Set<string>()
  for (const status of statuses) {
    const times = { ...led().times, mergedAt: earlier }
    const incident: Incident = { ...led(), status, times, mergedInto: status === 'merged' ? '41' : null }
    for (const command of everyCommand) {
      const decision = decide(incident, command, given)
      if (!isRefusal(decision)) {
        expect((decision as readonly Event[]).reduce<Incident | null>(evolve, incident), status).not.toBeNull()
        continue
      }
      refusals.add(decision.refused)
      const words = sentence(decision).tell?.text ?? ''
      expect(words, `${status}: ${JSON.stringify(command)}`).toMatch(/`\/inc |`#41`|Use P|It can become (\w+, )*\w+/)
      expect(words, `${status}: ${JSON.stringify(command)}`).not.toMatch(/undefined|<@>|INC-\.|\s\./)
    }
  }
  expect(refusals.size).toBeGreaterThan(20)
})

test('every kind of command is among those that are tried', () => {
  const kinds = new Set(everyCommand.map(({ type }) => type))
  const source = readFileSync(new URL('incident.ts', import.meta.url), 'utf8')
  const [, declared = ''] = /export type Command =([\s\S]*?)\n\n/.exec(source) ?? []
  expect([...kinds].toSorted()).toEqual([...new Set(declared.match(/incident\.\w+/g))].toSorted())
})
