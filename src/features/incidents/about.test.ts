import { expect, test } from 'vitest'
import { aboutOf } from './about.ts'
import type { Event } from './domain.ts'
import { evolve } from './evolve.ts'

const declared: Event = {
  type: 'incident.declared',
  id: '1',
  title: 'x',
  severity: 'P1',
  status: 'investigating',
  kind: 'real',
  isPrivate: false,
  service: null,
  origin: null,
  startedAt: null,
  by: 'U0ANA00001',
  at: '2026-11-20T10:00:00.000Z',
}

test('the usual one is real, for everybody, and nobody speaks for it yet', () => {
  expect(aboutOf(evolve(null, declared))).toMatchObject({ isReal: true, isPrivate: false, communications: null })
})

test('a drill is not real, a private one is private, and who speaks is known', () => {
  const drill = evolve(null, { ...declared, kind: 'drill', isPrivate: true })
  const given = { type: 'incident.roleGiven', role: 'communications', to: 'U0CLEO0003', from: null } as const
  const incident = evolve(drill, { ...given, by: null, at: declared.at })
  expect(aboutOf(incident)).toMatchObject({ isReal: false, isPrivate: true, communications: 'U0CLEO0003' })
})
