/**
 * Socket Mode, supervised: two connections, each replaced before it is given up, so that there is always one.
 *
 * The SDK opens a connection and watches its heartbeat. Reconnecting and the messages are ours: its own way leaves
 * seconds without a connection, and in 3.1.0 a failed attempt, or one envelope without an event, ends the process.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { SocketModeClient } from '@slack/socket-mode'
import { WebClient } from '@slack/web-api'
import type { Log } from '../../core/log.ts'
import { DeliveryError } from '../../core/ports.ts'
import { sdkOptions, silentLogger } from './call.ts'
import { asDeliveryError } from './errors.ts'
import { isTokenTrouble, tokenSentence } from './identity.ts'
import { isRecord, type Payload } from './payloads.ts'
import type { Response } from './receive.ts'

export interface SocketsOptions {
  appToken: string
  apiUrl: string
  log: Log
  /** Made durable, then the answer for the acknowledgement. */
  take(payload: Payload): Promise<Response>
}

export interface Sockets {
  /** Rejects when Slack does not take the token. While Slack is away it keeps trying. */
  start(): Promise<void>
  connected(): number
  stop(): Promise<void>
}

interface Connection {
  /** Resolves when it is closed, or when Slack asks for another: then it still works for a moment. */
  ending: Promise<void>
  close(): Promise<void>
}

const connections = 2
const pauseMilliseconds = { first: 250, most: 30_000 }
const helloMilliseconds = 15_000
// A connection that held so long was a good one: the next attempt need not wait.
const goodMilliseconds = 10_000
const drainMilliseconds = 2_000

export function createSockets(options: SocketsOptions): Sockets {
  const { appToken, apiUrl, log } = options
  const stopping = new AbortController()
  const open = new Set<Connection>()
  const underWay = new Set<Promise<void>>()
  const keepers: Promise<void>[] = []

  async function connect(): Promise<Connection> {
    const client = new SocketModeClient({
      appToken,
      autoReconnectEnabled: false,
      clientOptions: sdkOptions(apiUrl),
      logger: silentLogger,
    })
    const ending = Promise.withResolvers<void>()
    const connection: Connection = { ending: ending.promise, close: () => client.disconnect() }
    listen(client, {
      onEnvelope: (envelope) => {
        const work = answer(client, envelope).finally(() => underWay.delete(work))
        underWay.add(work)
      },
      onRefresh: ending.resolve,
    })
    client.on('disconnected', () => {
      open.delete(connection)
      ending.resolve()
    })
    await started(client)
    open.add(connection)
    // It came up while everything was being closed.
    if (stopping.signal.aborted) await connection.close()
    return connection
  }

  /** One of the two, for as long as the process lives. */
  async function keepOne(first: Connection | null, failuresBefore: number): Promise<void> {
    let current = first
    for (let failures = failuresBefore; !stopping.signal.aborted; failures += 1) {
      const since = performance.now()
      await current?.ending
      if (performance.now() - since > goodMilliseconds) failures = 0
      const next = await connectAgain(failures)
      // The old one is let go only now, when its successor already listens.
      await Promise.race([current?.close(), pause(drainMilliseconds)])
      current = next
    }
  }

  async function connectAgain(failuresBefore: number): Promise<Connection | null> {
    for (let failures = failuresBefore; !stopping.signal.aborted; failures += 1) {
      try {
        if (failures > 0) await pause(pauseAfter(failures), undefined, { signal: stopping.signal })
        return await connect()
      } catch (error) {
        if (stopping.signal.aborted) break
        const { code, retryAfterSeconds = 0 } = asDeliveryError('apps.connections.open', error)
        log.warn({ code, failures }, 'could not connect to Slack, will try again')
        await pause(retryAfterSeconds * 1_000, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
    return null
  }

  async function answer(client: SocketModeClient, { envelope_id, payload }: Envelope): Promise<void> {
    const { status, body } = await options.take(payload)
    // Without an acknowledgement Slack sends an event again, and shows its mark at a button: what an error means by HTTP.
    if (status >= 400) return
    const message = { envelope_id, payload: typeof body === 'string' ? { text: body } : (body ?? {}) }
    client.websocket?.send(JSON.stringify(message), (error) => {
      if (error) log.warn({ err: error }, 'an acknowledgement did not reach Slack; it will send the delivery again')
    })
  }

  return {
    async start() {
      const first = await connect().catch((error: unknown) => {
        const failure = asDeliveryError('apps.connections.open', error)
        if (isTokenTrouble(failure))
          throw new Error(
            tokenSentence('SLACK_APP_TOKEN', failure.code, 'an app-level token with the scope connections:write'),
          )
        log.warn({ code: failure.code }, 'Slack is away; will go on trying to connect')
        return null
      })
      keepers.push(keepOne(first, first === null ? 1 : 0))
      for (let others = connections - 1; others > 0; others -= 1) keepers.push(keepOne(null, 0))
    },
    connected: () => open.size,
    async stop() {
      stopping.abort()
      await Promise.race([Promise.allSettled([...underWay]), pause(drainMilliseconds)])
      await Promise.race([
        Promise.allSettled([...open].map((connection) => connection.close())),
        pause(drainMilliseconds),
      ])
      await Promise.race([Promise.allSettled(keepers), pause(drainMilliseconds)])
    },
  }
}

/** Whether Slack gives the holder of this token an address for sockets. For `tocsin doctor`, which opens none. */
export async function tryAppToken({ appToken, apiUrl }: { appToken: string; apiUrl: string }): Promise<void> {
  try {
    await new WebClient(appToken, sdkOptions(apiUrl)).apiCall('apps.connections.open')
  } catch (error) {
    throw asDeliveryError('apps.connections.open', error)
  }
}

function pauseAfter(failures: number): number {
  return Math.min(pauseMilliseconds.first * 2 ** (failures - 1), pauseMilliseconds.most) * (0.5 + Math.random())
}

/** Resolves at Slack's hello. */
async function started(client: SocketModeClient): Promise<void> {
  const timeout = new AbortController()
  try {
    await Promise.race([
      client.start(),
      pause(helloMilliseconds, undefined, { signal: timeout.signal }).then(sayTooLate),
    ])
  } catch (error) {
    void client.disconnect().catch(() => {})
    throw error
  } finally {
    timeout.abort()
  }
}

function sayTooLate(): never {
  throw new DeliveryError('no_hello', 'again', { isOutage: true })
}

interface Envelope {
  envelope_id: string
  payload: Payload
}

/** Takes the messages away from the SDK, except the hello, which it waits for. */
function listen(
  client: SocketModeClient,
  { onEnvelope, onRefresh }: { onEnvelope(envelope: Envelope): void; onRefresh(): void },
): void {
  const [sdk] = client.listeners('ws_message')
  client.removeAllListeners('ws_message')
  client.on('ws_message', (data: unknown, isBinary: unknown) => {
    const message = readable(data)
    if (message?.type === 'hello') sdk?.call(client, data, isBinary)
    else if (message?.type === 'disconnect') onRefresh()
    else if (message && typeof message.envelope_id === 'string' && isRecord(message.payload)) {
      onEnvelope({ envelope_id: message.envelope_id, payload: message.payload })
    }
  })
}

function readable(data: unknown): Record<string, unknown> | null {
  try {
    const message: unknown = JSON.parse(String(data))
    return isRecord(message) ? message : null
  } catch {
    return null
  }
}
