import { describe, expect, test } from 'vitest'
import type { Actor } from '../../core/decision.ts'
import { type Command, decide, type Entry, type Event, evolve, type MarkedBy, type SaidMessage } from './domain.ts'

const noon = new Date('2026-03-02T12:00:00.000Z')
const ana: Actor = { kind: 'person', id: 'U_ANA' }
const author = { id: 'U_BEN', name: 'Ben' }
const message: SaidMessage = {
  saidAt: '2026-03-02T11:50:00.000Z',
  author,
  text: 'error rate halves',
  files: [{ name: 'graph.png', permalink: 'https://example.slack.com/files/1' }],
  source: { channelId: 'C1', ts: '1.2', permalink: null, isOurs: true },
}
const by = (person: string, at: string, reaction = 'pushpin'): MarkedBy => ({ person, reaction, at })
const signed = { by: 'U_ANA', at: noon.toISOString() }
const noted: Event = {
  type: 'timeline.noted',
  id: 'n1',
  incident: '42',
  text: 'restarted db-3',
  author,
  sayIn: null,
  ...signed,
}
const kept = (mark: MarkedBy | null): Event => ({
  type: 'timeline.kept',
  id: 'm',
  incident: '42',
  message,
  mark,
  ...signed,
})

function given(...events: Event[]) {
  const state = events.reduce<Entry | null>(evolve, null)
  return { state, when: (command: Command) => decide(state, command, { id: 'm', now: noon, actor: ana, policy: {} }) }
}

describe('noting', () => {
  const note = (text: string): Command => ({ type: 'timeline.note', incident: '42', text, author, sayIn: null })

  test('needs words, and not a whole log', () => {
    expect(given().when(note(' '))).toEqual({ refused: 'text-missing' })
    expect(given().when(note('x'.repeat(3_001)))).toMatchObject({ refused: 'too-long' })
    expect(given().when(note('restarted'))).toMatchObject([{ text: 'restarted', by: 'U_ANA' }])
  })
})

describe('marking a message', () => {
  const keep = (mark: MarkedBy | null): Command => ({ type: 'timeline.keep', incident: '42', message, mark })

  test('counts once however many react, and stands at the time it was said', () => {
    const { state, when } = given(kept(by('U_ANA', '10')))
    expect(state).toMatchObject({ saidAt: message.saidAt, author, status: 'kept', isKeptByHand: false })
    expect(when(keep(by('U_CLEO', '11')))).toMatchObject([{ type: 'timeline.marked' }])
  })
  test('ends when the last of them takes it back, not before', () => {
    const two = [kept(by('U_ANA', '10')), { type: 'timeline.marked', mark: by('U_CLEO', '11') }] as Event[]
    const first: Event = { type: 'timeline.unmarked', mark: by('U_ANA', '12') }
    const second: Event = { type: 'timeline.unmarked', mark: by('U_CLEO', '13') }
    expect(given(...two, first).state?.status).toBe('kept')
    expect(given(...two, first, second).state?.status).toBe('withdrawn')
    expect(given(...two, first, second, { type: 'timeline.marked', mark: by('U_ANA', '14') }).state?.status).toBe(
      'kept',
    )
  })
  test('by hand stays when the reactions go', () => {
    const unmarked: Event = { type: 'timeline.unmarked', mark: by('U_ANA', '12') }
    const marked: Event = { type: 'timeline.marked', mark: by('U_ANA', '11') }
    expect(given(kept(null), marked, unmarked).state?.status).toBe('kept')
    expect(given(kept(null)).when(keep(null))).toEqual({ refused: 'already-there' })
  })
  test('that Slack tells late, or twice, changes nothing', () => {
    const late = given(kept(by('U_ANA', '10')), { type: 'timeline.unmarked', mark: by('U_ANA', '12') })
    expect(late.when(keep(by('U_ANA', '10')))).toEqual([])
    expect(late.when({ type: 'timeline.unmark', mark: by('U_ANA', '12') })).toEqual([])
  })
  test('that somebody removed by hand does not bring it back', () => {
    const removed: Event = { type: 'timeline.removed', ...signed }
    expect(given(kept(null), removed, { type: 'timeline.marked', mark: by('U_CLEO', '20') }).state?.status).toBe(
      'removed',
    )
  })
})

describe('what changes', () => {
  test('keeps what it said before, whoever changed it', () => {
    const edited: Event = { type: 'timeline.edited', text: 'error rate doubles', files: [], at: noon.toISOString() }
    const corrected: Event = {
      type: 'timeline.corrected',
      text: 'error rate is 4 %',
      saidAt: message.saidAt,
      ...signed,
    }
    expect(given(kept(null), edited, corrected).state?.versions).toMatchObject([
      { text: 'error rate halves', why: 'edited-in-slack', by: 'U_BEN' },
      { text: 'error rate doubles', why: 'corrected', by: 'U_ANA' },
    ])
  })
  test('but is the same is no change', () => {
    const { when } = given(noted)
    expect(when({ type: 'timeline.correct', text: 'restarted db-3', saidAt: noon.toISOString() })).toEqual([])
    expect(given(kept(null)).when({ type: 'timeline.edit', text: message.text, files: message.files })).toEqual([])
  })
  test('may not be moved into the future', () => {
    const later = new Date(noon.getTime() + 1_000).toISOString()
    expect(given(noted).when({ type: 'timeline.correct', text: 'x', saidAt: later })).toEqual({
      refused: 'in-the-future',
    })
  })
  test('was deleted in Slack once, and is not edited after', () => {
    const deleted: Event = { type: 'timeline.deletedInSlack', at: noon.toISOString() }
    expect(given(kept(null), deleted).when({ type: 'timeline.deleteInSlack' })).toEqual([])
    expect(given(kept(null), deleted).when({ type: 'timeline.edit', text: 'y', files: [] })).toEqual([])
  })
})

test('nothing can be corrected that is not there', () => {
  expect(given().when({ type: 'timeline.remove' })).toEqual({ refused: 'no-such-entry' })
})
