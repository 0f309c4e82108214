import { describe, expect, test } from 'vitest'
import type { Actor } from '../../core/decision.ts'
import type { About } from '../incidents/index.ts'
import { type Command, decide, type Event, evolve, type Plan, type Policy } from './domain.ts'

const noon = new Date('2026-03-02T12:00:00.000Z')
const minute = 60_000
const minutesLater = (minutes: number) => new Date(noon.getTime() + minutes * minute)
const at = (minutes: number) => minutesLater(minutes).toISOString()
const policy: Policy = {
  askAfter: [0, 5 * minute, 15 * minute],
  every: ({ severity, status }) =>
    severity === 'P4' ? null : (severity === 'P1' ? 30 : 60) * minute * (status === 'monitoring' ? 2 : 1),
}
const ana: Actor = { kind: 'person', id: 'U_ANA' }
const about: About = {
  title: 'Checkout is down',
  severity: 'P2',
  status: 'investigating',
  lead: 'U_ANA',
  communications: null,
  isPrivate: false,
  isReal: true,
  hasChannel: true,
  channelId: 'C1',
  declaredAt: '2026-03-02T12:00:00.000Z',
}
const followed = (more: Partial<About> = {}, nextAt: string | null = at(60)): Event => ({
  type: 'updates.followed',
  incident: '42',
  about: { ...about, ...more },
  from: null,
  nextAt,
  isFresh: false,
})
const overdue = (time: number): Event => ({
  type: 'update.overdue',
  incident: '42',
  dueAt: at(60),
  time,
  of: 3,
  asked: 'lead',
  person: 'U_ANA',
  at: at(60),
})
const follow = (more: Partial<About>): Command => ({ type: 'updates.follow', about: { ...about, ...more } })
const post = (more: Partial<Extract<Command, { type: 'update.post' }>> = {}): Command => ({
  type: 'update.post',
  words: { known: 'still looking', doing: '', needed: '' },
  next: 'cadence',
  ...more,
})

function given(...events: Event[]) {
  const state = events.reduce<Plan | null>(evolve, null)
  return {
    state,
    when: (command: Command, now = noon) => decide(state, command, { id: '42', now, actor: ana, policy }),
  }
}

describe('the promise', () => {
  test('begins with the declaration, by the cadence of the severity; without one, nothing is promised', () => {
    expect(given().when(follow({}))).toMatchObject([{ nextAt: at(60) }])
    expect(given().when(follow({ severity: 'P4' }))).toMatchObject([{ nextAt: null }])
  })
  test('comes nearer with a graver severity, and is not broken by a lighter one or a calmer state', () => {
    expect(given(followed()).when(follow({ severity: 'P1' }), minutesLater(10))).toMatchObject([{ nextAt: at(40) }])
    expect(given(followed()).when(follow({ severity: 'P4' }))).toMatchObject([{ nextAt: at(60) }])
    expect(given(followed()).when(follow({ status: 'monitoring' }), minutesLater(10))).toMatchObject([
      { nextAt: at(60) },
    ])
  })
  test('ends with the incident, and begins again when it is reopened', () => {
    expect(given(followed()).when(follow({ status: 'resolved' }))).toMatchObject([{ nextAt: null, isFresh: true }])
    expect(given(followed({ status: 'resolved' }, null)).when(follow({}), minutesLater(10))).toMatchObject([
      { nextAt: at(70) },
    ])
  })
  test('stays what it is while only the lead or the title changes', () => {
    expect(given(followed()).when(follow({ lead: 'U_BEN' }), minutesLater(30))).toMatchObject([{ nextAt: at(60) }])
    expect(given(followed()).when(follow({}))).toEqual([])
  })
})

describe('posting', () => {
  test('promises the next by the cadence, by what was chosen, or not at all', () => {
    expect(given(followed()).when(post(), minutesLater(10))).toMatchObject([{ number: 1, nextAt: at(70) }])
    expect(given(followed()).when(post({ next: 15 * minute }))).toMatchObject([{ nextAt: at(15) }])
    expect(given(followed()).when(post({ next: 'none' }))).toMatchObject([{ nextAt: null }])
  })
  test('after the end says how it ended, and promises nothing', () => {
    expect(given(followed({ status: 'resolved' }, null)).when(post({ next: 15 * minute }))).toMatchObject([
      { nextAt: null },
    ])
  })
  test('nothing, too much, or for another week is refused', () => {
    const words = { known: ' ', doing: '', needed: '' }
    expect(given(followed()).when(post({ words }))).toEqual({ refused: 'nothing-said' })
    expect(given(followed()).when(post({ words: { ...words, doing: 'x'.repeat(2_001) } }))).toMatchObject({
      refused: 'too-long',
    })
    expect(given(followed()).when(post({ next: 8 * 86_400_000 }))).toEqual({ refused: 'next-too-far' })
    expect(given().when(post())).toEqual({ refused: 'no-such-incident' })
  })
})

describe('asking for a late one', () => {
  const askFor: Command = { type: 'update.askFor' }

  test('begins with whoever speaks for it, goes on to the lead, and is then escalated', () => {
    const plan = followed({ communications: 'U_CLEO' })
    expect(given(plan).when(askFor, minutesLater(60))).toMatchObject([
      { asked: 'communications', person: 'U_CLEO', time: 1 },
    ])
    expect(given(plan, overdue(1)).when(askFor, minutesLater(65))).toMatchObject([{ asked: 'lead', person: 'U_ANA' }])
    expect(given(plan, overdue(2)).when(askFor, minutesLater(75))).toMatchObject([{ asked: 'escalation', time: 3 }])
    expect(given(plan, overdue(3)).when(askFor, minutesLater(500))).toEqual([])
  })
  test('asks everybody while nobody leads', () => {
    expect(given(followed({ lead: null })).when(askFor, minutesLater(60))).toMatchObject([
      { asked: 'everybody', person: null },
    ])
  })
  test('asks once for all the moments that went by while nobody ran', () => {
    expect(given(followed()).when(askFor, minutesLater(66))).toMatchObject([{ time: 2 }])
  })
  test('says nothing when somebody was quicker, or when it is over', () => {
    const posted = given(followed()).when(post(), minutesLater(59)) as Event[]
    expect(given(followed(), ...posted).when(askFor, minutesLater(60))).toEqual([])
    expect(given(followed({ status: 'resolved' }, null)).when(askFor, minutesLater(60))).toEqual([])
  })
  test('begins anew with the next promise', () => {
    const posted = given(followed(), overdue(2)).when(post(), minutesLater(70)) as Event[]
    expect(given(followed(), overdue(2), ...posted).state).toMatchObject({ askedCount: 0, nextAt: at(130) })
  })
})
