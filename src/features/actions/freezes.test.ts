import { expect, test } from 'vitest'
import { type Freeze, freezeFor, freezeSchema } from './freezes.ts'

const freeze = (given: object): Freeze => freezeSchema.parse({ name: 'f', kind: 'deny', ...given })
const asked = (freezes: readonly Freeze[], at: string, more: object = {}) =>
  freezeFor(freezes, {
    target: 'checkout/production',
    now: new Date(at),
    standing: [],
    severity: null,
    severities: ['P1', 'P2', 'P3'],
    ...more,
  })?.name ?? null

test('a weekend in Berlin begins and ends by the clock of Berlin', () => {
  const weekend = [freeze({ days: ['sat', 'sun'], timeZone: 'Europe/Berlin' })]
  expect(asked(weekend, '2026-11-20T22:59:00Z')).toBeNull()
  expect(asked(weekend, '2026-11-20T23:01:00Z')).toBe('f')
  expect(asked(weekend, '2026-11-22T23:01:00Z')).toBeNull()
})

test('a night that goes over midnight belongs to the day on which it began', () => {
  const night = [freeze({ days: ['fri'], from: '22:00', to: '06:00' })]
  expect(asked(night, '2026-11-20T23:00:00Z')).toBe('f')
  expect(asked(night, '2026-11-21T05:59:00Z')).toBe('f')
  expect(asked(night, '2026-11-21T06:00:00Z')).toBeNull()
  expect(asked(night, '2026-11-21T23:00:00Z')).toBeNull()
})

test('deny beats allow, and outside of all that is allowed is denied', () => {
  const hours = freeze({ name: 'hours', kind: 'allow', from: '09:00', to: '17:00' })
  const fair = freeze({ name: 'fair', firstDay: '2026-11-21', lastDay: '2026-11-22' })
  expect(asked([hours], '2026-11-20T10:00:00Z')).toBeNull()
  expect(asked([hours], '2026-11-20T18:00:00Z')).toBe('hours')
  expect(asked([hours, fair], '2026-11-21T10:00:00Z')).toBe('fair')
})

test('who stands in an exempt group, or has an incident that is grave enough, passes', () => {
  const exempt = [freeze({ exempt: { groups: ['leads'], severity: 'P2' } })]
  expect(asked(exempt, '2026-11-20T10:00:00Z')).toBe('f')
  expect(asked(exempt, '2026-11-20T10:00:00Z', { standing: ['leads'] })).toBeNull()
  expect(asked(exempt, '2026-11-20T10:00:00Z', { severity: 'P2' })).toBeNull()
  expect(asked(exempt, '2026-11-20T10:00:00Z', { severity: 'P3' })).toBe('f')
})

test('a freeze of another target is none of ours', () => {
  expect(asked([freeze({ scope: '*/staging' })], '2026-11-20T10:00:00Z')).toBeNull()
  expect(asked([freeze({ scope: 'checkout/*' })], '2026-11-20T10:00:00Z')).toBe('f')
})
