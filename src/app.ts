/**
 * The whole program on one page: what exists, and who is given what. Everything is passed by hand; nothing is found
 * by name, registered on import, or kept anywhere but here.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAlertmanager } from './adapters/alertmanager/index.ts'
import { createMailer } from './adapters/mail/index.ts'
import { createPager } from './adapters/pagerduty/index.ts'
import { createPagerDutyRest } from './adapters/pagerduty/rest.ts'
import { createProbe } from './adapters/probe/index.ts'
import { createSlack, type Slack } from './adapters/slack/index.ts'
import { createSns } from './adapters/sns/index.ts'
import { createWebhooks } from './adapters/webhook/index.ts'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './core/db.ts'
import { createDesk } from './core/desk.ts'
import type { Effect, SlackEffect } from './core/effects.ts'
import { type LongWork, pagesOf } from './core/feature.ts'
import { addHookRoutes } from './core/hook-routes.ts'
import { createHttp, mount } from './core/http.ts'
import { type Lane, startInbox } from './core/inbox.ts'
import { hooksLane, rehear, slackLane } from './core/lanes.ts'
import { linkSecretOf } from './core/link-secret.ts'
import type { Log } from './core/log.ts'
import { addMeasures } from './core/measures.ts'
import { createMetrics, type Metrics } from './core/metrics.ts'
import { migrate, readMigrations } from './core/migrations.ts'
import { addOperatorRoutes } from './core/operator-routes.ts'
import { createOurChannels } from './core/our-channels.ts'
import { startOutbox } from './core/outbox.ts'
import type { Wanted } from './core/outbox-store.ts'
import { addPageRoutes } from './core/pages.ts'
import { performEffect } from './core/perform.ts'
import { createPermissions } from './core/permissions.ts'
import { notConfigured } from './core/ports.ts'
import { retention } from './core/retention.ts'
import { startSchedule } from './core/schedule.ts'
import { addSlackRoute } from './core/slack-route.ts'
import { slotsOf } from './core/slots.ts'
import type { Templates } from './core/templates.ts'
import { observedOf } from './core/things.ts'
import { startTimers } from './core/timers.ts'
import { features } from './features/index.ts'
import type { Clock } from './lib/clock.ts'
import { makeSpine } from './spine.ts'

export interface Settings {
  version: string
  databaseAddress: string
  /** How many connections to a database server at most; ten when left out. */
  databaseConnections?: number
  host: string
  port: number
  /** Where the outside reaches us; null when it is not said: then our own address has to do. */
  publicUrl: string | null
  slack: { apiUrl: string; botToken: string; signingSecret: string | null; appToken: string | null }
  pagerduty: { eventsUrl: string; routingKeyOf(variable: string): string | null } | null
  pagerdutyRest: { apiUrl: string; token: string } | null
  mail: { url: string; from: string } | null
  prometheusUrl: string | null
  alertmanager: { url: string; token: string | null } | null
  /** Where Amazon SNS is played; null for Amazon's own. */
  snsUrl: string | null
  hookTokenOf(source: string): string | null
  /** A secret that tocsin.yml refers to by the name of its environment variable. */
  secretOf(variable: string): string | null
  /** What long work is given here; null when another process does it (`tocsin runner`). */
  workers: Pick<LongWork, 'dataFolder' | 'secretOf'> | null
  /** In try mode the simulator's page is served, and channels that tocsin.yml names are made. */
  tryPage: ((req: IncomingMessage, res: ServerResponse) => Promise<boolean>) | null
}

export interface App {
  url: string
  database: Database
  slack: Slack
  metrics: Metrics
  stop(): Promise<void>
}

export interface Given {
  settings: Settings
  config: Config
  templates: Templates
  clock: Clock
  log: Log
}

// How long what is under way may take to end; SIGTERM promises ten seconds for all of it.
const graceMilliseconds = 7_000

