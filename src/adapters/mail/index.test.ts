import net, { type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { MailEffect } from '../../core/effects.ts'
import { type Delivery, DeliveryError } from '../../core/ports.ts'
import { movableClock } from '../../lib/clock.ts'
import { type RunningMailbox, startMailbox } from '../../simulator/mailbox.ts'
import { createMailer } from './index.ts'

const state = {} as { box: RunningMailbox }
beforeAll(async () => {
  state.box = await startMailbox({ clock: movableClock(Date.now), changed: () => {} })
})
afterAll(() => state.box.close())
beforeEach(() => {
  state.box.mailbox.mode = 'up'
})

const decidedAt = new Date('2026-03-02T12:00:00Z')
const mail: MailEffect = {
  kind: 'mail.send',
  to: ['ana@example.com', 'ben@example.com'],
  subject: '[P1] INC-42 checkout is down',
  text: 'Ana leads.',
}

function send(
  change: Partial<MailEffect> = {},
  { url = state.box.mailbox.url, ...delivery }: Partial<Delivery<MailEffect>> & { url?: string } = {},
) {
  return createMailer({ url, from: 'Tocsin <tocsin@example.com>' }).deliver({
    id: '7',
    effect: { ...mail, ...change },
    attempt: 1,
    isInDoubt: false,
    decidedAt,
    now: decidedAt,
    observed: null,
    signal: new AbortController().signal,
    ...delivery,
  })
}

const newest = () => state.box.mailbox.mails().at(-1)

test.each([
  ['plain words', 'checkout is down', 'Ana leads.\n\nNext update at 12:30.'],
  ['letters of all kinds', '[P1] Größe – 🔥 支払い', 'Line «one»\nЗаказы стоят 🔥'],
  ['dots where SMTP has a use for them', 'dots', '.\n..\n.dot\nend.'],
  ['more than fits a line', 'long '.repeat(60).trim(), 'word '.repeat(2_000).trim()],
])('a mail with %s arrives as it was written', async (_what, subject, text) => {
  await send({ subject, text })
  expect(newest()).toMatchObject({ from: 'tocsin@example.com', to: mail.to, subject, text })
})

test('a mail to a subscriber has both forms, belongs to its conversation, and ends with one click', async () => {
  const { url, taken } = await startServer({})
  const unsubscribe = 'https://status.example.com/status/unsubscribe/abc.def'
  await send({ html: '<p>Ana leads.</p>', thread: 'k3x9', unsubscribe }, { url })
  const [source = ''] = taken
  expect(source).toContain('Content-Type: multipart/alternative')
  expect(source).toContain('<p>Ana leads.</p>')
  expect(source).toMatch(/^References: <tocsin-thread-k3x9@example\.com>\r$/m)
  expect(source.replace(/\r\n\s+/g, ' ')).toContain(`List-Unsubscribe: <${unsubscribe}>`)
  expect(source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m)
})

test('a subject cannot smuggle in a header', async () => {
  await send({ subject: 'down\r\nBcc: eve@example.com' })
  expect(newest()).toMatchObject({ to: mail.to, subject: 'down Bcc: eve@example.com' })
})

test.each([
  ['refuse', { outcome: 'never', isOutage: false, code: 'smtp_550_recipient' }],
  ['later', { outcome: 'again', isOutage: false, code: 'smtp_451' }],
  ['down', { outcome: 'again', isOutage: true }],
] as const)('a server in the mode «%s»', async (mode, expected) => {
  state.box.mailbox.mode = mode
  await expect(send()).rejects.toMatchObject(expected)
})

test('a server that is not there is an outage', async () => {
  const attempt = send({}, { url: 'smtp://127.0.0.1:1' })
  await expect(attempt).rejects.toMatchObject({ outcome: 'again', isOutage: true, code: 'smtp_econnrefused' })
})

test.each([
  ['to nobody', [], 'no_recipients'],
  ['to something that is no address', ['leadership'], /^smtp_/],
])('a mail %s is given up', async (_what, to, code) => {
  await expect(send({ to })).rejects.toMatchObject({
    outcome: 'never',
    code: typeof code === 'string' ? code : expect.stringMatching(code),
  })
})

// From here on the server does what a healthy one does not: it follows a script.

const cut = Symbol('the server cuts the line')
const hold = Symbol('the server says nothing more')
type Reply = string | typeof cut | typeof hold

/** A server that answers each command as the script says, and takes everything else. */
async function startServer(script: Record<string, Reply>) {
  const taken: string[] = []
  const opened = { count: 0 }
  const sockets = new Set<Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    opened.count += 1
    socket.on('error', () => {})
    const heard = { text: '', isText: false }
    const reply = (what: string, usual: string) => {
      const said = script[what] ?? usual
      if (said === cut) socket.destroy()
      else if (said !== hold) socket.write(`${String(said)}\r\n`)
      return said
    }
    socket.on('data', (bytes) => {
      heard.text += String(bytes)
      for (;;) {
        const end = heard.text.indexOf(heard.isText ? '\r\n.\r\n' : '\r\n')
        if (end < 0) return
        const part = heard.text.slice(0, end)
        heard.text = heard.text.slice(end + (heard.isText ? 5 : 2))
        if (heard.isText) {
          heard.isText = false
          taken.push(part)
          reply('text', '250 ok')
          continue
        }
        const said = reply(script[part] ? part : part.slice(0, 4), part === 'DATA' ? '354 go on' : '250 ok')
        heard.isText = String(said).startsWith('354')
      }
    })
    reply('greeting', '220 hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    lines: () => opened.count,
    hangUp() {
      for (const socket of sockets) socket.end()
    },
  }
}

test.each([
  ['before it says a word', 'greeting'],
  ['at the sender', 'MAIL'],
  ['at the recipients', 'RCPT'],
  ['instead of asking for the text', 'DATA'],
] as const)('a line that is cut %s took no mail with it', async (_when, step) => {
  const { url } = await startServer({ [step]: cut })
  await expect(send({}, { url })).rejects.toMatchObject({ outcome: 'again', isOutage: true })
})

test('a line that is cut after the text leaves a doubt', async () => {
  const { url, taken } = await startServer({ text: cut })
  await expect(send({}, { url })).rejects.toMatchObject({ outcome: 'unknown', isOutage: true })
  expect(taken).toHaveLength(1)
})

test('the doubt is written down before the end of the text: where it cannot be, the server has no mail', async () => {
  const { url, taken } = await startServer({})
  const noteDoubt = () => Promise.reject(new DeliveryError('taken_over', 'again'))
  await expect(send({}, { url, noteDoubt })).rejects.toMatchObject({ code: 'taken_over', outcome: 'again' })
  expect(taken).toHaveLength(0)
})

test('one line carries one mail after the other, and one that the server closed is replaced', async () => {
  const server = await startServer({})
  const mailer = createMailer({ url: server.url, from: 'tocsin@example.com' })
  const deliver = (id: string) =>
    mailer.deliver({
      ...{ id, effect: mail, attempt: 1, isInDoubt: false, observed: null },
      ...{ decidedAt, now: decidedAt, signal: new AbortController().signal },
    })
  await deliver('1')
  await deliver('2')
  expect(server.lines()).toBe(1)

  server.hangUp()
  await deliver('3')
  expect(server.taken).toHaveLength(3)
})

test('a mail in doubt is sent again under the same Message-ID and date', async () => {
  const { url, taken } = await startServer({})
  await send({}, { url })
  await send({}, { url, attempt: 2, isInDoubt: true, now: new Date('2026-03-02T14:00:00Z') })
  expect(taken[1]).toBe(taken[0])
  expect(taken[0]).toMatch(/^Message-ID: <tocsin-7-\w+@example\.com>\r$/m)
  expect(taken[0]).toMatch(/^Date: Mon, 02 Mar 2026 12:00:00 \+0000\r$/m)
})

test('the same number in another database is another Message-ID', async () => {
  const { url, taken } = await startServer({})
  await send({}, { url })
  await send({}, { url, decidedAt: new Date('2026-03-03T12:00:00Z') })
  const [first, second] = taken.map((source) => /^Message-ID: (.*)$/m.exec(source)?.[1])
  expect(first).not.toBe(second)
})

test.each([
  ['wants no visitors', { greeting: '554 not today' }, { outcome: 'again', isOutage: true, code: 'smtp_554' }],
  ['is closing', { MAIL: '421 closing' }, { outcome: 'again', code: 'smtp_421' }],
  ['does not like the sender', { MAIL: '550 not you' }, { outcome: 'never', code: 'smtp_550' }],
  ['is out of space', { DATA: '452 disk full' }, { outcome: 'again', code: 'smtp_452' }],
  ['finds the text too large', { text: '552 too large' }, { outcome: 'never', code: 'smtp_552' }],
  ['wants to look at the text later', { text: '451 later' }, { outcome: 'again', code: 'smtp_451' }],
] as const)('a server that %s', async (_what, script, expected) => {
  const { url } = await startServer(script)
  await expect(send({}, { url })).rejects.toMatchObject(expected)
})

test('a password that is not taken holds up every mail, and loses none', async () => {
  const { url } = await startServer({ EHLO: '250-hello\r\n250 AUTH PLAIN', AUTH: '535 wrong' })
  const attempt = send({}, { url: url.replace('smtp://', 'smtp://tocsin:secret@') })
  await expect(attempt).rejects.toMatchObject({ outcome: 'again', isOutage: true, code: 'smtp_535' })
})

const ben = 'RCPT TO:<ben@example.com>'

test.each([
  ['will never take', '550 gone', { outcome: 'never', code: 'smtp_550_for_some' }],
  ['will take later', '450 full', { outcome: 'again', code: 'smtp_450' }],
] as const)(
  'when a server %s one of two, the other has the mail and the effect says so',
  async (_what, said, expected) => {
    const { url, taken } = await startServer({ [ben]: said })
    await expect(send({}, { url })).rejects.toMatchObject(expected)
    expect(taken).toHaveLength(1)
  },
)

test.each([
  ['before the text', 'MAIL', 'again'],
  ['after the text', 'text', 'unknown'],
] as const)('a bot that is stopped %s does not wait for the server', async (_when, step, outcome) => {
  const { url, taken } = await startServer({ [step]: hold, greeting: '220 hello' })
  const stop = new AbortController()
  const attempt = send({}, { url, signal: stop.signal })
  if (step === 'text') await expect.poll(() => taken.length).toBe(1)
  stop.abort()
  await expect(attempt).rejects.toMatchObject({ outcome, isOutage: true })
})
