/** How often PagerDuty is asked who is on call, and what is read while it has never answered. */
import { expect, test } from 'vitest'
import { decideRoster, evolveRoster, type Roster, type RosterCommand } from './domain.ts'
import { rosterLines } from './lines.ts'

const now = new Date('2026-03-02T03:00:00Z')
const policy = { watched: { policies: ['PPLATFORM'], schedules: [] }, emails: [] }

function decided(stored: Roster | null, command: RosterCommand, minutes = 0) {
  const given = {
    id: 'pagerduty',
    now: new Date(now.getTime() + minutes * 60_000),
    actor: { kind: 'tocsin' as const, what: 'a test' },
    policy,
  }
  const decision = decideRoster(stored, command, given)
  if ('refused' in decision) throw new Error(decision.refused)
  return decision
}

const asked = decided(null, { type: 'roster.begin' }).reduce<Roster | null>(evolveRoster, null)

test('after the first start it is asked at the next minute, and from then on by its own timer', () => {
  expect(asked?.askedAt).toBe(now.toISOString())
  expect(decided(asked, { type: 'roster.begin' }, 60)).toEqual([])
  expect(decided(asked, { type: 'roster.look' }, 60)).toEqual([
    { type: 'roster.asked', at: '2026-03-02T04:00:00.000Z' },
  ])
})

test('while it has never answered, nobody is said to be on call: the numbers stand elsewhere', () => {
  const failed: RosterCommand = { type: 'roster.see', observed: { outcome: 'failed', code: 'pagerduty_http_503' } }
  const roster = decided(asked, failed).reduce<Roster | null>(evolveRoster, asked)
  const teams = [{ team: 'platform', policy: 'PPLATFORM', schedules: [] }]
  const lines = rosterLines(teams, { roster, people: {}, now })
  expect(lines).toEqual([
    expect.stringMatching(/has not answered.*an error \(503\)\. It never answered so far/),
    '`/oncall contacts` has the numbers of our people.',
  ])
})
