import { expect, test } from 'vitest'
import { type Actor, isRefusal } from '../../core/decision.ts'
import { type Command, decide, type Event, evolve, type Heartbeat, type Policy } from './domain.ts'

const minute = 60_000
const noon = Date.UTC(2026, 2, 2, 12)
const at = (minutes: number) => new Date(noon + minutes * minute).toISOString()
const known: Policy = { spansOf: () => ({ every: minute, grace: 4 * minute }) }
const forgotten: Policy = { spansOf: () => null }
const timer = (lateSeconds = 0): Actor => ({ kind: 'timer', key: 'heartbeats/backup', lateSeconds })
const sender: Actor = { kind: 'source', name: 'heartbeat' }

interface Setting {
  minutes: number
  actor?: Actor
  policy?: Policy
}

function perform(heartbeat: Heartbeat | null, command: Command, { minutes, actor = sender, policy = known }: Setting) {
  const given = { id: 'backup', now: new Date(noon + minutes * minute), actor, policy }
  const decision = decide(heartbeat, command, given)
  const events: readonly Event[] = isRefusal(decision) ? [] : decision
  return { decision, heartbeat: events.reduce<Heartbeat | null>(evolve, heartbeat) }
}
const beat = (heartbeat: Heartbeat | null, minutes: number, policy = known) =>
  perform(heartbeat, { type: 'heartbeat.beat', at: at(minutes) }, { minutes, policy })
const look = (heartbeat: Heartbeat | null, lastAt: number | null, setting: Setting) =>
  perform(
    heartbeat,
    { type: 'heartbeat.look', name: 'backup', lastAt: lastAt === null ? null : at(lastAt) },
    { actor: timer(), ...setting },
  )

const beating = beat(null, 0).heartbeat
const missing = look(beating, 0, { minutes: 5 }).heartbeat

test('it is watched from its first beat on, and a beat that is as expected is no news', () => {
  expect(beat(null, 0).decision).toMatchObject([{ type: 'heartbeat.began' }])
  expect(beat(beating, 1).decision).toEqual([])
})

test('it is missing when the time between beats and the grace are over, and not before', () => {
  expect(look(beating, 0, { minutes: 5 }).decision).toMatchObject([{ type: 'heartbeat.missed', lastAt: at(0) }])
  expect(look(beating, 0, { minutes: 4.9 }).decision).toEqual([{ type: 'heartbeat.waited', until: at(5) }])
})

test('a beat in the moment of the look is in time', () => {
  expect(look(beating, 5, { minutes: 5 }).decision).toMatchObject([{ type: 'heartbeat.waited', until: at(10) }])
})

test('one that is missing comes back with its next beat, and is told missing only once', () => {
  expect(look(missing, 0, { minutes: 9 }).decision).toEqual([])
  expect(beat(missing, 30).decision).toMatchObject([
    { type: 'heartbeat.cameBack', missingSince: at(5), silentSince: at(0) },
  ])
  expect(beat(missing, 30).heartbeat).toEqual(beating)
})

test('when we were away ourselves it gets the time of one more beat, once', () => {
  const { decision, heartbeat } = look(beating, 0, { minutes: 60, actor: timer(55 * 60) })
  expect(decision).toEqual([{ type: 'heartbeat.waited', until: at(61) }])
  expect(look(heartbeat, 0, { minutes: 61 }).decision).toMatchObject([{ type: 'heartbeat.missed' }])
  expect(look(heartbeat, 0, { minutes: 90, actor: timer(29 * 60) }).decision).toMatchObject([
    { type: 'heartbeat.missed' },
  ])
  expect(beat(heartbeat, 61).heartbeat).toEqual(beating)
})

test('one that tocsin.yml no longer names is let go, and its alert with it', () => {
  const { decision, heartbeat } = look(missing, 0, { minutes: 10, policy: forgotten })
  expect(decision).toMatchObject([{ type: 'heartbeat.retired', missingSince: at(5) }])
  expect(look(heartbeat, 0, { minutes: 20, policy: forgotten }).decision).toEqual([])
  expect(beat(heartbeat, 30, forgotten).decision).toEqual({ refused: 'no-such-heartbeat' })
  expect(beat(heartbeat, 30).heartbeat).toEqual(beating)
})
