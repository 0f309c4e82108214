/** Socket Mode: the bot asks for an address and keeps a socket open; deliveries go through it as envelopes. */
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import { type Answered, type Attempt, type Outgoing, patienceMilliseconds, stopwatch } from './deliveries.ts'

export interface SocketHub {
  /** A single-use address for `apps.connections.open`. */
  newAddress(): string
  count(): number
  /** Each envelope goes to one of the open sockets, whichever. */
  send(outgoing: Outgoing, attempt: Attempt): Promise<Answered>
  /** Slack asks the bot to reconnect, as it does every few hours. */
  refresh(): void
  close(): void
}

interface Waiting {
  socket: WebSocket
  settle(answered: Pick<Answered, 'outcome' | 'status' | 'body'>): void
}

const socketsMax = 10
const pingMilliseconds = 5_000
// A socket that was asked to go gets nothing new, and is closed from here when the bot does not do it.
const leavingMilliseconds = 10_000
const envelopeTypes = { command: 'slash_commands', interaction: 'interactive', event: 'events_api' } as const
const debugInfo = { host: 'simulator', build_number: 1, approximate_connection_time: 18_060 }

export function createSocketHub(server: Server, baseUrl: () => string, appId: string): SocketHub {
  const tickets = new Set<string>()
  const waiting = new Map<string, Waiting>()
  const sockets = new WebSocketServer({ noServer: true })
  const leaving = new WeakSet<WebSocket>()
  const open = () =>
    [...sockets.clients].filter((socket) => socket.readyState === WebSocket.OPEN && !leaving.has(socket))
  const pings = setInterval(() => {
    for (const socket of open()) socket.ping()
  }, pingMilliseconds).unref()

  server.on('upgrade', (req, socket, head) => {
    const ticket = URL.parse(req.url ?? '/', 'http://simulator')?.searchParams.get('ticket') ?? ''
    if (tickets.delete(ticket)) sockets.handleUpgrade(req, socket, head, welcome)
    else socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
  })

  function welcome(socket: WebSocket): void {
    if (open().length > socketsMax) {
      tell(socket, { type: 'disconnect', reason: 'too_many_websockets', debug_info: debugInfo })
      socket.close()
      return
    }
    socket.on('message', (data) => hear(data))
    socket.on('close', () => giveUpOn(socket))
    // A connection that breaks is closed as well, and that is handled.
    socket.on('error', () => {})
    tell(socket, {
      type: 'hello',
      num_connections: open().length,
      connection_info: { app_id: appId },
      debug_info: debugInfo,
    })
  }

  function hear(data: RawData): void {
    const { envelope_id: id, payload } = parsed(data)
    waiting.get(String(id))?.settle({ outcome: 'ok', status: 200, body: payload ?? '' })
  }

  /** What went into a socket that is gone was perhaps never read. */
  function giveUpOn(socket: WebSocket): void {
    for (const one of waiting.values()) {
      if (one.socket === socket) one.settle({ outcome: 'failed', status: null, body: 'the socket was closed' })
    }
  }

  return {
    newAddress() {
      const ticket = randomUUID()
      tickets.add(ticket)
      return `${baseUrl().replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${appId}`
    },
    count: () => open().length,
    send(outgoing, { number, reason }) {
      const all = open()
      const socket = all[Math.floor(Math.random() * all.length)]
      const elapsed = stopwatch()
      if (!socket)
        return Promise.resolve({
          outcome: 'failed',
          status: null,
          milliseconds: 0,
          body: 'no socket is open',
          isFinal: false,
        })
      const id = randomUUID()
      const isEvent = outgoing.kind === 'event'
      return new Promise((resolve) => {
        const settle: Waiting['settle'] = (answered) => {
          clearTimeout(late)
          waiting.delete(id)
          resolve({ ...answered, milliseconds: elapsed(), isFinal: false })
        }
        const late = setTimeout(() => settle({ outcome: 'late', status: null, body: null }), patienceMilliseconds)
        waiting.set(id, { socket, settle })
        tell(socket, {
          envelope_id: id,
          type: envelopeTypes[outgoing.kind],
          payload: outgoing.payload,
          accepts_response_payload: !isEvent,
          ...(isEvent ? { retry_attempt: number, retry_reason: reason } : {}),
        })
      })
    },
    refresh() {
      for (const socket of open()) {
        leaving.add(socket)
        tell(socket, { type: 'disconnect', reason: 'refresh_requested', debug_info: debugInfo })
        setTimeout(() => socket.close(), leavingMilliseconds).unref()
      }
    },
    close() {
      clearInterval(pings)
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

function tell(socket: WebSocket, message: Record<string, unknown>): void {
  socket.send(JSON.stringify(message))
}

/** Whatever a client sends that is no JSON acknowledges nothing. */
function parsed(data: RawData): { envelope_id?: unknown; payload?: unknown } {
  try {
    return JSON.parse(String(data)) as object
  } catch {
    return {}
  }
}
