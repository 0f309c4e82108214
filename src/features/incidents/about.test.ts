import { expect, test } from 'vitest'
import { aboutOf } from './about.ts'
import type { Incident } from './domain.ts'

const plain = {
  id: '1',
  title: 'x',
  severity: 'P1',
  status: 'investigating',
  lead: null,
  channel: null,
  channelTrouble: null,
  declaredAt: 'now',
}

test('what is not said of an incident is its usual case: real, and for everybody', () => {
  expect(aboutOf(plain as unknown as Incident)).toMatchObject({ isReal: true, isPrivate: false, communications: null })
})
test('a drill is not real, a private one is private, and who speaks is known', () => {
  const incident = {
    ...plain,
    kind: 'drill',
    isPrivate: true,
    roles: { communications: 'U0CLEO0003' },
  } as unknown as Incident
  expect(aboutOf(incident)).toMatchObject({ isReal: false, isPrivate: true, communications: 'U0CLEO0003' })
})
