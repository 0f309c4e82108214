/**
 * The server's half of an SMTP conversation (RFC 5321), without a socket: bytes go in, lines come out.
 *
 * Commands are obeyed in the order in which they arrive, however they are cut into packets, so a client may send a whole
 * envelope at once (PIPELINING). Text is held as one character a byte until somebody reads the mail.
 */
export interface Envelope {
  from: string
  to: readonly string[]
}

export interface Desk {
  /** Null when the recipient is welcome, else the line that refuses it. */
  refuses(recipient: string): string | null
  /** A mail was taken: from now on it is ours. */
  keep(envelope: Envelope, source: string): void
  say(line: string): void
  hangUp(): void
  /** It takes a mail and is gone before it can say so. */
  isMute(): boolean
}

export interface Conversation {
  receive(bytes: Buffer): void
}

export const mailBytesMax = 5 * 1_024 * 1_024
// With its line end, as the standard has it for text. Commands may be half as long there, but for their extensions.
const lineBytesMax = 1_000

const tooLarge = `552 a mail may have ${mailBytesMax} bytes`
const greeting = ['250-simulator', '250-PIPELINING', '250-8BITMIME', `250 SIZE ${mailBytesMax}`].join('\r\n')

/** Between DATA and the dot. */
interface Incoming {
  lines: string[]
  bytes: number
  /** Why the mail will be refused, said at its end: before that a client does not listen. */
  refusal: string | null
}

interface State {
  unread: string
  hasGreeted: boolean
  envelope: { from: string; to: string[] } | null
  incoming: Incoming | null
  isOver: boolean
}

export function startConversation(desk: Desk): Conversation {
  const state: State = { unread: '', hasGreeted: false, envelope: null, incoming: null, isOver: false }

  /** What is answered to each command. */
  const verbs: Record<string, (rest: string) => string> = {
    EHLO: () => greet(greeting),
    HELO: () => greet('250 simulator'),
    MAIL(rest) {
      if (!state.hasGreeted) return '503 say EHLO first'
      if (state.envelope) return '503 one mail at a time: RSET gives this one up'
      const [, from] = /^FROM:<([^<>]*)>/i.exec(rest) ?? []
      if (from === undefined) return '501 write MAIL FROM:<address>'
      if (Number(/\bSIZE=(\d+)/i.exec(rest)?.[1]) > mailBytesMax) return tooLarge
      state.envelope = { from, to: [] }
      return '250 sender taken'
    },
    RCPT(rest) {
      if (!state.envelope) return '503 say MAIL first'
      const [, to] = /^TO:<([^<>]+)>/i.exec(rest) ?? []
      if (to === undefined) return '501 write RCPT TO:<address>'
      const refusal = desk.refuses(to)
      if (refusal) return refusal
      state.envelope.to.push(to)
      return '250 recipient taken'
    },
    DATA() {
      if (!state.envelope) return '503 say MAIL first'
      if (state.envelope.to.length === 0) return '554 nobody to send it to'
      state.incoming = { lines: [], bytes: 0, refusal: null }
      return '354 go on, and end with a line that holds a dot'
    },
    RSET() {
      state.envelope = null
      return '250 forgotten'
    },
    NOOP: () => '250 still here',
    VRFY: () => '252 send it, and it will be seen',
    QUIT() {
      state.isOver = true
      return '221 goodbye'
    },
  }

  function greet(answer: string): string {
    state.hasGreeted = true
    state.envelope = null
    return answer
  }

  function answerTo(line: string): string {
    if (line.length + 2 > lineBytesMax) return '500 that line is too long'
    const [, verb = '', rest = ''] = /^(\S*)\s*(.*)$/.exec(line) ?? []
    return verbs[verb.toUpperCase()]?.(rest) ?? '500 that command is not known here'
  }

  /** What is answered to the end of a mail. */
  function finish({ lines, refusal }: Incoming): string {
    const { envelope } = state
    state.incoming = null
    state.envelope = null
    if (refusal !== null) return refusal
    if (envelope) desk.keep(envelope, lines.join('\r\n'))
    return '250 kept'
  }

  function hear(line: string): void {
    if (!state.incoming) desk.say(answerTo(line))
    else if (line === '.') {
      const answer = finish(state.incoming)
      if (desk.isMute()) state.isOver = true
      else desk.say(answer)
    } else add(state.incoming, line)
    if (state.isOver) desk.hangUp()
  }

  desk.say('220 simulator ESMTP')
  return {
    receive(bytes) {
      state.unread += bytes.toString('latin1')
      let start = 0
      while (!state.isOver) {
        const end = state.unread.indexOf('\r\n', start)
        if (end < 0) break
        hear(state.unread.slice(start, end))
        start = end + 2
      }
      state.unread = state.unread.slice(start)
      // A line that never ends would fill the memory.
      if (state.unread.length > mailBytesMax) desk.hangUp()
    },
  }
}

function add(incoming: Incoming, line: string): void {
  // A dot that begins a line was doubled by the sender, so that it does not end the mail.
  const text = line.startsWith('.') ? line.slice(1) : line
  incoming.bytes += text.length + 2
  if (line.length + 2 > lineBytesMax) incoming.refusal ??= `554 a line has more than ${lineBytesMax} bytes`
  if (incoming.bytes > mailBytesMax) incoming.refusal ??= tooLarge
  if (incoming.refusal === null) incoming.lines.push(text)
}
