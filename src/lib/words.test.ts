import fc from 'fast-check'
import { expect, test } from 'vitest'
import { list, nearest, plural, slips, slug } from './words.ts'

test('one slip in a short word, two in a longer one', () => {
  expect(nearest('resolv', ['resolve', 'list'])).toEqual(['resolve'])
  expect(nearest('sve', ['sev', 'lead'])).toEqual(['sev'])
  expect(nearest('checkout', ['catchup', 'channel'])).toEqual([])
  expect(nearest('xy', ['x', 'y'])).toEqual([])
})

test('letters in the wrong order are one slip', () => {
  expect(slips('lsit', 'list')).toBe(1)
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (word) => {
      expect(slips(word, word)).toBe(0)
    }),
  )
})

test("a channel's name keeps to Slack's letters", () => {
  expect(slug('Checkout: Größe ≠ 500s!', 50)).toBe('checkout-grosse-500s')
  expect(slug('🔥🔥🔥', 50)).toBe('')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 60 }), (text, max) => {
      expect(slug(text, max)).toMatch(/^([a-z0-9]+(-[a-z0-9]+)*)?$/)
      expect(slug(text, max).length).toBeLessThanOrEqual(max)
    }),
  )
})

test('numbers and lists read as people write them', () => {
  expect([plural(1, 'note', 'notes'), plural(0, 'note', 'notes')]).toEqual(['1 note', '0 notes'])
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c'])
})
