import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseConfig } from '../../config.ts'
import { findGaps, lintOncall } from './lint.ts'

const example = readFileSync('tocsin.yml', 'utf8')
const now = new Date('2026-03-02T12:00:00Z')

function gapsOf(text: string) {
  const loaded = parseConfig(text, 'ours.yml')
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
  return findGaps(loaded, { now, file: 'ours.yml', lineOf: loaded.lineOf })
}

function problemsOf(text: string) {
  const loaded = parseConfig(text, 'ours.yml')
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
  return lintOncall(loaded, { now, file: 'ours.yml', lineOf: loaded.lineOf }).map(
    ({ key, problem }) => `${key} ${problem}`,
  )
}

test('everybody of the example can be reached', () => {
  expect(problemsOf(example)).toEqual([])
})

test.each([
  ['manager: [U0EVA00005]', 'manager: [U0GONE0006]', 'oncall.roles.manager calls U0GONE0006, of whom nothing is known'],
  [
    'people: [U0ANA00001, U0BEN00002, U0DMITRI04]',
    'people: [U0ANA00001, U0GONE0006]',
    'oncall.schedules.platform.layers.0 calls U0GONE0006, of whom nothing is known',
  ],
  [', phone: "+351 555 0104"', '', 'oncall.people.U0DMITRI04 Dmitri Volkov has no phone number'],
  [
    'email: eva@example.com, ',
    '',
    'oncall.teams.platform.climb.2 calls Eva Lind by mail, who has no e-mail address here',
  ],
  [
    '          call: [U0EVA00005]',
    '          call: [schedule platform]',
    'oncall.teams.platform.climb.2 calls only whom an earlier step called, and in the same way',
  ],
])('with «%s» changed to «%s», it is said that %s', (from, to, problem) => {
  expect(example).toContain(from)

  expect(problemsOf(example.replace(from, to))).toEqual([problem])
})

test('a schedule without a gap is fine', () => {
  expect(gapsOf(example)).toEqual([])
})

test('a night in which nobody would be called is found, with the line of its schedule', () => {
  const daysOnly = example.replace('          turn: week # Or day.\n', '          hours: 08:00-20:00\n')
  const line = daysOnly
    .split('\n')
    .findIndex((text, index, all) => /^ {4}platform:/.test(text) && index > all.indexOf('oncall:'))

  expect(gapsOf(daysOnly)).toMatchObject([
    {
      file: 'ours.yml',
      line: line + 1,
      key: 'oncall.schedules.platform',
      problem: 'nobody is on call from 2026-03-02 20:00 UTC, the first of 30 gaps in the next 30 days',
    },
  ])
})

test.each(['every monday', '0 25 1 * *', '0 0 10 1 * *'])('«%s» is no calendar for test pages', (cron) => {
  const loaded = parseConfig(example.replace('testPages: null', `testPages: "${cron}"`), 'ours.yml')

  expect(loaded).toMatchObject({ problems: [{ key: 'oncall.testPages' }] })
})

test.each([
  ['manager: [U0EVA00005]', 'manager: [pagerduty]', 'oncall.roles.manager[0]'],
  ['manager: [U0EVA00005]', 'manager: [schedule nobody]', 'oncall.roles.manager[0]'],
  ['manager: [U0EVA00005]', 'checkout: [U0EVA00005]', 'oncall.roles.checkout'],
  ['priorities: { P1: P1,', 'priorities: { SEV1: P1,', 'oncall.pagerduty.priorities.SEV1'],
  ['userGroup: "@oncall-platform"', 'userGroup: oncall', 'oncall.schedules.platform.userGroup'],
  ['policy: PPLATFORM', 'policy: https://x.pagerduty.com/PPLATFORM', 'oncall.teams.platform.pagerduty.policy'],
  ['services: null', 'services: [nowhere]', 'escalation.ladders.response.services[0]'],
])('instead of «%s», «%s» is found where it stands: %s', (from, to, key) => {
  expect(example).toContain(from)

  expect(parseConfig(example.replace(from, to), 'ours.yml')).toMatchObject({ problems: [{ key }] })
})
