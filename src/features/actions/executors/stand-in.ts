/**
 * What stands in for an API in the contract test: a small server that answers as the real one does, and can be made to
 * refuse, break or go silent. One beside each executor; this is the part that they share.
 */
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Asked, Json } from './executor.ts'
import { parseJson } from './wire.ts'

export interface StandIn {
  /** A catalogue entry's `with:` that leads here. */
  settings: unknown
  params: Asked<unknown>['params']
  secrets: Readonly<Record<string, string>>
  /** A parameter that takes any text, if there is one. */
  textParam?: string
  /** What somebody sees who looks at it from outside. */
  world(): Json
  /** How often something was really changed. */
  changes(): number
  /** What the next request that would change something meets instead. Null for those that use no network. */
  faults: Faults | null
  /** Somebody else changes what a plan rests on. */
  othersChangeIt(): void
  /** What was begun comes to its end. */
  finish(how: 'well' | 'badly'): void
  close(): Promise<void>
}

export interface Faults {
  next: Fault | null
}

export type Fault =
  /** It refuses, and changes nothing. */
  | { status: number }
  /** The connection breaks before, or after, it did what it was asked. */
  | 'lost-before'
  | 'lost-after'

export interface WireRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: http.IncomingHttpHeaders
  text: string
  body: unknown
}

export interface WireAnswer {
  status: number
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

export interface Wire {
  url: string
  faults: Faults
  /** Of requests that would change something, those that were let through. */
  changes(): number
  requests: WireRequest[]
  close(): Promise<void>
}

export async function startWire(
  isChange: (request: WireRequest) => boolean,
  answer: (request: WireRequest) => WireAnswer,
  listenOn?: string,
): Promise<Wire> {
  const faults: Faults = { next: null }
  const counted = { changes: 0 }
  const requests: WireRequest[] = []
  const sockets = new Set<Socket>()

  const server = http.createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk)
    const url = new URL(req.url ?? '/', 'http://stand-in')
    const text = Buffer.concat(chunks).toString('utf8')
    const request: WireRequest = {
      method: req.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: req.headers,
      text,
      body: parseJson(text),
    }
    requests.push(request)
    const isReal = isChange(request)
    const fault = isReal ? faults.next : null
    if (isReal) faults.next = null
    if (fault === 'lost-before') return void req.socket.destroy()
    if (fault !== null && fault !== 'lost-after')
      return void send(res, { status: fault.status, body: { message: 'stand-in' } })
    if (isReal) counted.changes += 1
    const said = answer(request)
    if (fault === 'lost-after') return void req.socket.destroy()
    send(res, said)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) =>
    listenOn === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(listenOn, resolve),
  )
  const address = server.address()
  return {
    url: typeof address === 'string' ? `unix://${address}` : `http://127.0.0.1:${(address as AddressInfo).port}`,
    faults,
    changes: () => counted.changes,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function send(res: http.ServerResponse, { status, body, headers }: WireAnswer): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers })
  res.end(body === undefined ? undefined : JSON.stringify(body))
}
