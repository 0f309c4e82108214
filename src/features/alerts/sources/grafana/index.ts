/** Grafana's own alerting (unified, 9 and newer), its contact point "Webhook": Alertmanager's shape, and more of it. */
import type { z } from 'zod'
import { fingerprint } from '../../../../lib/fingerprint.ts'
import { shorten } from '../../../../lib/text.ts'
import { AlertmanagerAlert, AlertmanagerPayload, noEnd } from '../alertmanager/index.ts'
import { Anything, linksOf, misfit, momentOf, Text, titleLengthMax, unnamed } from '../reading.ts'
import type { AlertSource, IncomingAlert } from '../source.ts'
import example from './example.json' with { type: 'json' }

const Payload = AlertmanagerPayload.extend({ orgId: Text, title: Text, message: Text })
const One = AlertmanagerAlert.extend({
  dashboardURL: Text,
  panelURL: Text,
  silenceURL: Text,
  imageURL: Text,
  values: Anything,
  valueString: Text,
})

export const grafana: AlertSource = {
  name: 'grafana',
  example,
  play({ startsAt, endsAt, nth }) {
    const status = endsAt === null ? 'firing' : 'resolved'
    const alerts = example.alerts.map((alert) => ({
      ...alert,
      status,
      startsAt,
      endsAt: endsAt ?? noEnd,
      ...(nth === 0
        ? {}
        : { labels: { ...alert.labels, shard: String(nth) }, fingerprint: `${alert.fingerprint}${nth}` }),
    }))
    return { ...example, status, alerts }
  },
  parse(body, receivedAt) {
    const payload = Payload.safeParse(body)
    if (!payload.success) return misfit(payload.error)
    const alerts: IncomingAlert[] = []
    for (const [index, item] of payload.data.alerts.entries()) {
      const parsed = One.safeParse(item)
      if (!parsed.success) return misfit(parsed.error, `alerts[${index}].`)
      alerts.push(toAlert(parsed.data, payload.data, receivedAt))
    }
    return { alerts }
  },
}

function toAlert(alert: z.infer<typeof One>, payload: z.infer<typeof Payload>, receivedAt: Date): IncomingAlert {
  const { labels, annotations, values, valueString } = alert
  const status = (alert.status ?? payload.status) === 'resolved' ? 'resolved' : 'firing'
  const received = receivedAt.toISOString()
  const saidEnd = momentOf(alert.endsAt)
  const endsAt = status === 'resolved' ? (saidEnd ?? received) : saidEnd
  return {
    // Two organizations of one Grafana may have the same rule.
    fingerprint: fingerprint({ org: payload.orgId, alert: alert.fingerprint ?? { labels } }),
    status,
    startsAt: momentOf(alert.startsAt) ?? endsAt ?? received,
    endsAt,
    title: shorten(titleOf(labels) ?? annotations.summary ?? payload.title ?? unnamed, titleLengthMax),
    labels,
    annotations,
    severityLabel: labels.severity ?? null,
    links: linksOf([
      ['Dashboard', alert.dashboardURL],
      ['Panel', alert.panelURL],
      ['Rule', alert.generatorURL],
      ['Picture', alert.imageURL],
      ['Silence in Grafana', alert.silenceURL],
    ]),
    groupHint: payload.groupKey,
    extra: {
      groupLabels: payload.groupLabels,
      ...(payload.receiver === null ? {} : { receiver: payload.receiver }),
      ...(payload.truncatedAlerts > 0 ? { truncatedAlerts: payload.truncatedAlerts } : {}),
      ...(Object.keys(values).length > 0 ? { values } : {}),
      ...(valueString === null ? {} : { valueString }),
    },
  }
}

/** When a rule has no data or cannot be evaluated, Grafana sends an alert named after that, and the rule's name beside. */
function titleOf({ alertname, rulename }: Record<string, string | undefined>): string | undefined {
  if (rulename === undefined) return alertname
  if (alertname === 'DatasourceNoData') return `${rulename}: no data`
  if (alertname === 'DatasourceError') return `${rulename}: cannot be evaluated`
  return alertname ?? rulename
}
