import { expect, test } from 'vitest'
import { happeningsOf, isOpen, spansOf, stateAt, type Update } from './record.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 12, minute)).toISOString()
const ms = (minute: number) => Date.parse(at(minute))

function update(change: Partial<Update> & { minute: number }): Update {
  const { minute, ...more } = change
  return {
    id: `a-${minute}`,
    publicId: 'a',
    kind: 'incident',
    title: 'Checkout is slow',
    phase: 'investigating',
    components: [{ key: 'checkout', state: 'degraded' }],
    felt: 'degraded',
    locale: 'en',
    body: 'Some orders take long.',
    publishedAt: at(minute),
    startsAt: null,
    endsAt: null,
    corrects: null,
    ...more,
  }
}

test('an incident counts from when it began, not from when clients were told', () => {
  const [one] = happeningsOf([update({ minute: 20, startsAt: at(5) })])
  expect(one).toMatchObject({ startedAt: at(5), endedAt: null })
  expect(spansOf(one ? [one] : [], 'checkout')).toEqual([
    { from: ms(5), until: Number.POSITIVE_INFINITY, state: 'degraded' },
  ])
})

test('each update takes the place of the one before, and the last word makes everything work again', () => {
  const happenings = happeningsOf([
    update({ minute: 0 }),
    update({ minute: 10, phase: 'identified', components: [{ key: 'checkout', state: 'major' }], felt: 'major' }),
    update({ minute: 30, phase: 'resolved', components: [], felt: 'operational' }),
  ])
  expect(spansOf(happenings, 'checkout')).toEqual([
    { from: ms(0), until: ms(10), state: 'degraded' },
    { from: ms(10), until: ms(30), state: 'major' },
  ])
  expect(happenings[0]).toMatchObject({ phase: 'resolved', endedAt: at(30), worst: 'major' })
})

test('words that name no component leave every component as it was', () => {
  const happenings = happeningsOf([update({ minute: 0 }), update({ minute: 10, components: [] })])
  expect(stateAt(spansOf(happenings, 'checkout'), ms(15))).toBe('degraded')
})

test('a component that is named no more works again', () => {
  const both = [
    { key: 'checkout', state: 'partial' },
    { key: 'search', state: 'partial' },
  ] as const
  const happenings = happeningsOf([
    update({ minute: 0, components: both }),
    update({ minute: 10, components: [{ key: 'checkout', state: 'partial' }] }),
  ])
  expect(stateAt(spansOf(happenings, 'search'), ms(11))).toBe('operational')
  expect(stateAt(spansOf(happenings, 'checkout'), ms(11))).toBe('partial')
})

test('a notice after the end opens nothing and ends nothing later', () => {
  const happenings = happeningsOf([
    update({ minute: 0 }),
    update({ minute: 30, phase: 'resolved' }),
    update({ minute: 90, phase: 'notice', components: [{ key: 'checkout', state: 'major' }] }),
  ])
  expect(happenings[0]).toMatchObject({ phase: 'resolved', endedAt: at(30) })
  expect(stateAt(spansOf(happenings, 'checkout'), ms(95))).toBe('operational')
})

test('a correction of the last word does not make the incident last longer', () => {
  const [one] = happeningsOf([
    update({ minute: 0 }),
    update({ minute: 30, phase: 'resolved' }),
    update({ minute: 50, phase: 'resolved', corrects: 'a-30' }),
  ])
  expect(one).toMatchObject({ endedAt: at(30) })
})

test('what comes back is open again', () => {
  const [one] = happeningsOf([
    update({ minute: 0 }),
    update({ minute: 30, phase: 'resolved' }),
    update({ minute: 50, phase: 'investigating' }),
  ])
  expect(one && isOpen(one)).toBe(true)
})

test('planned work is felt from its beginning, not from its announcement', () => {
  const planned = { kind: 'maintenance', startsAt: at(20), endsAt: at(40) } as const
  const states = [{ key: 'checkout', state: 'maintenance' }] as const
  const happenings = happeningsOf([
    update({ minute: 0, ...planned, phase: 'scheduled', components: states }),
    update({ minute: 21, ...planned, phase: 'in_progress', components: states }),
    update({ minute: 39, ...planned, phase: 'completed', components: [] }),
  ])
  expect(spansOf(happenings, 'checkout')).toEqual([{ from: ms(21), until: ms(39), state: 'maintenance' }])
})

test('of two incidents at once the worse one shows', () => {
  const happenings = happeningsOf([
    update({ minute: 0 }),
    update({ minute: 5, publicId: 'b', id: 'b-1', components: [{ key: 'checkout', state: 'major' }] }),
  ])
  expect(stateAt(spansOf(happenings, 'checkout'), ms(6))).toBe('major')
})

test('an incident that names no component is felt as its words say', () => {
  const [one] = happeningsOf([update({ minute: 0, components: [], felt: 'major' })])
  expect(one).toMatchObject({ felt: 'major', worst: 'major', components: [] })
})
