import { expect, test } from 'vitest'
import { isRefusal } from '../../../core/decision.ts'
import { type Command, decide, type Event, evolve, type SeenThere, type Silence } from './domain.ts'

const start = Date.UTC(2026, 2, 2, 12, 0)
const hour = 3_600_000
const at = (hours: number) => new Date(start + hours * hour).toISOString()
const match = [{ label: 'service', operator: '=', value: 'search' } as const]
const there = (more: Partial<SeenThere> = {}): SeenThere => ({ id: 'a1', match, until: at(2), ...more })

function play(silence: Silence | null, command: Command, hours = 0) {
  const now = new Date(start + hours * hour)
  const decision = decide(silence, command, { id: 'S-7', now, actor: { kind: 'person', id: 'U1' }, policy: null })
  const events: readonly Event[] = isRefusal(decision) ? [] : decision
  return { types: events.map(({ type }) => type), silence: events.reduce<Silence | null>(evolve, silence) }
}

const made = play(null, { type: 'silence.create', match, forMilliseconds: 2 * hour, reason: 'the move' }).silence
const copied = play(made, { type: 'silence.noteCopy', observed: { remoteId: 'a1' } }).silence
const see = (silence: Silence | null, seen: SeenThere | null, hours = 1, asked = 'a1') =>
  play(silence, { type: 'silence.seeThere', silence: 'S-7', asked, there: seen }, hours)

test('a copy that is as it was made says nothing new, in whatever order its labels stand', () => {
  expect(see(copied, there()).types).toEqual([])
  expect(see(copied, there({ until: at(2).replace('.000', '.400') })).types).toEqual([])
})

test('what is ended, moved or made another there is followed here', () => {
  expect(see(copied, there({ until: at(0.5) }))).toMatchObject({
    types: ['silence.endedThere'],
    silence: { status: 'ended', endedThere: true, endedBy: null },
  })
  expect(see(copied, there({ until: at(5) })).silence).toMatchObject({ status: 'active', until: at(5) })
  const other = [{ label: 'service', operator: '=~', value: 'a|b' } as const]
  expect(see(copied, there({ id: 'b2', match: other })).silence).toMatchObject({ match: other, remoteId: 'b2' })
})

test('whoever ends it here has the last word, also against more time there', () => {
  const ended = play(copied, { type: 'silence.end', silence: 'S-7' }, 1).silence
  expect(see(ended, there({ until: at(9) }), 1.1).types).toEqual([])
})

test('more time that it was given there in its last moment is found just after it ended by itself', () => {
  const over = play(copied, { type: 'silence.expire', silence: 'S-7' }, 2).silence
  expect(see(over, there(), 2.01).types).toEqual([])
  expect(see(over, there({ until: at(4) }), 2.01).silence).toMatchObject({
    status: 'active',
    until: at(4),
    endedAt: null,
  })
})

test('a copy that was lost is made again, but not for ever', () => {
  const lost = see(copied, null)
  expect(lost).toMatchObject({ types: ['silence.copyLost'], silence: { remoteId: null, copies: 2 } })
  let silence = lost.silence
  for (const remoteId of ['a2', 'a3']) {
    silence = play(silence, { type: 'silence.noteCopy', observed: { remoteId } }).silence
    silence = see(silence, null, 1, remoteId).silence
  }
  expect(silence).toMatchObject({ copies: 4, remoteTrouble: 'alertmanager_loses_it' })
})

test('an answer about a copy that is no longer ours is no answer', () => {
  expect(see(copied, there({ until: at(0.5) }), 1, 'an older one').types).toEqual([])
})
