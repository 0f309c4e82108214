/** Who is woken when the severity changes, and who may sleep again. */
import { expect, test } from 'vitest'
import type { Incident } from './domain.ts'
import { evolve } from './evolve.ts'
import { pageAfterSeverity, pageAgain } from './paging.ts'
import type { Rules } from './rules.ts'

const teams: Record<string, string> = { P1: 'platform', P2: 'platform', P3: 'office' }
const rules = { pagedFor: (severity: string) => teams[severity] ?? null } as unknown as Rules

function incidentAt(severity: string): Incident {
  return evolve(null, {
    type: 'incident.declared',
    id: '42',
    title: 'checkout is down',
    severity,
    status: 'investigating',
    kind: 'real',
    isPrivate: false,
    service: null,
    origin: null,
    startedAt: null,
    by: 'U1',
    at: '2026-11-20T10:00:00.000Z',
  })
}

const paging = (from: string, to: string) =>
  pageAfterSeverity(incidentAt(to), from, rules).map((effect) =>
    effect.kind === 'perform' ? `${effect.command.type} ${effect.id}` : effect.kind,
  )

test('a severity that pages the same team pages nobody again, and is told to whoever was paged', () => {
  expect(paging('P2', 'P1')).toEqual(['page.reprioritize incidents-42-platform'])
})

test('raised to one that pages, somebody is paged', () => {
  expect(paging('P4', 'P1')).toEqual(['page.send incidents-42-platform'])
})

test('lowered to one that pages nobody, the page of before is ended, and not left ringing for ever', () => {
  expect(paging('P1', 'P4')).toEqual(['page.resolve incidents-42-platform'])
})

test('moved from one team to another, the first is let go and the second is paged', () => {
  expect(paging('P1', 'P3')).toEqual(['page.resolve incidents-42-platform', 'page.send incidents-42-office'])
})

test('begun again by whoever leads, nobody is woken; by anybody else, somebody is', () => {
  const led = { ...incidentAt('P1'), lead: 'U1' }
  expect(pageAgain(led, 'U1', rules)).toEqual([])
  expect(pageAgain(led, 'U2', rules)).toHaveLength(1)
  expect(pageAgain(led, null, rules)).toHaveLength(1)
  expect(pageAgain(incidentAt('P1'), 'U1', rules)).toHaveLength(1)
})
