import { expect, test } from 'vitest'
import { hexDigest } from '../../../../lib/signatures.ts'
import { pagerduty } from './index.ts'

const receivedAt = new Date('2026-03-02T12:30:00Z')
const incident = { id: 'Q1', type: 'incident', status: 'triggered', title: 'Down', created_at: '2026-03-02T12:00:00Z' }
const event = (event_type: string, data: object, occurred_at = '2026-03-02T12:10:00Z') => ({
  event: { event_type, occurred_at, data },
})
const isSigned = (header: string, secret: string) => {
  const { signed } = pagerduty
  if (!signed || !('isSigned' in signed)) throw new Error('PagerDuty signs by a secret')
  return signed.isSigned(raw, { 'x-pagerduty-signature': header }, secret)
}
const raw = Buffer.from('{"event":{}}')
const signature = (secret: string) => `v1=${hexDigest(raw, secret)}`

test('an incident fires from when it was created until it is resolved, whatever happens between', () => {
  const acknowledged = event('incident.acknowledged', { ...incident, status: 'acknowledged' })
  const resolved = event('incident.resolved', { ...incident, status: 'resolved' }, '2026-03-02T12:20:00Z')
  const first = pagerduty.parse(event('incident.triggered', incident), receivedAt)
  expect(first).toMatchObject({ alerts: [{ status: 'firing', startsAt: '2026-03-02T12:00:00.000Z', title: 'Down' }] })
  expect(pagerduty.parse(acknowledged, receivedAt)).toMatchObject({
    alerts: [{ status: 'firing', startsAt: '2026-03-02T12:00:00.000Z' }],
  })
  expect(pagerduty.parse(resolved, receivedAt)).toMatchObject({
    alerts: [{ status: 'resolved', endsAt: '2026-03-02T12:20:00.000Z' }],
  })
})

test('one that is reopened begins anew', () => {
  const reopened = event('incident.reopened', incident, '2026-03-02T14:00:00Z')
  expect(pagerduty.parse(reopened, receivedAt)).toMatchObject({
    alerts: [{ status: 'firing', startsAt: '2026-03-02T14:00:00.000Z' }],
  })
})

test('the ping of a new subscription, notes and services are understood, and are no alerts', () => {
  const none = { alerts: [] }
  expect(pagerduty.parse(event('pagey.ping', { type: 'ping', message: 'Hello' }), receivedAt)).toEqual(none)
  expect(pagerduty.parse(event('incident.annotated', { type: 'incident_note', id: 'N1' }), receivedAt)).toEqual(none)
  expect(pagerduty.parse(event('service.updated', { type: 'service', id: 'S1' }), receivedAt)).toEqual(none)
})

test('while a secret is changed there are two signatures, and one that fits is enough', () => {
  expect(isSigned(signature('old'), 'old')).toBe(true)
  expect(isSigned(`${signature('new')},${signature('old')}`, 'old')).toBe(true)
  expect(isSigned(`${signature('old')}, ${signature('new')}`, 'new')).toBe(true)
})

test('a signature by another secret, of another body, shortened or missing does not fit', () => {
  expect(isSigned(signature('other'), 'secret')).toBe(false)
  expect(isSigned(`v1=${hexDigest(Buffer.from('{}'), 'secret')}`, 'secret')).toBe(false)
  expect(isSigned(signature('secret').slice(0, -1), 'secret')).toBe(false)
  expect(isSigned(signature('secret').replace('v1=', 'v0='), 'secret')).toBe(false)
  expect(isSigned('', 'secret')).toBe(false)
})

test.each([
  [{}, 'event'],
  [{ event: { data: {} } }, 'event.event_type'],
  [{ event: { event_type: 'incident.triggered' } }, 'event.data'],
  [event('incident.triggered', { ...incident, id: undefined }), 'event.data.id'],
  [event('incident.triggered', { ...incident, status: 'exploded' }), 'event.data.status'],
])('%j is refused by the name of its field', (body, field) => {
  expect(pagerduty.parse(body, receivedAt)).toMatchObject({ field })
})
