/** Try mode: Slack, PagerDuty and a mailbox played by the simulator, in this process, and the page to see them on. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import type { App, Settings } from './app.ts'
import type { Config } from './config.ts'
import type { Env } from './env.ts'
import type { HeartbeatsConfig } from './features/heartbeats/config.ts'
import { type Clock, movableClock } from './lib/clock.ts'
import type { DemoService } from './simulator/demo-service/index.ts'
import { startSimulator } from './simulator/index.ts'
import type { Manifest } from './simulator/types.ts'
import { createTryPage } from './simulator/web/api.ts'
import { alertHooks, heartbeatHooks } from './stage-hooks.ts'
import { createSenders } from './stage-senders.ts'

export interface Stage {
  clock: Clock
  settings: Partial<Settings>
  /** The app listens: from now on people's doings are delivered to it. */
  ready(app: App): void
  /** Everything is up: where the page is, and what to try first. */
  greet(app: App, demo: DemoService | null): void
  close(): Promise<void>
}

export async function startStage(env: Env, config: Config): Promise<Stage> {
  const clock = movableClock(Date.now)
  const manifest = parse(readFileSync('manifest.yml', 'utf8')) as Manifest
  const stateFile = path.join(env.dataFolder, 'simulator.json')
  const simulator = await startSimulator({ manifest, clock, stateFile })
  const hookToken = randomBytes(18).toString('base64url')
  const address = { url: '' }
  const running: { demo: DemoService | null } = { demo: null }
  const secretOf = (variable: string) => env.secretOf(variable) ?? simulator.env[variable] ?? hookToken
  const tokenOf = (source: string) => env.hookTokenOf(source) ?? hookToken
  const senders = createSenders({ simulator, url: () => address.url, tokenOf, secretOf })
  const page = createTryPage({
    simulator,
    hooks: [...alertHooks(senders, clock), ...heartbeatHooks(config.heartbeats as HeartbeatsConfig, senders, clock)],
    around: () => (running.demo ? [running.demo.status()] : []),
  })
  const {
    SLACK_API_URL,
    SLACK_BOT_TOKEN,
    SLACK_SIGNING_SECRET,
    PAGERDUTY_EVENTS_URL,
    PAGERDUTY_ROUTING_KEY,
    PAGERDUTY_API_URL,
    PAGERDUTY_TOKEN,
    SMTP_URL,
    MAIL_FROM,
    ALERTMANAGER_URL,
  } = simulator.env

  return {
    clock,
    settings: {
      // Unless somebody has a real one to try with.
      prometheusUrl: env.prometheusUrl ?? simulator.url,
      slack: {
        apiUrl: SLACK_API_URL ?? '',
        botToken: SLACK_BOT_TOKEN ?? '',
        signingSecret: SLACK_SIGNING_SECRET ?? null,
        appToken: null,
      },
      pagerduty: { eventsUrl: PAGERDUTY_EVENTS_URL ?? '', routingKeyOf: () => PAGERDUTY_ROUTING_KEY ?? null },
      alertmanager: { url: ALERTMANAGER_URL ?? '', token: null },
      pagerdutyRest: { apiUrl: PAGERDUTY_API_URL ?? '', token: PAGERDUTY_TOKEN ?? '' },
      mail: { url: SMTP_URL ?? '', from: MAIL_FROM ?? '' },
      hookTokenOf: tokenOf,
      secretOf,
      snsUrl: simulator.url,
      tryPage: page.handle,
    },
    ready(app) {
      address.url = app.url
      simulator.connect(`${app.url}/slack/events`)
    },
    greet(app, demo) {
      running.demo = demo
      process.stdout.write(greeting(app.url, hookToken, demo?.status() ?? null))
    },
    async close() {
      page.close()
      await simulator.close()
    },
  }
}

function greeting(url: string, hookToken: string, demo: string | null): string {
  return `
  Tocsin runs with a simulated Slack. Open

      ${url}

  and type   /inc checkout returns 500s
${demo === null ? '' : `  or         /action rollback checkout production        (${demo})\n`}
  Alerts: curl -H "Authorization: Bearer ${hookToken}" -d '{"title":"DiskFull"}' ${url}/hooks/generic
  Ctrl-C stops it; everything is kept for the next start.

`
}
