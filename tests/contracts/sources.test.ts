/** What every alert source must keep. One loop over all of them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sources } from '../../src/features/alerts/sources/index.ts'
import { cleanDeep } from '../../src/lib/text.ts'

const receivedAt = new Date('2026-03-02T12:00:00Z')

describe.each(sources)('$name', (source) => {
  test('reads its own example', () => {
    const parsed = source.parse(source.example, receivedAt)
    expect(parsed).toHaveProperty('alerts')
    if (!('alerts' in parsed)) return
    for (const alert of parsed.alerts) {
      expect(alert.fingerprint).not.toBe('')
      expect(alert.title).not.toBe('')
      for (const moment of [alert.startsAt, alert.endsAt ?? alert.startsAt])
        expect(new Date(moment).toISOString()).toBe(moment)
    }
  })

  test('reads the same payload the same way twice', () => {
    expect(source.parse(source.example, receivedAt)).toEqual(source.parse(source.example, receivedAt))
  })

  test('whatever is posted is read, or refused with the field that is wrong', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const parsed = source.parse(cleanDeep(body), receivedAt)
        if ('field' in parsed) expect(parsed.problem).not.toBe('')
        else expect(parsed.alerts.length).toBeGreaterThan(0)
      }),
    )
  })

  test('its example with any one field spoiled is read, or refused, and never thrown at', () => {
    const fields = Object.keys(source.example as object)
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => {
        source.parse({ ...(source.example as object), [field]: value }, receivedAt)
      }),
    )
  })
})
