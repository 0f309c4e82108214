/** What operators see. Every metric is used in docs/operating.md; label sets are closed. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics(version: string) {
  const registry = new Registry()
  const registers = [registry]
  const quick = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  const metrics = {
    registry,
    alertsReceived: new Counter({
      name: 'tocsin_alerts_received_total',
      help: 'Alerts accepted, by source',
      labelNames: ['source'],
      registers,
    }),
    alertsDropped: new Counter({
      name: 'tocsin_alerts_dropped_total',
      help: 'Alerts that changed nothing, by reason',
      labelNames: ['reason'],
      registers,
    }),
    webhookDuration: new Histogram({
      name: 'tocsin_webhook_duration_seconds',
      help: 'Time to answer a webhook',
      labelNames: ['source', 'code'],
      buckets: quick,
      registers,
    }),
    inboxPending: new Gauge({
      name: 'tocsin_inbox_pending',
      help: 'Deliveries accepted and not yet worked on',
      registers,
    }),
    outboxPending: new Gauge({
      name: 'tocsin_outbox_pending',
      help: 'Effects decided and not yet delivered',
      labelNames: ['port'],
      registers,
    }),
    outboxOldest: new Gauge({
      name: 'tocsin_outbox_oldest_seconds',
      help: 'Age of the oldest undelivered effect',
      labelNames: ['port'],
      registers,
    }),
    deliveries: new Counter({
      name: 'tocsin_deliveries_total',
      help: 'Attempts to deliver, by outcome',
      labelNames: ['port', 'outcome'],
      registers,
    }),
    deliveryDuration: new Histogram({
      name: 'tocsin_delivery_duration_seconds',
      help: 'Time of one attempt to deliver',
      labelNames: ['port'],
      buckets: quick,
      registers,
    }),
    slackRateLimited: new Counter({
      name: 'tocsin_slack_rate_limited_total',
      help: 'Times Slack asked us to wait',
      labelNames: ['method'],
      registers,
    }),
    slackRefused: new Counter({
      name: 'tocsin_slack_requests_refused_total',
      help: 'Requests to /slack/events that were refused',
      labelNames: ['reason'],
      registers,
    }),
    commandDuration: new Histogram({
      name: 'tocsin_command_duration_seconds',
      help: 'From acceptance of a command to its answer being filed',
      labelNames: ['command', 'outcome'],
      buckets: quick,
      registers,
    }),
    timersLate: new Histogram({
      name: 'tocsin_timers_late_seconds',
      help: 'How late timers fired',
      buckets: [0.1, 0.5, 1, 5, 30, 60, 300, 3_600],
      registers,
    }),
    buildInfo: new Gauge({
      name: 'tocsin_build_info',
      help: 'Always 1; the label says what runs',
      labelNames: ['version'],
      registers,
    }),
  }
  metrics.buildInfo.set({ version }, 1)
  return metrics
}
