import { describe, expect, test } from 'vitest'
import type { Actor } from '../../core/decision.ts'
import type { About } from '../incidents/index.ts'
import { type Command, decide, type Event, evolve, hashOf, type Policy, type Story } from './domain.ts'
import { declassify, type PublicFacts } from './public.ts'
import { sampleFacts } from './samples.ts'

const noon = new Date('2026-03-02T12:00:00.000Z')
const minute = 60_000
const at = (minutes: number) => new Date(noon.getTime() + minutes * minute)
const person = (id: string): Actor => ({ kind: 'person', id })
const policy: Policy = {
  needsSecondPerson: (what) => ['P1', 'P2', 'notice'].includes(what),
  isSolo: false,
  firstDueAfter: (severity) => (severity === 'P1' ? 5 * minute : null),
  needsImpact: (severity) => severity === 'P1',
  renderAll: () => ({}),
  lint: (_moment, _words, facts) => (facts.symptom.includes('leak') ? [{ level: 'block', sentence: 'A leak.' }] : []),
  disclosers: 'disclosers',
  callsWhenOverdue: (severity: string) => severity === 'P1',
  remindAfter: [0, 5 * minute],
  remindOfWorkBefore: [30 * minute],
  askAboutEndAt: [-5 * minute, 0],
}
const about: About = {
  title: 'down',
  severity: 'P1',
  status: 'investigating',
  lead: null,
  communications: null,
  isPrivate: false,
  isReal: true,
  hasChannel: true,
  channelId: 'C1',
  declaredAt: noon.toISOString(),
}
const facts = sampleFacts(noon)
const hash = (moment: string, said: PublicFacts = facts) => hashOf(moment, said)

/** Plays commands, each by its person at its minute; the last one's outcome. */
function play(...steps: { does: Command; by?: string; minute?: number; rules?: Partial<Policy> }[]) {
  let story: Story | null = null
  let last: readonly Event[] | { refused: string } = []
  for (const { does, by = 'U_ANA', minute: when = 0, rules = {} } of steps) {
    last = decide(story, does, { id: '42', now: at(when), actor: person(by), policy: { ...policy, ...rules } })
    if ('refused' in last) return { story, last }
    for (const event of last) story = evolve(story, event)
  }
  return { story, last }
}
const follow = (more: Partial<About> = {}): { does: Command } => ({
  does: { type: 'comms.follow', about: { ...about, ...more }, publicId: 'p' },
})
const write = (moment = 'incident-first-confirmed', said: PublicFacts = facts, basedOn: string | null = null) => ({
  does: { type: 'comms.write' as const, basedOn, moment, facts: said },
})
const approve = (post: number, of: string, by = 'U_BEN', more: { mayDisclose?: boolean } = {}) => ({
  does: { type: 'comms.approve' as const, post, hash: of, mayDisclose: more.mayDisclose ?? false, thenPublish: true },
  by,
})
const told = [follow(), write(), approve(1, hash('incident-first-confirmed'))]

describe('the first message', () => {
  test('is drafted at minute 0 and due by the severity; not for a light, private, tested or triaged one', () => {
    expect(play(follow()).last).toMatchObject([{ dueAt: at(5).toISOString() }, { type: 'comms.drafted' }])
    for (const more of [{ severity: 'P3' }, { isPrivate: true }, { isReal: false }, { status: 'triage' }])
      expect(play(follow(more)).last).toMatchObject([{ dueAt: null }])
  })
  test('is due sooner when the incident gets graver, and not at all once it is over untold', () => {
    expect(play(follow({ severity: 'P3' }), follow()).story).toMatchObject({ dueAt: at(5).toISOString() })
    expect(play(follow(), follow({ status: 'resolved' })).story).toMatchObject({ dueAt: null })
  })
})

