import { expect, test } from 'vitest'
import { isRefusal } from '../../../core/decision.ts'
import { type Command, decide, type Event, evolve, type Weather } from './domain.ts'

const start = Date.UTC(2026, 2, 2, 12, 0)
const storm = { groups: 30, within: 60_000, calmAfter: 120_000 }

function play(weather: Weather | null, command: Command, second = 0) {
  const now = new Date(start + second * 1_000)
  const decision = decide(weather, command, {
    id: 'all',
    now,
    actor: { kind: 'source', name: 'generic' },
    policy: { storm },
  })
  const events: readonly Event[] = isRefusal(decision) ? [] : decision
  return { types: events.map((event) => event.type), weather: events.reduce<Weather | null>(evolve, weather) }
}
const observe = (groups: number, recent = 0): Command => ({
  type: 'storm.observe',
  groups,
  alerts: groups * 20,
  recent,
})

test('a storm begins with the group that is one too many, whether they come at once or within a minute', () => {
  expect(play(null, observe(29)).types).toEqual([])
  expect(play(null, observe(30)).types).toEqual(['storm.began'])
  expect(play(null, observe(2, 28)).weather).toMatchObject({ status: 'raging', groupCount: 30 })
})

test('it counts what it brings, and is over when for a while there were fewer', () => {
  const { weather } = play(null, observe(40))
  const more = play(weather, observe(40, 0), 30).weather
  expect(more).toMatchObject({ groupCount: 80, alertCount: 1_600 })
  const trickle = play(more, observe(1), 100).weather
  expect(play(trickle, { type: 'storm.calm' }, 120).types).toEqual([])
  const over = play(trickle, { type: 'storm.calm', released: [{ id: 'g', service: null }] }, 150)
  expect(over.types).toEqual(['storm.ended'])
  expect(over.weather?.status).toBe('calm')
})

test('the next one has the next number', () => {
  const first = play(null, observe(40)).weather
  const over = play(first, { type: 'storm.calm' }, 500).weather
  expect(play(over, observe(40), 600).weather).toMatchObject({ number: 2, groupCount: 40 })
})
