import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mailBytesMax, startConversation } from './smtp.ts'

interface Heard {
  said: string[]
  kept: { from: string; to: readonly string[]; source: string }[]
  hungUp: boolean
}

/** What a server says to a client that talks in these packets. */
function hear(
  packets: readonly (string | Buffer)[],
  refuses: (recipient: string) => string | null = () => null,
): Heard {
  const heard: Heard = { said: [], kept: [], hungUp: false }
  const conversation = startConversation({
    refuses,
    isMute: () => false,
    keep: (envelope, source) => heard.kept.push({ ...envelope, source }),
    say: (line) => heard.said.push(line),
    hangUp: () => {
      heard.hungUp = true
    },
  })
  for (const packet of packets) conversation.receive(Buffer.from(packet))
  return heard
}

const lines = (...all: string[]) => all.map((line) => `${line}\r\n`).join('')
const codes = (heard: Heard) => heard.said.map((line) => Number(/(\d{3}) [^\r\n]*$/.exec(line)?.[1]))
const envelope = ['EHLO bot', 'MAIL FROM:<tocsin@example.com> BODY=8BITMIME', 'RCPT TO:<ana@example.com>', 'DATA']
const wholeVisit = lines(...envelope, 'Subject: Größe', '', '..hidden dot', '...', '', '.', 'QUIT')

test('a mail arrives the same however its bytes are cut into packets', () => {
  const bytes = Buffer.from(wholeVisit)
  const expected = hear([bytes])
  expect(expected.kept).toEqual([
    {
      from: 'tocsin@example.com',
      to: ['ana@example.com'],
      source: Buffer.from('Subject: Größe\r\n\r\n.hidden dot\r\n..\r\n').toString('latin1'),
    },
  ])
  expect(codes(expected)).toEqual([220, 250, 250, 250, 354, 250, 221])

  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(bytes.length)), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      const packets = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
      expect(hear(packets)).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})

test('a mail without a single line is a mail', () => {
  expect(hear([lines(...envelope, '.')]).kept).toMatchObject([{ source: '' }])
})

test('one visit may bring several mails', () => {
  const [, ...again] = envelope
  const heard = hear([lines(...envelope, 'one', '.', ...again, 'two', '.')])
  expect(heard.kept.map(({ source }) => source)).toEqual(['one', 'two'])
})

test.each([
  ['a sender before a greeting', ['MAIL FROM:<a@b.c>'], 503],
  ['a recipient before a sender', ['EHLO bot', 'RCPT TO:<a@b.c>'], 503],
  ['a second sender', ['EHLO bot', 'MAIL FROM:<a@b.c>', 'MAIL FROM:<a@b.c>'], 503],
  ['a sender without brackets', ['EHLO bot', 'MAIL FROM:a@b.c'], 501],
  ['a mail to nobody', ['EHLO bot', 'MAIL FROM:<a@b.c>', 'DATA'], 554],
  ['a mail that says beforehand that it is too large', ['EHLO bot', `MAIL FROM:<a@b.c> SIZE=${mailBytesMax + 1}`], 552],
  ['a command of another protocol', ['GET / HTTP/1.1'], 500],
  ['a command without an end', [`NOOP ${'x'.repeat(1_000)}`], 500],
] as const)('%s is refused', (_what, said, code) => {
  expect(codes(hear([lines(...said)])).at(-1)).toBe(code)
})

test('a mail given up with RSET is forgotten', () => {
  const heard = hear([lines('EHLO bot', 'MAIL FROM:<a@b.c>', 'RCPT TO:<a@b.c>', 'RSET', 'RCPT TO:<a@b.c>')])
  expect(codes(heard).slice(-2)).toEqual([250, 503])
})

test.each([
  ['a mail that is too large', Array.from({ length: mailBytesMax / 900 + 1 }, () => 'x'.repeat(900)), 552],
  ['a mail with a line that is too long', ['x'.repeat(999)], 554],
] as const)('%s is refused at its end, and the next one is taken', (_what, text, code) => {
  const [, ...again] = envelope
  const heard = hear([lines(...envelope, ...text, '.', ...again, 'short', '.')])
  expect(codes(heard).slice(5)).toEqual([code, 250, 250, 354, 250])
  expect(heard.kept.map(({ source }) => source)).toEqual(['short'])
})

test('recipients are refused one by one', () => {
  const said = ['EHLO bot', 'MAIL FROM:<a@b.c>', 'RCPT TO:<ana@b.c>', 'RCPT TO:<gone@b.c>', 'DATA', 'hello', '.']
  const heard = hear([lines(...said)], (recipient) => (recipient.startsWith('gone') ? '550 gone' : null))
  expect(codes(heard)).toEqual([220, 250, 250, 250, 550, 354, 250])
  expect(heard.kept).toMatchObject([{ to: ['ana@b.c'] }])
})

test('whoever never ends a line is left', () => {
  expect(hear([Buffer.alloc(mailBytesMax + 1, 'x')]).hungUp).toBe(true)
})
