import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bold, channelLink, escapeInline, escapeText, link, mention, unescapeText, when } from './mrkdwn.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '<!channel>',
    '<!here|x>',
    '<@U123>',
    '<https://evil.example|bank>',
    '&lt;!channel&gt;',
    '*_~`',
    '> quoted',
    'a\n> b',
  ),
)

test("nobody is called and nothing is linked by somebody else's text", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const escaped of [escapeText(text), escapeInline(text), bold(text)]) expect(escaped).not.toMatch(/[<>]/)
      expect(unescapeText(escapeText(text))).toBe(text)
    }),
  )
})

test('text within a line neither formats nor breaks it, and still reads the same', () => {
  const escaped = escapeInline('*bold*\n> not a quotation')
  expect(escaped.replaceAll('\u2060', '')).toBe('*bold* &gt; not a quotation')
  expect(escaped).not.toMatch(/^\*/)
})

test('only addresses that open a page or a mail become links', () => {
  expect(link('https://example.com/a|b', 'A | B')).toBe('<https://example.com/a%7Cb|A ¦ B>')
  expect(link('javascript:alert(1)', 'Open')).toBe('Open')
})

test('only ids become mentions', () => {
  expect([mention('U123'), mention('!channel'), channelLink('C1'), channelLink('<x>')]).toEqual([
    '<@U123>',
    '!channel',
    '<#C1>',
    '&lt;x&gt;',
  ])
})

test('a moment is shown in the zone of the reader', () => {
  expect(when('2026-03-02T14:02:00.000Z')).toBe('<!date^1772460120^{date_short_pretty} {time}|2026-03-02 14:02 UTC>')
})
