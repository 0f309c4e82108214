import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { printProblem } from './config.ts'

const example = readFileSync('tocsin.yml', 'utf8')
const problemsOf = (text: string) => {
  const loaded = parseConfig(text, 'tocsin.yml')
  return 'problems' in loaded ? loaded.problems.map(printProblem) : []
}

test('the example that ships is in order', () => {
  expect(problemsOf(example)).toEqual([])
})

test('every key of the example says in a line what it means', () => {
  const keys = example
    .split('\n')
    .filter((line) => /^ {2,}[a-z]\w*: [^{[]/.test(line) && !/^\s+(meaning|team|environments|page): /.test(line))
  expect(keys.filter((line) => !line.includes('#'))).toEqual([])
})

test.each([
  [
    'an unknown key is told its nearest',
    example.replace('defaultSeverity', 'defaultSevrity'),
    /^tocsin\.yml:\d+ incidents\.defaultSevrity: "defaultSevrity" is no key that is known here\. Did you mean "defaultSeverity"/,
  ],
  [
    'a severity that is not there is told what is',
    example.replace('open: P1', 'open: sev5'),
    /^tocsin\.yml:\d+ alerts\.routes\[0\]\.open: "sev5" is no severity\. Use P1, P2, P3, P4\.$/,
  ],
  [
    'a team that is not there is told what is',
    example.replace('page: platform #', 'page: plattform #'),
    /severities\.P1\.page: "plattform" is no team\. Use platform\.$/,
  ],
  [
    'a duration is shown how',
    example.replace('[2m,', '[2 minutes,'),
    /incidents\.askForLead\[0\]: "2 minutes" is no duration/,
  ],
  [
    'a wrong kind is said in plain words',
    example.replace('inbox: 14', 'inbox: soon'),
    /retention\.inbox: "soon" does not fit\. Write a number\.$/,
  ],
  ['a key twice is an error', `${example}\nretention:\n  inbox: 1\n`, /Map keys must be unique/],
  ['an empty file is no configuration', '', /^tocsin\.yml:1: the file holds no settings/],
  [
    'a matcher is shown how',
    example.replace('match: severity=~"(?i:critical|p1)"', 'match: severity'),
    /alerts\.routes\[0\]\.match: "severity" is no matcher/,
  ],
])('%s', (_title, text, expected) => {
  expect(problemsOf(text)[0]).toMatch(expected)
})

test('the line is the one to look at', () => {
  const line = example.split('\n').findIndex((text) => text.includes('open: P1')) + 1
  expect(problemsOf(example.replace('open: P1', 'open: sev5'))[0]).toContain(`tocsin.yml:${line} `)
})

test('everything that is wrong is told at once, from top to bottom', () => {
  const found = problemsOf(example.replace('inbox: 14', 'inbox: soon').replace('open: P1', 'opn: P1'))
  expect(found).toHaveLength(2)
  expect(found[0]).toContain('opn')
})

test('whatever the file holds, reading it ends in a configuration or in problems with a line', () => {
  const lines = fc.array(fc.oneof(fc.string(), fc.constantFrom(...example.split('\n'))), { maxLength: 30 })
  fc.assert(
    fc.property(lines, (some) => {
      const loaded = parseConfig(some.join('\n'), 'x.yml')
      if ('problems' in loaded) for (const problem of loaded.problems) expect(problem.line).toBeGreaterThan(0)
    }),
  )
})
