/**
 * Socket Mode, supervised: two connections, so that there is always one while Slack refreshes the other, and our own
 * way of coming back. The SDK's own leaves a gap of seconds, and a failed attempt of its ends the process.
 */
import { SocketModeClient } from '@slack/socket-mode'
import type { Log } from '../../core/log.ts'
import { silentLogger } from './call.ts'
import type { Response } from './receive.ts'

export interface SocketsOptions {
  appToken: string
  apiUrl: string
  log: Log
  /** Made durable, then the answer for the acknowledgement. */
  take(payload: Record<string, unknown>): Promise<Response>
}

export interface Sockets {
  start(): Promise<void>
  connected(): number
  stop(): Promise<void>
}

interface Slot {
  client: SocketModeClient
  isUp: boolean
  isConnecting: boolean
}

interface Envelope {
  type: string
  body: Record<string, unknown>
  ack(response?: object): Promise<void>
}

const connections = 2
const pauseMilliseconds = { first: 250, most: 30_000 }

export function createSockets(options: SocketsOptions): Sockets {
  const { log } = options
  const state = { isStopping: false }
  const underWay = new Set<Promise<void>>()
  const slots = Array.from({ length: connections }, () => createSlot())

  function createSlot(): Slot {
    // Fresh options for each: the SDK writes into what it is given. No `headers`: they would drop the token.
    const clientOptions = { slackApiUrl: options.apiUrl, retryConfig: { retries: 0 }, timeout: 10_000 }
    const client = new SocketModeClient({
      appToken: options.appToken,
      autoReconnectEnabled: false,
      clientOptions,
      logger: silentLogger,
    })
    const slot: Slot = { client, isUp: false, isConnecting: false }
    guardMessages(client, log)
    client.on('connected', () => {
      slot.isUp = true
    })
    client.on('disconnected', () => {
      slot.isUp = false
      if (!state.isStopping) void connect(slot)
    })
    client.on('slack_event', (envelope: Envelope) => {
      const work = answer(envelope).finally(() => underWay.delete(work))
      underWay.add(work)
    })
    return slot
  }

  async function connect(slot: Slot): Promise<void> {
    if (slot.isConnecting) return
    slot.isConnecting = true
    for (let attempt = 0; !state.isStopping && !slot.isUp; attempt += 1) {
      // In sequence: one attempt at a time.
      try {
        await slot.client.start()
        break
      } catch (error) {
        const pause = Math.min(pauseMilliseconds.first * 2 ** attempt, pauseMilliseconds.most) * (0.5 + Math.random())
        log.warn({ err: error, pauseMilliseconds: Math.round(pause) }, 'could not connect to Slack, will try again')
        await new Promise((resolve) => setTimeout(resolve, pause).unref())
      }
    }
    slot.isConnecting = false
  }

  async function answer(envelope: Envelope): Promise<void> {
    try {
      const { status, body } = await options.take(envelope.body)
      // Without an acknowledgement Slack sends it again, which is what an error means.
      if (status < 400) await envelope.ack(typeof body === 'object' ? body : undefined)
    } catch (error) {
      log.error({ err: error, type: envelope.type }, 'a delivery through the socket failed')
    }
  }

  return {
    async start() {
      const [first, ...others] = slots
      // The first must come up, or fail with a reason; the others follow.
      if (first) await first.client.start()
      for (const slot of others) void connect(slot)
    },
    connected: () => slots.filter((slot) => slot.isUp).length,
    async stop() {
      state.isStopping = true
      await Promise.allSettled([...underWay])
      await Promise.allSettled(slots.map((slot) => slot.client.disconnect()))
    },
  }
}

/**
 * socket-mode 3.1.0 throws inside an async listener at an envelope whose payload has no event (`app_rate_limited`),
 * which would end the process. Such an envelope is acknowledged and reported. Harmless with versions that cure it.
 */
function guardMessages(client: SocketModeClient, log: Log): void {
  const inner = client as unknown as {
    onWebSocketMessage?(data: unknown, isBinary: boolean): Promise<void>
    send(id: string, body?: object): Promise<void>
  }
  const handle = inner.onWebSocketMessage?.bind(client)
  if (!handle) return
  client.removeAllListeners('ws_message')
  client.on('ws_message', (data: unknown, isBinary: boolean) => {
    handle(data, isBinary).catch((error: unknown) => {
      log.warn({ err: error }, 'Slack sent something through the socket that its SDK cannot read')
      const id = envelopeId(data)
      if (id) inner.send(id).catch(() => {})
    })
  })
}

function envelopeId(data: unknown): string | null {
  try {
    return (JSON.parse(String(data)) as { envelope_id?: string }).envelope_id ?? null
  } catch {
    return null
  }
}
