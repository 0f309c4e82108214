/**
 * The outside, played over the wire: Slack, PagerDuty and a mail server. It speaks their protocols, refuses what they
 * refuse, and can be made to fail. It serves the try page, the stories and the benchmarks, and knows nothing of the bot.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type MovableClock, movableClock } from '../lib/clock.ts'
import { createAlertmanager } from './alertmanager.ts'
import { createFaults, send } from './faults.ts'
import { startMailbox } from './mailbox.ts'
import { createPagerDuty } from './pagerduty.ts'
import { keepFile, readKept } from './persist.ts'
import { createPrometheus } from './prometheus.ts'
import { createSlack } from './slack/index.ts'
import { createSns } from './sns.ts'
import type { Manifest, Simulator } from './types.ts'

export interface SimulatorOptions {
  manifest: Manifest
  clock?: MovableClock
  /** Where yesterday's world is kept; without it the world ends with the process. */
  stateFile?: string
  port?: number
  enforceRates?: boolean
}

// The largest body that is read; a message of Slack's is far smaller.
const bodyBytesMax = 8 * 1024 * 1024

export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const clock = options.clock ?? movableClock(Date.now)
  const listeners = new Set<() => void>()
  const kept = readKept(options.stateFile)
  const keeper = keepFile(options.stateFile, () => ({
    slack: slack.dump(),
    pagerduty: pagerduty.dump(),
    mail: mail.dump(),
  }))
  const changed = () => {
    keeper.changed()
    for (const listener of listeners) listener()
  }

  const faults = createFaults(changed)
  const server = http.createServer((req, res) => void serve(req, res))
  const address: { url: string; hook: string | null } = { url: '', hook: null }
  const slack = createSlack({
    manifest: options.manifest,
    clock,
    server,
    baseUrl: () => address.url,
    faults,
    enforceRates: options.enforceRates ?? true,
    kept: kept.slack,
    changed,
  })
  const pagerduty = createPagerDuty({ clock, changed, hookUrl: () => address.hook })
  const sns = createSns({ now: () => clock.now() })
  const mail = await startMailbox({ clock, changed })
  const alertmanager = createAlertmanager({ clock, changed })
  const prometheus = createPrometheus()
  pagerduty.restore(kept.pagerduty)
  mail.restore(kept.mail)

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const body = await readBody(req)
      if (body === null) return send(res, { status: 413, body: { ok: false, error: 'too_large' } })
      const isTaken =
        (await slack.handle(req, res, body)) ||
        (await pagerduty.handle(req, res, body)) ||
        (await alertmanager.handle(req, res, body)) ||
        prometheus.handle(req, res, body) ||
        sns.handle(req, res)
      if (!isTaken) send(res, { status: 404, body: { ok: false, error: 'not_found' } })
    } catch (error) {
      // A mistake of the simulator's own must be seen as one, and must not end the process.
      if (!res.headersSent)
        send(res, { status: 500, body: { ok: false, error: 'simulator_error', detail: String(error) } })
    }
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  address.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url: address.url,
    env: { ...slack.env(), ...pagerduty.env(address.url), ...alertmanager.env(address.url), ...mail.env },
    socketEnv: slack.socketEnv,
    sockets: slack.sockets,
    clock,
    slack: slack.world,
    pagerduty: pagerduty.world,
    alertmanager: alertmanager.world,
    mailbox: mail.mailbox,
    sns: sns.world,
    connect(url) {
      address.hook = url.replace(/\/slack\/events$/, '/hooks/pagerduty')
      slack.connect(url)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      slack.close()
      server.closeAllConnections()
      await Promise.all([new Promise((resolve) => server.close(resolve)), mail.close()])
      keeper.close()
    },
  }
}

/** Null when it is too large. */
async function readBody(req: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req) {
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
  }
  return bytes > bodyBytesMax ? null : Buffer.concat(chunks).toString('utf8')
}
