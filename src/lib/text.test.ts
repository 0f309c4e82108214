import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clean, cleanDeep, shorten, splitText } from './text.ts'

// Everything that can arrive: any code unit, lone surrogates and all.
const anything = fc.string({ unit: 'binary', maxLength: 300 })

test('cleaned text can be kept by PostgreSQL, and cleaning it again changes nothing', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const cleaned = clean(text)
      expect(cleaned.isWellFormed()).toBe(true)
      expect(cleaned).not.toContain('\u0000')
      expect(clean(cleaned)).toBe(cleaned)
    }),
  )
})

test('text cannot turn the reading order around or hide in the invisible', () => {
  expect(clean('\u202Egpj.exe\u202C \u200Bx\uFEFF')).toBe('gpj.exe x')
})

test('emoji that are built of several keep together', () => {
  expect(clean('👩‍🚒 on call')).toBe('👩‍🚒 on call')
})

test('every text in a payload is cleaned, names of fields too', () => {
  expect(cleanDeep({ 'a\u0000': ['\ud800', 1, null, { b: 'x\u0007' }] })).toEqual({
    a: ['\ufffd', 1, null, { b: 'x' }],
  })
})

test('shortened text fits and breaks no character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 2, max: 50 }), (text, max) => {
      const short = shorten(text, max)
      expect(short.length).toBeLessThanOrEqual(max)
      if (text.isWellFormed()) expect(short.isWellFormed()).toBe(true)
    }),
  )
})

test('split text loses nothing, and every piece fits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 2, max: 60 }), (text, max) => {
      const pieces = splitText(text, max)
      expect(pieces.join('')).toBe(text)
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(max)
        if (text.isWellFormed()) expect(piece.isWellFormed()).toBe(true)
      }
    }),
  )
})

test('text is split at a line or a space where there is one', () => {
  expect(splitText('one two three\nfour', 14)).toEqual(['one two three\n', 'four'])
  expect(splitText('one two three four', 10)).toEqual(['one two ', 'three four'])
})
