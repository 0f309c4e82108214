/** A small real mail server that keeps what it gets. Enough of SMTP for any client to believe it. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Clock } from '../lib/clock.ts'
import { readMail } from './mailbox/mime.ts'
import { startConversation } from './mailbox/smtp.ts'
import type { Mail, Mailbox } from './types.ts'

export interface RunningMailbox {
  mailbox: Mailbox
  env: Record<string, string>
  dump(): unknown
  restore(saved: unknown): void
  close(): Promise<void>
}

const refusals: Record<Mailbox['mode'], string | null> = {
  up: null,
  down: null,
  mute: null,
  refuse: '550 nobody of that name lives here',
  later: '451 not now, come back later',
}

export async function startMailbox({ clock, changed }: { clock: Clock; changed(): void }): Promise<RunningMailbox> {
  const mails: Mail[] = []
  const state: { mode: Mailbox['mode'] } = { mode: 'up' }
  const sockets = new Set<Socket>()

  // Answers to an envelope that came at once go out at once, as a grown-up server sends them.
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that goes in the middle of a word is no trouble of ours.
    socket.on('error', () => {})
    if (state.mode === 'down') {
      socket.destroy()
      return
    }
    const conversation = startConversation({
      refuses: () => refusals[state.mode],
      keep({ from, to }, source) {
        mails.push({ at: clock.now(), from, to, ...readMail(source) })
        changed()
      },
      say: (line) => void socket.write(`${line}\r\n`),
      isMute: () => state.mode === 'mute',
      hangUp: () => socket.end(),
    })
    socket.on('data', (bytes) => conversation.receive(bytes))
  })

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
  const hangUpOnAll = () => {
    for (const socket of sockets) socket.destroy()
  }

  return {
    mailbox: {
      url,
      mails: () => mails,
      get mode() {
        return state.mode
      },
      set mode(mode) {
        state.mode = mode
        if (mode === 'down') hangUpOnAll()
        changed()
      },
    },
    env: { SMTP_URL: url, MAIL_FROM: 'Tocsin <tocsin@example.com>' },
    dump: () => mails,
    restore(saved) {
      // Our own file of yesterday, so its shape is known; JSON only forgot that a date is one.
      if (Array.isArray(saved)) mails.push(...(saved as Mail[]).map((mail) => ({ ...mail, at: new Date(mail.at) })))
    },
    async close() {
      hangUpOnAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
