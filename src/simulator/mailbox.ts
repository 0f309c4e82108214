/** A small real mail server that keeps what it gets. Enough of SMTP for any client to believe it. */
import net, { type AddressInfo, type Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import type { Mail, Mailbox } from './types.ts'

export interface RunningMailbox {
  mailbox: Mailbox
  env: Record<string, string>
  dump(): unknown
  restore(saved: unknown): void
  close(): Promise<void>
}

const messageBytesMax = 5 * 1024 * 1024

export async function startMailbox({ clock, changed }: { clock: Clock; changed(): void }): Promise<RunningMailbox> {
  const mails: Mail[] = []
  const state = { mode: 'up' as Mailbox['mode'] }
  const sockets = new Set<Socket>()
  const keep = (envelope: Envelope, data: string) => {
    mails.push({ at: clock.now(), from: envelope.from, to: [...envelope.to], ...readMail(data) })
    changed()
  }
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    if (state.mode === 'down') return void socket.destroy()
    converse(socket, () => state.mode, keep)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    mailbox: {
      url,
      mails: () => mails,
      get mode() {
        return state.mode
      },
      set mode(mode) {
        state.mode = mode
      },
    },
    env: { SMTP_URL: url, MAIL_FROM: 'tocsin@example.com' },
    dump: () => mails,
    restore(saved) {
      if (Array.isArray(saved)) mails.push(...(saved as Mail[]).map((mail) => ({ ...mail, at: new Date(mail.at) })))
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Envelope {
  from: string
  to: string[]
}

function converse(socket: Socket, mode: () => Mailbox['mode'], keep: (envelope: Envelope, data: string) => void): void {
  let envelope: Envelope = { from: '', to: [] }
  let received = ''
  let isInData = false
  const say = (line: string) => void socket.write(`${line}\r\n`)

  function obey(line: string): void {
    const verb = line.slice(0, 4).toUpperCase()
    const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
    switch (verb) {
      case 'EHLO':
        return say('250-simulator\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE 5242880')
      case 'HELO':
        return say('250 simulator')
      case 'MAIL':
        envelope = { from: address, to: [] }
        return say('250 sender ok')
      case 'RCPT':
        if (mode() === 'refuse') return say('550 no such mailbox')
        if (mode() === 'later') return say('451 try again later')
        envelope.to.push(address)
        return say('250 recipient ok')
      case 'DATA':
        if (envelope.to.length === 0) return say('503 nobody to send it to')
        isInData = true
        return say('354 go on')
      case 'RSET':
      case 'NOOP':
        return say('250 ok')
      case 'QUIT':
        say('221 bye')
        return void socket.end()
      default:
        return say('502 not known')
    }
  }

  say('220 simulator ESMTP')
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    received += chunk
    if (received.length > messageBytesMax) return void socket.destroy()
    for (;;) {
      const end = isInData ? received.indexOf('\r\n.\r\n') : received.indexOf('\r\n')
      if (end < 0) return
      const part = received.slice(0, end)
      received = received.slice(end + (isInData ? 5 : 2))
      if (!isInData) {
        obey(part)
        continue
      }
      isInData = false
      keep(envelope, part.replace(/^\.\./gm, '.'))
      say('250 kept')
    }
  })
}

function readMail(data: string): { subject: string; text: string } {
  const at = data.indexOf('\r\n\r\n')
  const head = (at < 0 ? data : data.slice(0, at)).replace(/\r\n[ \t]+/g, ' ')
  const body = at < 0 ? '' : data.slice(at + 4)
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
  return {
    subject: decodeWords(header('Subject')),
    text: decodeBody(body, header('Content-Transfer-Encoding').toLowerCase()),
  }
}

/** `=?UTF-8?B?…?=` and `=?UTF-8?Q?…?=` */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_whole, kind: string, coded: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(coded, 'base64').toString() : decodeQuoted(coded.replaceAll('_', ' ')),
    )
}

function decodeBody(body: string, encoding: string): string {
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : encoding === 'quoted-printable'
        ? decodeQuoted(body)
        : body
  return text.replaceAll('\r\n', '\n').trimEnd()
}

function decodeQuoted(text: string): string {
  const bytes = text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
