import { expect, test } from 'vitest'
import { printMatchers } from '../../../lib/matchers.ts'
import type { AlertGroup, Labels, Member } from '../alert.ts'
import { matchersFor } from './asking.ts'

function silenceFor(key: Labels, all: readonly Labels[]): string {
  const members = all.map((labels, n) => [`${n}`, { fingerprint: `${n}`, title: 'DiskFull', labels, status: 'firing' }])
  const group = { id: 'g', key, members: new Map(members as [string, Member][]) } as unknown as AlertGroup
  return printMatchers(matchersFor(group))
}

test('a silence is for what its alerts have in common by their key', () => {
  const key = { alertname: 'DiskFull', service: 'search' }
  expect(silenceFor(key, [{ ...key, instance: 'db-1' }])).toBe('alertname="DiskFull", service="search"')
})

test('where the key is a rule alone it is for this machine or job, not for the rule everywhere', () => {
  const key = { alertname: 'DiskFull', service: '' }
  const disk = { alertname: 'DiskFull' }
  expect(silenceFor(key, [{ ...disk, instance: 'db-1' }])).toBe('alertname="DiskFull", instance="db-1"')
  expect(silenceFor(key, [{ ...disk, heartbeat: 'backup' }])).toBe('alertname="DiskFull", heartbeat="backup"')
  const both = [
    { ...disk, instance: 'db-1' },
    { ...disk, instance: 'db-2' },
  ]
  expect(silenceFor(key, both)).toBe('alertname="DiskFull"')
})