describe('approving', () => {
  test('publishes what was read, and promises what it says', () => {
    expect(play(...told).story).toMatchObject({
      dueAt: facts.nextUpdateBy,
      posts: [{ state: 'published', approvedBy: 'U_BEN', isSolo: false, phase: 'investigating' }],
    })
  })
  test('is for somebody else; a team of one may, and is marked', () => {
    const own = approve(1, hash('incident-first-confirmed'), 'U_ANA')
    expect(play(follow(), write(), own).last).toMatchObject({ refused: 'own-words' })
    expect(play(follow(), write(), { ...own, rules: { isSolo: true } }).story?.posts[0]).toMatchObject({ isSolo: true })
    const light = [follow({ severity: 'P3' }), write(), own]
    expect(play(...light).story?.posts[0]).toMatchObject({ state: 'published', isSolo: true })
  })
  test('counts for these words only: an edit voids it', () => {
    const other = { ...facts, symptom: declassify('It is worse.') }
    const edit = write('incident-first-confirmed', other, hash('incident-first-confirmed'))
    expect(play(follow(), write(), edit, approve(1, hash('incident-first-confirmed'))).last).toMatchObject({
      refused: 'changed-since',
    })
    const approved = { does: { ...approve(1, hash('incident-first-confirmed')).does, thenPublish: false }, by: 'U_BEN' }
    expect(play(follow(), write(), approved, edit, { does: { type: 'comms.publish', post: 1 } }).last).toMatchObject({
      refused: 'not-approved',
    })
  })
  test('stops at what would leak, and where nobody said whether clients are concerned', () => {
    const leaking = { ...facts, symptom: declassify('a leak') }
    const moment = 'incident-first-confirmed'
    expect(play(follow(), write(moment, leaking), approve(1, hash(moment, leaking))).last).toMatchObject({
      refused: 'lint-blocks',
    })
    const vague = { ...facts, impact: null }
    expect(play(follow(), write(moment, vague), approve(1, hash(moment, vague))).last).toEqual({
      refused: 'impact-unknown',
    })
  })
  test('of a private incident, of security and of lost data asks for a permission of its own', () => {
    const isPrivate = follow({ isPrivate: true })
    const moment = 'incident-first-confirmed'
    expect(play(isPrivate, write(), approve(1, hash(moment))).last).toMatchObject({ refused: 'needs-permission' })
    expect(
      play(isPrivate, write(), approve(1, hash(moment), 'U_BEN', { mayDisclose: true })).story?.posts[0],
    ).toMatchObject({ state: 'published' })
    for (const delicate of ['security-notice', 'data-loss'])
      expect(play(follow(), write(delicate), approve(1, hash(delicate))).last).toMatchObject({
        refused: 'needs-permission',
      })
  })
  test('happens once: the second click finds it published', () => {
    expect(play(...told, approve(1, hash('incident-first-confirmed'), 'U_EVA')).last).toMatchObject({
      refused: 'already-published',
    })
  })
})

describe('writing', () => {
  test('two at once: the later one must read what the earlier one wrote', () => {
    expect(play(follow(), write(), write('incident-scope')).last).toMatchObject({ refused: 'changed-since' })
  })
  test('a test or a drill is nothing for clients', () => {
    expect(play(follow({ isReal: false }), write()).last).toEqual({ refused: 'not-real' })
  })
  test('a correction needs something published, stands beside it, and leaves clients where they were', () => {
    expect(play(follow(), write('correction')).last).toEqual({ refused: 'nothing-to-correct' })
    const corrected = play(...told, write('correction'), approve(2, hash('correction')))
    expect(corrected.last).toMatchObject([
      { type: 'comms.approved' },
      { type: 'comms.published' },
      { type: 'comms.corrected', post: 1 },
    ])
    expect(corrected.story?.posts).toMatchObject([
      { state: 'published', correctedBy: 2 },
      { state: 'published', corrects: 1, phase: 'investigating' },
    ])
  })
})

describe('the promise', () => {
  const remind = (when: number) => ({ does: { type: 'comms.remind' as const }, minute: when })
  test('is asked for when it is late, again, and then no more', () => {
    const late = play(...told, remind(30), remind(35), remind(300))
    expect(late.story?.overdueCount).toBe(2)
    expect(late.last).toEqual([])
  })
  test('ends with the last word, not with the incident', () => {
    const resolved = play(...told, follow({ status: 'resolved' }))
    expect(resolved.story?.dueAt).toBe(facts.nextUpdateBy)
    const over = play(...told, write('incident-resolved'), approve(2, hash('incident-resolved')))
    expect(over.story?.dueAt).toBeNull()
  })
})

