import { expect, test } from 'vitest'
import type { Parsed } from '../source.ts'
import { datadog } from './index.ts'

const receivedAt = new Date('2026-03-02T12:30:00Z')
const read = (said: object) => datadog.parse({ ...(datadog.example as object), ...said }, receivedAt)
const keyOf = (parsed: Parsed) => ('alerts' in parsed ? parsed.alerts[0]?.fingerprint : null)

test('tags and scope are labels, and what stands in brackets before the title is left out', () => {
  expect(read({})).toMatchObject({
    alerts: [
      {
        status: 'firing',
        startsAt: '2026-03-02T12:00:00.000Z',
        title: 'Memory of checkout is nearly used up',
        labels: { env: 'production', host: 'web-3', service: 'checkout', team: 'platform', priority: 'P2' },
        severityLabel: 'P2',
      },
    ],
  })
})

test('it is the same alert through warning, repetition and recovery; another host is another one', () => {
  const keys = ['Warn', 'Triggered', 'Re-Triggered', 'Renotify', 'No Data', 'Recovered'].map((transition) =>
    keyOf(read({ transition, title: `[${transition} on {host:web-3}] Memory of checkout is nearly used up` })),
  )
  expect(new Set(keys).size).toBe(1)
  expect(keyOf(read({ scope: 'host:web-4' }))).not.toBe(keys[0])
})

test('only a recovery ends it', () => {
  const statusAfter = (transition: string) => {
    const parsed = read({ transition })
    return 'alerts' in parsed ? parsed.alerts[0]?.status : null
  }
  expect(['Triggered', 'Re-Warn', 'No Data', 'Renotify'].map(statusAfter)).toEqual(Array(4).fill('firing'))
  expect(statusAfter('Recovered')).toBe('resolved')
})

test('a variable that Datadog had no value for is not shown as if it were one', () => {
  const parsed = read({ priority: 'null', host: '', metric: '$ALERT_METRIC', snapshot: 'null', transition: 'Warn' })
  expect(parsed).toMatchObject({ alerts: [{ severityLabel: 'warning', links: [{ title: 'Datadog' }] }] })
  expect('alerts' in parsed && parsed.alerts[0]?.labels).not.toHaveProperty('metric')
})

test("Datadog's own default payload is read: there the end shows in the title", () => {
  const plain = { id: '42', body: '%%%\nDisk is full\n%%%', date: 1772452800000, event_type: 'metric_alert_monitor' }
  const fired = datadog.parse({ ...plain, title: '[Triggered] Disk of db-1' }, receivedAt)
  const ended = datadog.parse({ ...plain, title: '[Recovered] Disk of db-1' }, receivedAt)
  expect(fired).toMatchObject({ alerts: [{ status: 'firing', annotations: { summary: 'Disk is full' } }] })
  expect(ended).toMatchObject({ alerts: [{ status: 'resolved', title: 'Disk of db-1' }] })
  expect(keyOf(fired)).toBe(keyOf(ended))
})

test('a body without a title is refused by that name', () => {
  expect(datadog.parse({ transition: 'Triggered' }, receivedAt)).toMatchObject({ field: 'title' })
  expect(datadog.parse('[Triggered]', receivedAt)).toMatchObject({ field: '' })
})
