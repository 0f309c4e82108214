import { array, assert, constantFrom, integer, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { actions, type Block, context, fields, section } from '../../lib/blocks.ts'
import { bodyOf, markedIfLate, partsOf, splitMarkup } from './messages.ts'

const buttons = actions([{ type: 'button', action_id: 'a.b', text: { type: 'plain_text', text: 'Resolve' } }])
const at = (instant: string) => new Date(`2026-11-21T${instant}Z`)

test('a short message goes as it is', () => {
  expect(partsOf({ text: 'hello' })).toEqual([{ text: 'hello' }])
  expect(bodyOf({ text: 'hello', blocks: [section('hello')] })).toEqual({ text: 'hello', blocks: [section('hello')] })
})

test('a message without blocks has none, also when the list is empty', () => {
  expect(bodyOf({ text: 'hello', blocks: [] })).toEqual({ text: 'hello' })
})

test('a mention is never torn in two', () => {
  const text = `${'x'.repeat(95)}<@U0ANA00001>${'y'.repeat(50)}`

  expect(splitMarkup(text, 100)[0]).toBe('x'.repeat(95))
})

test('an entity is never torn in two', () => {
  expect(splitMarkup(`${'x'.repeat(98)}&amp;y`, 100)).toEqual(['x'.repeat(98), '&amp;y'])
})

test('the parts of a text are the whole text, none too long and none with half a character', () => {
  const pieces = constantFrom('word ', '<@U0ANA00001>', '&lt;', '🔔', '\n', '&', '<', 'ünïcödé')
  assert(
    property(
      array(pieces, { maxLength: 300 }).map((some) => some.join('')),
      integer({ min: 20, max: 200 }),
      (text, max) => {
        const parts = splitMarkup(text, max)
        expect(parts.join('')).toBe(text)
        for (const part of parts) expect(part.length <= max && part.isWellFormed()).toBe(true)
      },
    ),
  )
})

test('too many blocks are cut at the end, the buttons stay, and a line says so', () => {
  const blocks = [...Array.from({ length: 80 }, (_, n) => section(`line ${n}`)), buttons]

  const { blocks: fitted = [] } = bodyOf({ text: 'long', blocks })

  expect(fitted).toHaveLength(50)
  expect(fitted.at(-1)).toEqual(buttons)
  expect(fitted.at(-2)).toEqual(context(['… shortened']))
})

test('blocks never hold more letters than Slack takes', () => {
  const block = string({ minLength: 1, maxLength: 3_000 }).chain((text) =>
    constantFrom<Block[]>(section(text), fields([text, text, text]), context([text]), buttons),
  )
  assert(
    property(array(block, { maxLength: 30 }), (blocks) => {
      const { blocks: fitted = [] } = bodyOf({ text: 'x', blocks })
      const letters = JSON.stringify(fitted).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)
      expect([...letters].reduce((sum, [, text]) => sum + JSON.parse(`"${text}"`).length, 0)).toBeLessThanOrEqual(
        10_000,
      )
    }),
    { numRuns: 50 },
  )
})

test('a message of two minutes ago says when it was meant; a fresh one does not', () => {
  const message = { text: 'checkout is down' }

  expect(markedIfLate(message, { decidedAt: at('12:00:00'), now: at('12:01:59') })).toBe(message)
  expect(markedIfLate(message, { decidedAt: at('12:00:00'), now: at('12:02:00') }).text).toMatch(
    /^checkout is down\n_Late: this was said .*<!date\^/,
  )
})

test('a late message with blocks says so in a block, where it is seen', () => {
  const late = markedIfLate({ text: 'x', blocks: [section('x')] }, { decidedAt: at('12:00:00'), now: at('13:00:00') })

  expect(late.blocks?.at(-1)).toMatchObject({ type: 'context' })
})
