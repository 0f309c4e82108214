/** Whatever is typed as a parameter arrives as the same literal text, or is refused with what would be accepted. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogueOf } from './catalogue.ts'
import { actionsSchema } from './config.ts'
import type { Entry } from './entry.ts'
import { readParams } from './request.ts'
import { readTyped } from './wording.ts'

const params = {
  enum: { type: 'enum', values: ['blue', 'green'], optional: true },
  pattern: { type: 'pattern', pattern: '[\\w. ;$()&/|<>-]+', max: 40, optional: true },
  range: { type: 'range', min: 1, max: 9, optional: true },
  to: { type: 'lookup', optional: true },
}
const catalogue = catalogueOf(
  actionsSchema.parse({
    catalogue: {
      roll: {
        title: 'Roll',
        verb: 'roll',
        targets: ['checkout/production'],
        tier: 'T1',
        executor: 'rehearsal',
        timeout: '1m',
        params,
      },
    },
  }),
)
const entry = catalogue.get('roll') as Entry

const nasty = fc.oneof(
  fc.constantFrom(
    '; $(id) && rm -rf /',
    '$(id)',
    '`id`',
    '-rf',
    '--help',
    'a\u0000b',
    'a\nb',
    '\u202Eabc',
    '__proto__',
    'constructor',
    "' or 1=1 --",
    '<!channel>',
    'x'.repeat(10_000),
    '1e9',
    '0x1',
    ' 5',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ minLength: 30, maxLength: 60 }).map((text) => text.repeat(200)),
)

test.each(Object.keys(params))('%s takes what it may be as it is, and nothing else', (name) => {
  fc.assert(
    fc.property(nasty, (value) => {
      const read = readParams(entry, { [name]: value })
      if ('bad' in read) {
        expect(read.bad).toBe(name)
        expect(read.accepted).not.toBe('')
        return
      }
      if (value === '') {
        expect(read.values).toEqual({})
        return
      }
      expect(String(read.values[name])).toBe(value)
      expect(value).not.toMatch(/^-|\p{Cc}/u)
      expect(value.length).toBeLessThanOrEqual(200)
    }),
    { numRuns: 500 },
  )
})

test('a parameter of another name is refused by its name, whatever objects have by themselves', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'colour']) {
    const given = Object.fromEntries([[name, 'x']])
    expect(readParams(entry, given)).toMatchObject({ bad: name })
  }
})

test('a line with anything in it is a wish with that very text, or a question', () => {
  fc.assert(
    fc.property(nasty, (value) => {
      const read = readTyped(`roll checkout production pattern="${value}"`, catalogue)
      if (!('params' in read)) return
      const checked = readParams(entry, read.params)
      if ('values' in checked && checked.values.pattern !== undefined) {
        expect(`roll checkout production pattern="${value}"`).toContain(String(checked.values.pattern))
      }
    }),
    { numRuns: 500 },
  )
})

test('the usual lines are understood', () => {
  expect(readTyped('roll checkout', catalogue)).toMatchObject({ target: 'checkout/production', params: {} })
  expect(readTyped('roll checkout production to v141 because it burns', catalogue)).toMatchObject({
    params: { to: 'v141' },
    reason: 'it burns',
  })
  expect(readTyped('roll checkout/production v141 INC-42', catalogue)).toMatchObject({
    params: { to: 'v141' },
    incident: '42',
  })
  expect(readTyped('roll checkout production range=3', catalogue)).toMatchObject({ params: { range: '3' } })
  expect(readTyped('brew tea', catalogue)).toEqual({ unknownVerb: 'brew' })
})
