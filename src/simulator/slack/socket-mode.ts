/** Socket Mode: the bot calls us and keeps a socket open; deliveries go through it as envelopes. */
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import type { Ack } from '../types.ts'
import type { Outgoing } from './deliveries.ts'

export interface SocketHub {
  /** A single-use address for `apps.connections.open`. */
  newAddress(): string
  isOpen(): boolean
  count(): number
  /** Each envelope goes to one of the open sockets. */
  send(outgoing: Outgoing, retry: number, patienceMilliseconds: number): Promise<Ack>
  /** Slack asks the bot to open its oldest connection anew, as it does every few hours. */
  refresh(): void
  close(): void
}

const socketsMax = 10
const types = { command: 'slash_commands', interaction: 'interactive', event: 'events_api' } as const

export function createSocketHub(server: Server, baseUrl: () => string): SocketHub {
  const tickets = new Set<string>()
  const waiting = new Map<string, (payload: unknown) => void>()
  const sockets = new WebSocketServer({ noServer: true })
  // Asked to reconnect: nothing is sent through them any more.
  const retired = new WeakSet<WebSocket>()
  const pings = setInterval(() => {
    for (const socket of open()) socket.ping()
  }, 5_000).unref()

  server.on('upgrade', (req, socket, head) => {
    const ticket = new URL(req.url ?? '/', 'http://x').searchParams.get('ticket') ?? ''
    if (!tickets.delete(ticket)) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
    sockets.handleUpgrade(req, socket, head, welcome)
  })

  function welcome(socket: WebSocket): void {
    if (open().length > socketsMax) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }))
      return socket.close()
    }
    socket.on('message', (data) => {
      const { envelope_id, payload } = JSON.parse(String(data)) as { envelope_id: string; payload?: unknown }
      waiting.get(envelope_id)?.(payload ?? '')
    })
    socket.send(JSON.stringify({ type: 'hello', num_connections: open().length, connection_info: { app_id: 'A0TOCSIN01' }, debug_info: { host: 'simulator' } }))
  }

  function open(): WebSocket[] {
    return [...sockets.clients].filter((socket) => socket.readyState === WebSocket.OPEN && !retired.has(socket))
  }

  return {
    newAddress() {
      const ticket = randomUUID()
      tickets.add(ticket)
      return `${baseUrl().replace('http', 'ws')}/sockets?ticket=${ticket}`
    },
    isOpen: () => open().length > 0,
    count: () => open().length,
    send(outgoing, retry, patienceMilliseconds) {
      const all = open()
      const socket = all[Math.floor(Math.random() * all.length)]
      const envelope_id = randomUUID()
      const started = performance.now()
      const elapsed = () => Math.round(performance.now() - started)
      return new Promise((resolve) => {
        const late = setTimeout(() => {
          waiting.delete(envelope_id)
          resolve({ outcome: 'late', status: null, milliseconds: elapsed(), body: null })
        }, patienceMilliseconds)
        waiting.set(envelope_id, (body) => {
          clearTimeout(late)
          waiting.delete(envelope_id)
          resolve({ outcome: 'ok', status: 200, milliseconds: elapsed(), body })
        })
        const retries = outgoing.kind === 'event' ? { retry_attempt: retry, retry_reason: retry > 0 ? 'timeout' : '' } : {}
        const type = types[outgoing.kind]
        socket?.send(JSON.stringify({ envelope_id, type, payload: outgoing.payload, accepts_response_payload: outgoing.kind !== 'event', ...retries }))
      })
    },
    refresh() {
      const [oldest] = open()
      if (!oldest) return
      retired.add(oldest)
      oldest.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'simulator' } }))
    },
    close() {
      clearInterval(pings)
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}