describe('planned work', () => {
  const window = { from: at(60).toISOString(), to: at(120).toISOString() }
  const planned = { ...facts, window }
  const begin: { does: Command } = {
    does: { type: 'comms.begin', kind: 'maintenance', publicId: 'p', moment: 'maintenance-announce', facts: planned },
  }
  const announced = [begin, approve(1, hash('maintenance-announce', planned))]
  const start = { does: { type: 'comms.startWork' as const }, minute: 60 }

  test('begins by itself at its time, once, and not when it was called off', () => {
    expect(play(...announced, { ...start, minute: 59 }).last).toEqual([])
    expect(play(...announced, start).story?.posts[1]).toMatchObject({
      moment: 'maintenance-started',
      state: 'published',
    })
    expect(play(...announced, start, start).last).toEqual([])
    const cancel = { does: { type: 'comms.say' as const, moment: 'maintenance-cancelled' as const } }
    expect(play(...announced, cancel, start).last).toEqual([])
  })
  test('clients are reminded of it before, once, and not of what was announced later than that', () => {
    const remind = (when: number) => ({ does: { type: 'comms.remindOfWork' as const }, minute: when })
    expect(play(...announced, remind(29)).last).toEqual([])
    expect(play(...announced, remind(30)).story?.posts[1]).toMatchObject({
      moment: 'maintenance-reminder',
      phase: 'scheduled',
    })
    expect(play(...announced, remind(30), remind(31)).last).toEqual([])
    const late = announced.map((step) => ({ ...step, minute: 40 }))
    expect(play(...late, remind(41)).last).toEqual([])
    expect(play(...announced, start, remind(61)).last).toEqual([])
  })
  test('its end is asked about before and at it, and said by a person', () => {
    const ask = (when: number) => ({ does: { type: 'comms.askAboutEnd' as const }, minute: when })
    expect(play(...announced, start, ask(114)).last).toEqual([])
    expect(play(...announced, start, ask(115)).last).toMatchObject([{ time: 1 }])
    expect(play(...announced, start, ask(115), ask(120)).last).toMatchObject([{ time: 2 }])
    const done = { does: { type: 'comms.say' as const, moment: 'maintenance-completed' as const }, minute: 121 }
    const over = play(...announced, start, done)
    expect(over.story?.posts[2]).toMatchObject({
      moment: 'maintenance-completed',
      state: 'published',
      phase: 'completed',
    })
    expect(play(...announced, start, done, done).last).toEqual({ refused: 'not-under-way' })
  })
  test('an end before its beginning is refused', () => {
    const backwards = { ...facts, window: { from: window.to, to: window.from } }
    const wrong: Command = {
      type: 'comms.begin',
      kind: 'maintenance',
      moment: 'maintenance-announce',
      facts: backwards,
    }
    expect(play({ does: wrong }).last).toEqual({ refused: 'window-backwards' })
  })
})

test('who is in doubt is written to once more when somebody says so, and once only', () => {
  const left = (receiver: string) => ({
    does: { type: 'comms.noteUndelivered' as const, post: 1, receiver, code: 'in_doubt' },
  })
  const again = { does: { type: 'comms.sendAgain' as const, post: 1 } }
  const inDoubt = [...told, left('dora'), left('emil'), left('emil')]
  expect(play(...inDoubt).story?.posts[0]).toMatchObject({ inDoubt: ['dora', 'emil'], undelivered: 0 })

  const sent = play(...inDoubt, again)
  expect(sent.last).toMatchObject([{ type: 'comms.sentAgain', receivers: ['dora', 'emil'], time: 1, by: 'U_ANA' }])
  expect(sent.story?.posts[0]).toMatchObject({ inDoubt: [], again: ['1 dora', '1 emil'] })
  expect(play(...inDoubt, again, again).last).toMatchObject({ refused: 'none-in-doubt' })
  expect(play(...inDoubt, again, left('emil'), again).last).toMatchObject([{ receivers: ['emil'], time: 2 }])
})
