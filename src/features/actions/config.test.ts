/** The catalogue is held to its rules before anything starts: what is missing, and what would be accepted. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rehearsed, withEntries } from '../../../tests/support/rehearsal.ts'
import { parseConfig } from '../../config.ts'

function problems(changes: Record<string, unknown>): string[] {
  const text = withEntries(rehearsed('entry', changes))(readFileSync('tocsin.yml', 'utf8'))
  const loaded = parseConfig(text, 'tocsin.yml')
  return 'problems' in loaded ? loaded.problems.map(({ key, problem }) => `${key}: ${problem}`) : []
}

const cases: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['a target of a service that is not there', { targets: ['tea/production'] }, '"tea" is no service'],
  ['an environment that is not there', { targets: ['checkout/moon'] }, '"moon" is no environment of checkout'],
  ['an executor that is not there', { executor: 'wand' }, '"wand" is no executor'],
  ['settings that the executor does not know', { with: { takesMiliseconds: 3 } }, 'takesMiliseconds'],
  ['a group that is not there', { request: 'cooks' }, '"cooks" is no group'],
  ['an approving group that is not there', { approve: [{ group: 'cooks' }] }, '"cooks" is no group'],
  ['a T2 that nobody approves', { approve: [] }, 'T2 needs an approval'],
  ['a T3 with one approval', { tier: 'T3' }, 'T3 needs two approvals from two groups'],
  ['a T3 without phrases', { tier: 'T3', confirm: 'none' }, 'T3 is confirmed by both'],
  ['a T3 whose glass breaks at once', { tier: 'T3', breakGlass: 'allow' }, '"allow" is too quick for T3'],
  [
    'taking the place of live data below T3',
    {
      executor: 'postgres-restore',
      with: {
        from: 'dumps',
        folder: '/var/backups/checkout',
        urlVariable: 'CHECKOUT_RESTORE_URL',
        database: 'checkout',
        finally: 'swap',
        binaries: '/usr/lib/postgresql/18/bin',
      },
    },
    'with these settings is T3 at least',
  ],
  ['nothing that proves it helped', { verify: null }, 'above T0 nothing counts as done'],
  ['a probe that is not there', { verify: { probes: [{ crystal: {} }] } }, '"crystal" is no probe'],
  ['no time limit', { timeout: undefined }, 'timeout'],
  ['a pattern that is none', { params: { to: { type: 'pattern', pattern: '(' } } }, 'is no regular expression'],
  [
    'a look-up where nobody can tell what exists',
    {
      executor: 'github-workflow',
      with: {
        repository: 'shop/checkout',
        workflow: 'roll.yml',
        ref: 'main',
        tokenVariable: 'TOKEN',
        inputs: { to: '{to}' },
      },
      params: { to: { type: 'lookup' } },
    },
    'github-workflow cannot say what there is to look up',
  ],
  ['free text', { params: { to: { type: 'text' } } }, 'params.to'],
]

test.each(cases)('%s is refused, by its place', (_what, changes, expected) => {
  expect(problems(changes).join('\n')).toContain(expected)
  expect(problems(changes).join('\n')).toContain('actions.catalogue.entry')
})

test('an entry that keeps the rules is taken', () => {
  expect(problems({})).toEqual([])
})

test('one line of words means one action', () => {
  const text = withEntries(rehearsed('one'), rehearsed('two'))(readFileSync('tocsin.yml', 'utf8'))
  const loaded = parseConfig(text, 'tocsin.yml')
  expect('problems' in loaded && loaded.problems[0]?.problem).toBe('"rollback checkout/production" is one already')
})
