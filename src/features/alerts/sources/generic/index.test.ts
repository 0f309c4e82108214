import { expect, test } from 'vitest'
import { generic } from './index.ts'
import { Mapping, readMapped } from './mapping.ts'

const receivedAt = new Date('2026-03-02T12:30:00Z')
const mapping = Mapping.parse({
  each: 'data.checks',
  title: 'monitor.name',
  status: 'state',
  resolvedWhen: ['UP', '1'],
  severity: 'priority',
  key: 'monitor.id',
  link: 'links.0',
  startsAt: 'since',
  labels: { service: 'monitor.service' },
})
const check = {
  monitor: { name: 'Checkout answers', id: 17, service: 'checkout' },
  state: 'DOWN',
  priority: 2,
  links: ['https://uptime.example.com/17'],
  since: 1_772_452_800,
}

test('a mapping says where in the JSON of a tool things stand', () => {
  expect(readMapped(mapping, { data: { checks: [check] } }, receivedAt)).toMatchObject({
    alerts: [
      {
        status: 'firing',
        title: 'Checkout answers',
        severityLabel: '2',
        startsAt: '2026-03-02T12:00:00.000Z',
        links: [{ url: 'https://uptime.example.com/17' }],
        labels: { service: 'checkout' },
      },
    ],
  })
})

test('any status but those that mean the end means that it fires', () => {
  const statusFor = (state: unknown) => {
    const parsed = readMapped(mapping, { data: { checks: [{ ...check, state }] } }, receivedAt)
    return 'alerts' in parsed ? parsed.alerts[0]?.status : null
  }
  expect(['up', 'Up', 1].map(statusFor)).toEqual(['resolved', 'resolved', 'resolved'])
  expect(['down', 'unknown', null, undefined].map(statusFor)).toEqual(Array(4).fill('firing'))
})

test('what is needed and missing is refused by its path', () => {
  expect(readMapped(mapping, { data: {} }, receivedAt)).toMatchObject({ field: 'data.checks' })
  expect(readMapped(mapping, { data: { checks: [check, {}] } }, receivedAt)).toMatchObject({
    field: 'data.checks.1.monitor.name',
  })
})

test('a path leads only to what the sender wrote', () => {
  const crooked = Mapping.parse({ title: 'constructor.name' })
  expect(readMapped(crooked, {}, receivedAt)).toMatchObject({ field: 'constructor.name' })
})

test('without a key the title and the labels make it the same alert; the summary does not', () => {
  const keyOf = (body: object) => {
    const parsed = generic.parse(body, receivedAt)
    return 'alerts' in parsed ? parsed.alerts[0]?.fingerprint : null
  }
  expect(keyOf({ title: 'x', summary: 'a', severity: 'critical' })).toBe(keyOf({ title: 'x', summary: 'b' }))
  expect(keyOf({ title: 'x', labels: { a: '1' } })).not.toBe(keyOf({ title: 'x' }))
  expect(keyOf({ title: 'x', id: '7' })).toBe(keyOf({ title: 'y', id: '7' }))
})
