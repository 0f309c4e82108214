import { once } from 'node:events'
import net from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { movableClock } from '../lib/clock.ts'
import { startMailbox } from './mailbox.ts'

const noon = Date.parse('2026-03-02T12:00:00Z')

async function openMailbox() {
  const changes: string[] = []
  const clock = movableClock(() => noon)
  const running = await startMailbox({ clock, changed: () => changes.push('changed') })
  onTestFinished(() => running.close())
  return { ...running, clock, changes }
}

/** Says all of it at once, and returns what was answered by the time the server hung up. */
async function talk(url: string, ...lines: string[]): Promise<string> {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
  const answers: string[] = []
  socket.on('data', (bytes) => answers.push(String(bytes)))
  socket.on('error', () => {})
  socket.write(lines.map((line) => `${line}\r\n`).join(''))
  await once(socket, 'close')
  return answers.join('')
}

const visit = (...text: string[]) =>
  ['EHLO bot', 'MAIL FROM:<tocsin@example.com>', 'RCPT TO:<ana@example.com>', 'DATA', ...text, '.', 'QUIT'] as const

test('a mail is kept with its moment, and whoever listens hears of it', async () => {
  const { mailbox, clock, changes } = await openMailbox()
  clock.advance(60_000)

  await talk(mailbox.url, ...visit('Subject: hello', '', 'there'))

  expect(mailbox.mails()).toEqual([
    {
      at: new Date(noon + 60_000),
      from: 'tocsin@example.com',
      to: ['ana@example.com'],
      messageId: '',
      subject: 'hello',
      text: 'there',
    },
  ])
  expect(changes).toHaveLength(1)
})

test.each([
  ['refuse', /^550 /m],
  ['later', /^451 /m],
] as const)('in the mode «%s» no recipient is taken and no mail is kept', async (mode, answer) => {
  const { mailbox } = await openMailbox()
  mailbox.mode = mode

  expect(await talk(mailbox.url, ...visit('text'))).toMatch(answer)
  expect(mailbox.mails()).toEqual([])
})

test('a server that is down answers nobody, and hangs up on whoever is there', async () => {
  const { mailbox } = await openMailbox()
  const visitor = net.connect(Number(new URL(mailbox.url).port), '127.0.0.1')
  await once(visitor, 'data')

  mailbox.mode = 'down'
  await once(visitor, 'close')

  expect(await talk(mailbox.url, ...visit('text'))).toBe('')
})

test('what was kept is there again tomorrow', async () => {
  const today = await openMailbox()
  await talk(today.mailbox.url, ...visit('Subject: hello', '', 'there'))

  const tomorrow = await openMailbox()
  tomorrow.restore(JSON.parse(JSON.stringify(today.dump())))

  expect(tomorrow.mailbox.mails()).toEqual(today.mailbox.mails())
})
