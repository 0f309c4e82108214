import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Matchers, matches, parseMatchers } from './matchers.ts'

const match = (text: string, labels: Record<string, string>) => {
  const parsed = parseMatchers(text)
  return Array.isArray(parsed) ? matches(parsed, labels) : parsed.problem
}

test.each([
  ['severity="critical"', true],
  ['severity!="critical"', false],
  ['{severity="critical", service=~"check.*"}', true],
  ['service=~"check"', false],
  ['service!~"pay.*"', true],
  ['missing=""', true],
  ['severity=critical', true],
])('%s', (text, expected) => {
  expect(match(text, { severity: 'critical', service: 'checkout' })).toBe(expected)
})

test('a comma inside quotes parts nothing', () => {
  expect(match('title="a, b"', { title: 'a, b' })).toBe(true)
})

test('what is no matcher is said with what would be', () => {
  expect(match('severity', {})).toContain('Write label="value"')
  expect(match('a=~"("', {})).toContain('is no pattern')
  expect(match('a=~"(x+)+y"', {})).toContain('is no pattern')
})

test('a plain map asks for equal labels', () => {
  expect(Matchers.parse({ severity: 'critical' })).toEqual([{ label: 'severity', operator: '=', value: 'critical' }])
})

test('whatever is written, reading it ends', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseMatchers(text)))
})
