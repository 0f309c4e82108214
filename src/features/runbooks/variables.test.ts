import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StepBlock } from './runbook.ts'
import { readBlock } from './step-blocks.ts'
import { fillBlock, fillWords, missingIn } from './variables.ts'

const query: StepBlock = { kind: 'query', promql: 'up{instance="{{ labels.instance }}"}', forMinutes: 60 }
const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom('"} or vector(1) #', "'; $(id) && rm -rf /", '<!channel>', '<@U123>', '*bold*', '\\"', '--force'),
)

test('a value can never end the string that it stands in', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const filled = fillBlock(query, { 'labels.instance': value })
      if (filled.kind !== 'query') throw new Error('it became something else')
      // One string literal from the first quote to the last, as PromQL reads it.
      expect(filled.promql).toMatch(/^up\{instance="(?:[^"\\\n]|\\.)*"\}$/s)
    }),
  )
})

test('a value can never become a mention, a link or a second line', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const words = fillWords('on {{ labels.instance }} now', { 'labels.instance': value })
      expect(words).not.toMatch(/<[!@#h]|\n/)
      expect(words.startsWith('on ') && words.endsWith(' now')).toBe(true)
    }),
  )
})

test('a value can never become another argument, and what is for copying quotes it', () => {
  const action: StepBlock = {
    kind: 'action',
    action: 'rollback',
    target: 'checkout production',
    parameters: { to: '{{ labels.version }}' },
  }
  const shell: StepBlock = { kind: 'shell', text: 'kubectl logs {{ labels.pod }}' }
  fc.assert(
    fc.property(hostile, (value) => {
      expect(fillBlock(action, { 'labels.version': value })).toEqual({
        ...action,
        parameters: { to: value.toWellFormed() },
      })
      const filled = fillBlock(shell, { 'labels.pod': value })
      expect(filled.kind === 'shell' && filled.text).toMatch(/^kubectl logs '(?:[^']|'\\'')*'$/)
    }),
  )
})

test('in an address a value stays one part of it', () => {
  const check: StepBlock = { kind: 'check', url: 'https://example.com/{{ labels.path }}', expectStatus: 200 }
  fc.assert(
    fc.property(hostile, (value) => {
      const filled = fillBlock(check, { 'labels.path': value })
      expect(filled.kind === 'check' && filled.url).toMatch(/^https:\/\/example\.com\/[^/?#\s]*$/)
    }),
  )
})

test('what has no value is named, and shown as missing', () => {
  expect(missingIn({ block: query }, {})).toEqual(['labels.instance'])
  expect(missingIn({ block: query }, { 'labels.instance': 'a' })).toEqual([])
  expect(fillWords('on {{ labels.instance }}', {})).toBe('on ‹labels.instance›')
})

test('in a query to a database a value is a parameter, and never a part of the text', () => {
  const read = readBlock(
    'check',
    "sql shop expect 0\nselect count(*) from orders where shop = {{ labels.shop }} -- 'x'",
  )
  if (!('block' in read)) throw new Error(read.problem)
  fc.assert(
    fc.property(hostile, (value) => {
      expect(fillBlock(read.block, { 'labels.shop': value })).toEqual({
        kind: 'sql',
        database: 'shop',
        query: "select count(*) from orders where shop = $1 -- 'x'",
        values: [value.toWellFormed()],
        expect: { operator: '=', value: '0' },
      })
    }),
  )
})

test.each([
  ["select 1 where shop = '{{ labels.shop }}'", 'inside quotes'],
  ['select 1 as "{{ labels.shop }}"', 'inside quotes'],
  ['select $x$ {{ labels.shop }} $x$', 'inside quotes'],
  ['select 1 -- {{ labels.shop }}', 'inside quotes'],
  ['select 1 /* {{ labels.shop }} */', 'inside quotes'],
  ['select $1', 'numbered parameter'],
])('%s is refused: it could not be a value', (query, problem) => {
  expect(readBlock('check', `sql shop\n${query}`)).toMatchObject({ problem: expect.stringContaining(problem) })
})

test('a check of a database says what it expects: a text, or a bound', () => {
  const expected = (words: string) => {
    const read = readBlock('check', `sql shop ${words}\nselect 1`)
    return 'block' in read && read.block.kind === 'sql' ? read.block.expect : read
  }
  expect(expected('expect < 100')).toEqual({ operator: '<', value: '100' })
  expect(expected('expect >=5')).toEqual({ operator: '>=', value: '5' })
  expect(expected('expect all is well')).toEqual({ operator: '=', value: 'all is well' })
  expect(expected('')).toBeNull()
  expect(expected('expects 4')).toMatchObject({ problem: expect.any(String) })
})
