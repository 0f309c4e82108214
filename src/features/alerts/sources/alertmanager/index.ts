/**
 * Prometheus' Alertmanager, webhook version 4; Mimir, VictoriaMetrics and others send the same. A resolved alert is
 * sent again with each notification of its group until the group is forgotten, and both of an HA pair send everything:
 * the fingerprint and the moments are theirs, so all of it comes out as one.
 */
import { z } from 'zod'
import { fingerprint } from '../../../../lib/fingerprint.ts'
import { shorten } from '../../../../lib/text.ts'
import { Anything, linksOf, misfit, momentOf, Text, Texts, titleLengthMax, unnamed } from '../reading.ts'
import type { AlertSource, IncomingAlert } from '../source.ts'
import example from './example.json' with { type: 'json' }

export const AlertmanagerAlert = z.looseObject({
  status: Text,
  labels: Texts,
  annotations: Texts,
  startsAt: Text,
  endsAt: Text,
  generatorURL: Text,
  fingerprint: Text,
})

// More than Alertmanager ever sends in the one mebibyte that we take.
const alertsMax = 5_000

export const AlertmanagerPayload = z.looseObject(
  {
    status: Text,
    groupKey: Text,
    receiver: Text,
    externalURL: Text,
    groupLabels: Anything,
    truncatedAlerts: z
      .unknown()
      .optional()
      .transform((n) => (typeof n === 'number' && n > 0 ? Math.floor(n) : 0)),
    alerts: z
      .array(z.unknown(), { error: 'is missing: a list of alerts, as Alertmanager sends it' })
      .max(alertsMax, `has more than ${alertsMax} alerts`),
  },
  { error: 'must be a JSON object with "alerts", as Alertmanager sends it' },
)

export const alertmanager: AlertSource = {
  name: 'alertmanager',
  example,
  play({ startsAt, endsAt, nth }) {
    const status = endsAt === null ? 'firing' : 'resolved'
    const shown = nth === 0 ? example.alerts : example.alerts.slice(0, 1)
    const alerts = shown.map((alert) => ({
      ...alert,
      status,
      startsAt,
      endsAt: endsAt ?? noEnd,
      ...(nth === 0 ? {} : other(alert, nth)),
    }))
    return { ...example, status, alerts }
  },
  parse(body, receivedAt) {
    const payload = AlertmanagerPayload.safeParse(body)
    if (!payload.success) return misfit(payload.error)
    const { alerts: items, status, groupKey, receiver, externalURL, groupLabels, truncatedAlerts } = payload.data
    const group = {
      status,
      groupKey,
      extra: {
        groupLabels,
        ...(receiver === null ? {} : { receiver }),
        ...(externalURL === null ? {} : { alertmanager: externalURL }),
        // How many of the group were left out (`max_alerts`): shown, because nobody will hear of them here.
        ...(truncatedAlerts > 0 ? { truncatedAlerts } : {}),
      },
    }
    const alerts: IncomingAlert[] = []
    for (const [index, item] of items.entries()) {
      const parsed = One.safeParse(item)
      if (!parsed.success) return misfit(parsed.error, `alerts[${index}].`)
      alerts.push(toAlert(parsed.data, group, receivedAt))
    }
    return { alerts }
  },
}

/** What Alertmanager writes while there is no end. */
export const noEnd = '0001-01-01T00:00:00Z'

function other({ labels, fingerprint }: { labels: object; fingerprint: string }, nth: number) {
  return { labels: { ...labels, severity: 'warning', shard: String(nth) }, fingerprint: `${fingerprint}${nth}` }
}

const One = AlertmanagerAlert.refine(
  ({ labels, annotations, fingerprint }) =>
    Object.keys(labels).length + Object.keys(annotations).length > 0 || fingerprint !== null,
  { path: ['labels'], error: 'is missing: nothing tells this alert from others' },
)

interface Group {
  status: string | null
  groupKey: string | null
  extra: Record<string, unknown>
}

function toAlert(alert: z.infer<typeof AlertmanagerAlert>, group: Group, receivedAt: Date): IncomingAlert {
  const { labels, annotations, generatorURL } = alert
  const status = (alert.status ?? group.status) === 'resolved' ? 'resolved' : 'firing'
  const received = receivedAt.toISOString()
  const saidEnd = momentOf(alert.endsAt)
  const endsAt = status === 'resolved' ? (saidEnd ?? received) : saidEnd
  const title = labels.alertname ?? annotations.summary ?? unnamed
  return {
    // Older versions send none; the labels are what Alertmanager itself goes by.
    fingerprint: alert.fingerprint ?? fingerprint({ labels }),
    status,
    startsAt: momentOf(alert.startsAt) ?? endsAt ?? received,
    endsAt,
    title: shorten(title, titleLengthMax),
    labels,
    annotations,
    severityLabel: labels.severity ?? null,
    // Not Alertmanager's own address: each of a pair has another one, and the alert would seem to change all the time.
    links: linksOf([['Graph', generatorURL]]),
    groupHint: group.groupKey,
    extra: group.extra,
  }
}
