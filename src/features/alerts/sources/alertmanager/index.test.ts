import { expect, test } from 'vitest'
import type { IncomingAlert, Parsed } from '../source.ts'
import { alertmanager } from './index.ts'

const receivedAt = new Date('2026-03-02T12:30:00Z')
const read = (body: unknown) => alertsOf(alertmanager.parse(body, receivedAt))
const firing = {
  status: 'firing',
  labels: { alertname: 'DiskFull', severity: 'warning' },
  startsAt: '2026-03-02T12:00:08.345Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'c3a9f2e1b7d04586',
}

test('an alert keeps the fingerprint and the beginning that Alertmanager gives it', () => {
  expect(read({ alerts: [firing] })).toMatchObject([
    {
      fingerprint: 'c3a9f2e1b7d04586',
      status: 'firing',
      startsAt: '2026-03-02T12:00:08.345Z',
      endsAt: null,
      title: 'DiskFull',
      severityLabel: 'warning',
    },
  ])
})

test('an end comes with its own moment, however often it is sent again', () => {
  const ended = { ...firing, status: 'resolved', endsAt: '2026-03-02T12:20:00Z' }
  const again = alertmanager.parse({ status: 'firing', alerts: [ended] }, new Date('2026-03-02T13:30:00Z'))
  expect(alertsOf(again)).toEqual(read({ status: 'resolved', alerts: [ended] }).map((alert) => ({ ...alert })))
  expect(alertsOf(again)).toMatchObject([{ status: 'resolved', endsAt: '2026-03-02T12:20:00.000Z' }])
})

test('both of a pair of Alertmanagers come out as the same alert', () => {
  const one = read({ externalURL: 'http://am-1:9093', groupKey: '{}:{}', alerts: [firing] })
  const other = read({ externalURL: 'http://am-2:9093', groupKey: '{}:{}', alerts: [firing] })
  const words = ({ extra: _, ...said }: IncomingAlert) => said
  expect(one.map(words)).toEqual(other.map(words))
})

test('an alert without a fingerprint, as old versions send it, is told apart by its labels', () => {
  const { fingerprint: _, ...old } = firing
  const [one, same, other] = read({
    alerts: [old, { ...old, startsAt: '2026-03-02T12:10:00Z' }, { ...old, labels: { alertname: 'Other' } }],
  })
  expect(one?.fingerprint).toBe(same?.fingerprint)
  expect(one?.fingerprint).not.toBe(other?.fingerprint)
})

test('how many alerts were left out of a group is kept, and nothing is said when none were', () => {
  expect(read({ truncatedAlerts: 12, alerts: [firing] })[0]?.extra).toMatchObject({ truncatedAlerts: 12 })
  expect(read({ truncatedAlerts: 0, alerts: [firing] })[0]?.extra).not.toHaveProperty('truncatedAlerts')
})

test('labels that are numbers or true are text; what is no text is left out', () => {
  const labels = { alertname: 'X', code: 500, isOn: true, nothing: null, deep: { a: 1 } }
  expect(read({ alerts: [{ ...firing, labels }] })[0]?.labels).toEqual({ alertname: 'X', code: '500', isOn: 'true' })
})

test('an address that is no web page is no link', () => {
  const generatorURL = 'javascript:alert(1)'
  expect(read({ alerts: [{ ...firing, generatorURL }] })[0]?.links).toEqual([])
})

test('a group without alerts is no mistake', () => {
  expect(alertmanager.parse({ version: '4', alerts: [] }, receivedAt)).toEqual({ alerts: [] })
})

test.each([
  [{}, 'alerts'],
  [{ alerts: 'none' }, 'alerts'],
  [{ alerts: [firing, 7] }, 'alerts[1]'],
  [{ alerts: [firing, {}] }, 'alerts[1].labels'],
  [[], ''],
])('%j is refused by the name of its field', (body, field) => {
  expect(alertmanager.parse(body, receivedAt)).toMatchObject({ field })
})

function alertsOf(parsed: Parsed): readonly IncomingAlert[] {
  if ('field' in parsed) throw new Error(parsed.problem)
  return parsed.alerts
}
