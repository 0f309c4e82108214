/** What every alert source must keep. One loop over all of them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sources } from '../../src/features/alerts/sources/index.ts'
import type { AlertSource, IncomingAlert, Parsed } from '../../src/features/alerts/sources/source.ts'
import { cleanDeep } from '../../src/lib/text.ts'
import { hostileText, mutated, shuffled } from '../support/fuzz.ts'

const receivedAt = new Date('2026-03-02T12:00:00Z')
const scene = { startsAt: '2026-03-02T11:50:00.000Z', endsAt: null, nth: 0 }

describe.each(sources)('$name', (source) => {
  test('reads its own example', () => {
    const alerts = alertsOf(source.parse(source.example, receivedAt))
    expect(alerts.length).toBeGreaterThan(0)
    for (const alert of alerts) expectSound(alert)
  })

  test('reads the same payload the same way twice, and in whatever order its fields stand', () => {
    const parsed = source.parse(source.example, receivedAt)
    expect(source.parse(source.example, receivedAt)).toEqual(parsed)
    fc.assert(
      fc.property(shuffled(source.example), (body) => {
        expect(source.parse(body, receivedAt)).toEqual(parsed)
      }),
      { numRuns: 30 },
    )
  })

  test('what begins and what ends is the same alert, another of its kind is another', () => {
    const [fired] = alertsOf(source.parse(source.play(scene), receivedAt))
    const [ended] = alertsOf(source.parse(source.play({ ...scene, endsAt: receivedAt.toISOString() }), receivedAt))
    const [other] = alertsOf(source.parse(source.play({ ...scene, nth: 1 }), receivedAt))
    expect(fired).toMatchObject({ status: 'firing', startsAt: scene.startsAt })
    expect(ended).toMatchObject({
      status: 'resolved',
      fingerprint: fired?.fingerprint,
      endsAt: receivedAt.toISOString(),
    })
    expect(other?.fingerprint).not.toBe(fired?.fingerprint)
  })

  test('whatever is posted is read, or refused with the field that is wrong', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => expectReadOrRefused(source, body)))
  })

  test('its example with anything spoiled in it is read, or refused, and never thrown at', () => {
    fc.assert(
      fc.property(mutated(source.example, fc.oneof(fc.jsonValue(), hostileText)), (body) =>
        expectReadOrRefused(source, body),
      ),
      { numRuns: 500 },
    )
  })

  test('its example with hostile words in it is shown by words alone: its links stay web pages', () => {
    fc.assert(
      fc.property(mutated(source.example, hostileText), (body) => expectReadOrRefused(source, body)),
      { numRuns: 300 },
    )
  })
})

function expectReadOrRefused(source: AlertSource, body: unknown): void {
  const parsed = source.parse(cleanDeep(body), receivedAt)
  if ('field' in parsed) {
    expect(parsed.problem).not.toBe('')
    if (parsed.field !== '') expect(parsed.problem).toContain(parsed.field)
  } else for (const alert of parsed.alerts) expectSound(alert)
}

/** What the pipeline, the store and the messages rely on. */
function expectSound(alert: IncomingAlert): void {
  const { fingerprint, title, startsAt, endsAt, status, labels, annotations, links, severityLabel } = alert
  expect(fingerprint).not.toBe('')
  expect(title.trim()).not.toBe('')
  expect(title.length).toBeLessThanOrEqual(3_000)
  for (const moment of [startsAt, endsAt ?? startsAt]) expect(new Date(moment).toISOString()).toBe(moment)
  if (status === 'resolved') expect(endsAt).not.toBeNull()
  for (const [name, value] of [...Object.entries(labels), ...Object.entries(annotations)]) {
    expect(name).not.toBe('')
    expect(value).toBeTypeOf('string')
  }
  expect(Object.keys(labels).length).toBeLessThanOrEqual(100)
  expect(severityLabel === null || typeof severityLabel === 'string').toBe(true)
  for (const { url } of links) expect(url).toMatch(/^https?:\/\//i)
}

function alertsOf(parsed: Parsed): readonly IncomingAlert[] {
  if ('field' in parsed) throw new Error(parsed.problem)
  return parsed.alerts
}