export async function startApp({ settings, config, templates, clock, log }: Given): Promise<App> {
  const metrics = createMetrics(settings.version)
  const worker = randomUUID()
  const migrations = readMigrations('migrations')
  const database = await openDatabase(settings.databaseAddress, { connections: settings.databaseConnections })
  const { db } = database
  await migrate(db, migrations)

  const publicUrl = settings.publicUrl ?? addressOf(settings.host, settings.port)
  const linkSecret = await linkSecretOf(db)
  const measures = features.flatMap((feature) => feature.measures ?? [])
  addMeasures(metrics, measures, db, log)
  const slots = slotsOf(features.flatMap((feature) => feature.fills ?? []))
  const wake = (wanted: readonly Wanted[]) => {
    outbox.wake(wanted)
    if (wanted.includes('timers')) timers.wake()
    if (wanted.includes('workers')) for (const one of workers) one.wake()
  }
  const { spine, aggregates } = makeSpine({ db, clock, config, templates, slots, publicUrl, linkSecret, wake })

  const ourChannels = createOurChannels(db)
  const slack = await createSlack({
    ...settings.slack,
    clock,
    log,
    metrics,
    accept: (incoming) => inbox.accept(incoming),
    checkForm: (modalId, values) => desk.checkForm(modalId, values),
    isOurs: async (channelId) => (await ourChannels.find(channelId)) !== null,
    observedOf: (name) => observedOf(db, name),
    missingChannels: settings.tryPage ? 'create' : 'report',
  })
  const pager = settings.pagerduty
    ? createPager({ ...settings.pagerduty, routingKeyOf: routingKeyFor(settings.pagerduty, config) })
    : notConfigured('pagerduty')
  const probe = createProbe({ prometheusUrl: settings.prometheusUrl, secretOf: settings.secretOf })
  const alertmanager = createAlertmanager(settings.alertmanager ?? { url: null, token: null })
  const pagerduty = createPagerDutyRest(settings.pagerdutyRest)
  const mail = settings.mail ? createMailer(settings.mail) : notConfigured('mail')

  const webhook = createWebhooks({ secretOf: settings.secretOf })
  const sns = createSns({ standInUrl: settings.snsUrl })

  const outbox = startOutbox({
    db,
    clock,
    log,
    metrics,
    worker,
    ports: { slack: slack.port, pager, pagerduty, mail, webhook, sns: sns.port, alertmanager, probe },
    perform: (effect, by) => performEffect(spine, aggregates, effect, by),
    deadNotice: ({ effect, code }) => deadNotice(config.channels.ops, templates, effect, code),
  })
  const timers = startTimers({ db, clock, log, metrics, wake })

  const desk = createDesk({
    features,
    spine,
    people: slack.people,
    permissions: createPermissions(config.groups, slack.people),
    slots,
    ourChannels,
    lookups: slack.lookups,
    rehear: (id) => rehear(db, slack, id),
  })
  const gaveUp: Lane['gaveUp'] = (received) => [lostNotice(config.channels.ops, templates, received)]
  const inbox = startInbox({
    db,
    clock,
    log,
    metrics,
    worker,
    wake,
    lanes: [
      slackLane({ ear: slack, desk, metrics, clock, templates, gaveUp }),
      hooksLane({
        hooks: features.flatMap((one) => one.hooks ?? []),
        spine,
        metrics,
        gaveUp,
      }),
    ],
  })
  const calendar = features.flatMap(
    (feature) => feature.scheduled?.({ config, spine, people: slack.people, log }) ?? [],
  )
  const { workers: longWork } = settings
  const workers =
    longWork === null
      ? []
      : features.flatMap(
          (feature) => feature.worker?.({ ...longWork, config, spine, clock, log, isAlone: false }) ?? [],
        )
  const schedule = await startSchedule(db, log, [retention(db, config.retention, clock), ...calendar])

  const http = createHttp(log)
  addSlackRoute(http, (request) => slack.receive(request))
  addHookRoutes(
    http,
    features.flatMap((feature) => feature.hooks ?? []),
    {
      inbox,
      clock,
      metrics,
      tokenOf: settings.hookTokenOf,
      secretOf: settings.secretOf,
      isTrue: sns.isTrue,
      policyOf: spine.policyOf,
    },
  )
  addPageRoutes(
    http,
    features.flatMap((feature) => pagesOf(feature, { spine, log })),
    { spine, clock, publicUrl },
  )
  addOperatorRoutes(http, { db, migrations, metrics, clock })
  if (settings.tryPage) mount(http, ['/', '/try', '/try/*'], settings.tryPage)
  await http.listen({ host: settings.host, port: settings.port })
  await slack.start()

  return {
    url: addressOf(settings.host, (http.server.address() as AddressInfo).port),
    database,
    slack,
    metrics,
    async stop() {
      // In this order: take nothing new, finish what is under way, then let go of the database.
      await Promise.all([
        http.close(),
        slack.stop(),
        schedule.stop(),
        timers.stop(),
        ...workers.map((one) => one.stop()),
      ])
      await inbox.stop(graceMilliseconds / 2)
      await outbox.stop(graceMilliseconds / 2)
      await database.close()
    },
  }
}

function addressOf(host: string, port: number): string {
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
}

/** A team says in tocsin.yml which variable holds its key; a page of a person's has the default one. */
function routingKeyFor(pagerduty: NonNullable<Settings['pagerduty']>, { teams }: Config) {
  return (team: string) => pagerduty.routingKeyOf(teams[team]?.routingKeyVariable ?? 'PAGERDUTY_ROUTING_KEY')
}

function lostNotice(to: string, templates: Templates, { source, id }: { source: string; id: number }): SlackEffect {
  return {
    kind: 'slack.say',
    to,
    message: { text: templates.render('core/given-up-delivery', 'slack', { source, id }) },
  }
}

function deadNotice(to: string, templates: Templates, effect: Effect, code: string): SlackEffect | null {
  // The channel itself was given up and reported; what was meant for it says nothing new.
  if (code === 'no_channel') return null
  // A person is asked where the message was reviewed.
  if (code === 'in_doubt') return null
  // One of thousands who subscribed. They are counted where the message was reviewed, and kept account of.
  if (effect.kind === 'mail.send' && effect.unsubscribe !== undefined) return null
  const { kind } = effect
  return { kind: 'slack.say', to, message: { text: templates.render('core/given-up', 'slack', { kind, code }) } }
}
