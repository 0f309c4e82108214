import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenize } from './tokenize.ts'

const words = (line: string) => tokenize(line).map((token) => token.text)

test('words are split at spaces, and quotes keep them together', () => {
  expect(words('sev p2 "payments are back"')).toEqual(['sev', 'p2', 'payments are back'])
})

test('the curly quotes of phones are quotes', () => {
  expect(words('note “all is well” «really» „ja“')).toEqual(['note', 'all is well', 'really', 'ja'])
})

test('people, channels and links are one word each', () => {
  expect(words('lead <@U1|Ana Ferreira> <#C1|ops> <https://x.example|a b>')).toEqual([
    'lead',
    '<@U1|Ana Ferreira>',
    '<#C1|ops>',
    '<https://x.example|a b>',
  ])
})

test('a quote that is not closed ends with the line', () => {
  expect(words('note "half')).toEqual(['note', 'half'])
})

test('an apostrophe is no quote', () => {
  expect(words("it's Ana's turn")).toEqual(["it's", "Ana's", 'turn'])
})

test('whatever is typed, it can be split, and each word is found where it says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (line) => {
      for (const { start } of tokenize(line)) expect(line[start]).toMatch(/\S/)
    }),
  )
})

test('a quoted text comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80 }), (text) => {
      const quoted = `"${text.replace(/[\\"]/g, '\\$&')}"`
      expect(words(quoted)).toEqual([text])
    }),
  )
})
