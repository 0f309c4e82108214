/**
 * Sentry's integration webhooks: issue alerts (`event_alert`), metric alerts, and, where the integration also hears of
 * issues, that one was resolved or is back. Which of them it is stands in a header and shows in the body; we read it there.
 */
import { z } from 'zod'
import { fingerprint } from '../../../../lib/fingerprint.ts'
import { hexDigest, isSame } from '../../../../lib/signatures.ts'
import { shorten } from '../../../../lib/text.ts'
import { isObject, labelsOf, linksOf, misfit, momentOf, Text, titleLengthMax } from '../reading.ts'
import type { AlertSource, IncomingAlert, Parsed } from '../source.ts'
import example from './example.json' with { type: 'json' }

const Payload = z.object(
  {
    action: z.string({ error: 'is missing' }),
    data: z.looseObject(
      { event: z.unknown().optional(), issue: z.unknown().optional(), metric_alert: z.unknown().optional() },
      { error: 'is missing' },
    ),
  },
  { error: 'must be a JSON object with "action" and "data", as Sentry sends it' },
)

// Sentry writes tags as a list of pairs.
const Tags = z
  .unknown()
  .optional()
  .transform((given): Record<string, string> => {
    if (!Array.isArray(given)) return {}
    const pairs = given.filter((pair): pair is [string, string] => Array.isArray(pair) && pair.length === 2)
    return labelsOf(Object.fromEntries(pairs.map(([name, value]) => [String(name), Text.parse(value)])))
  })

const SentryEvent = z.looseObject({
  issue_id: z.union([z.string().min(1), z.number()], { error: 'is missing' }).transform(String),
  title: Text,
  message: Text,
  culprit: Text,
  level: Text,
  environment: Text,
  platform: Text,
  datetime: Text,
  web_url: Text,
  tags: Tags,
})

const Issue = z.looseObject({
  id: z.union([z.string().min(1), z.number()], { error: 'is missing' }).transform(String),
  title: Text,
  level: Text,
  culprit: Text,
  permalink: Text,
  web_url: Text,
  project: z
    .unknown()
    .optional()
    .transform((given) => (isObject(given) ? Text.parse(given.slug) : null)),
})

const MetricAlert = z.looseObject({
  alert_rule: z.looseObject({
    id: z.union([z.string().min(1), z.number()], { error: 'is missing' }).transform(String),
    name: Text,
    environment: Text,
    aggregate: Text,
    query: Text,
  }),
  title: Text,
  date_started: Text,
  date_closed: Text,
  projects: z
    .unknown()
    .optional()
    .transform((given) => (Array.isArray(given) ? Text.parse(given[0]) : null)),
})

export const sentry: AlertSource = {
  name: 'sentry',
  example,
  play({ startsAt, endsAt, nth }) {
    const { metric_alert: alert } = example.data
    const rule = nth === 0 ? alert.alert_rule : { ...alert.alert_rule, id: `${alert.alert_rule.id}${nth}` }
    return {
      ...example,
      action: endsAt !== null ? 'resolved' : nth === 0 ? 'critical' : 'warning',
      data: {
        ...example.data,
        metric_alert: { ...alert, alert_rule: rule, date_started: startsAt, date_closed: endsAt },
      },
    }
  },
  signed: {
    secretVariable: 'SENTRY_CLIENT_SECRET',
    isSigned: (raw, headers, secret) => isSame(String(headers['sentry-hook-signature'] ?? ''), hexDigest(raw, secret)),
  },
  parse(body, receivedAt) {
    const payload = Payload.safeParse(body)
    if (!payload.success) return misfit(payload.error)
    const { action, data } = payload.data
    if (data.metric_alert !== undefined) return readMetricAlert(action, data, receivedAt)
    if (data.event !== undefined && action === 'triggered') return readEvent(data, receivedAt)
    if (data.issue !== undefined) return readIssue(action, data.issue, receivedAt)
    // Installed, removed, commented: understood, and no alerts.
    return { alerts: [] }
  },
}

function readEvent(data: { event?: unknown; triggered_rule?: unknown }, receivedAt: Date): Parsed {
  const parsed = SentryEvent.safeParse(data.event)
  if (!parsed.success) return misfit(parsed.error, 'data.event.')
  const { issue_id, title, message, culprit, level, environment, platform, datetime, web_url, tags } = parsed.data
  const rule = Text.parse(data.triggered_rule)
  return one({
    fingerprint: issueKey(issue_id),
    status: 'firing',
    startsAt: momentOf(datetime) ?? receivedAt.toISOString(),
    endsAt: null,
    title: shorten(title ?? message ?? `Sentry issue ${issue_id}`, titleLengthMax),
    labels: labelsOf({ ...tags, level, environment: environment ?? tags.environment, platform, rule }),
    annotations: culprit === null ? {} : { summary: `in ${culprit}` },
    severityLabel: level,
    links: linksOf([['Sentry', web_url]]),
    groupHint: rule,
    extra: { kind: 'issue alert', issue: issue_id },
  })
}

/** An issue alert has no end of its own; somebody resolves the issue, or it comes back. */
function readIssue(action: string, issue: unknown, receivedAt: Date): Parsed {
  if (action !== 'resolved' && action !== 'unresolved') return { alerts: [] }
  const parsed = Issue.safeParse(issue)
  if (!parsed.success) return misfit(parsed.error, 'data.issue.')
  const { id, title, level, culprit, permalink, web_url, project } = parsed.data
  const received = receivedAt.toISOString()
  return one({
    fingerprint: issueKey(id),
    status: action === 'resolved' ? 'resolved' : 'firing',
    startsAt: received,
    endsAt: action === 'resolved' ? received : null,
    title: shorten(title ?? `Sentry issue ${id}`, titleLengthMax),
    labels: labelsOf({ level, project }),
    annotations: culprit === null ? {} : { summary: `in ${culprit}` },
    severityLabel: level,
    links: linksOf([['Sentry', web_url ?? permalink]]),
    groupHint: null,
    extra: { kind: 'issue', issue: id },
  })
}

function readMetricAlert(
  action: string,
  data: { metric_alert?: unknown; description_text?: unknown; web_url?: unknown },
  receivedAt: Date,
): Parsed {
  const parsed = MetricAlert.safeParse(data.metric_alert)
  if (!parsed.success) return misfit(parsed.error, 'data.metric_alert.')
  const { alert_rule: rule, title, date_started, date_closed, projects } = parsed.data
  const received = receivedAt.toISOString()
  const isResolved = action === 'resolved'
  const description = Text.parse(data.description_text)
  return one({
    fingerprint: fingerprint({ sentry: 'metric alert', rule: rule.id }),
    status: isResolved ? 'resolved' : 'firing',
    startsAt: momentOf(date_started) ?? received,
    endsAt: isResolved ? (momentOf(date_closed) ?? received) : null,
    title: shorten(rule.name ?? title ?? `Sentry alert rule ${rule.id}`, titleLengthMax),
    labels: labelsOf({ project: projects, environment: rule.environment, rule: rule.name }),
    annotations: description === null ? {} : { summary: description },
    severityLabel: isResolved ? null : action,
    links: linksOf([['Sentry', data.web_url]]),
    groupHint: null,
    extra: { kind: 'metric alert', aggregate: rule.aggregate, query: rule.query },
  })
}

function issueKey(id: string): string {
  return fingerprint({ sentry: 'issue', id })
}

function one(alert: IncomingAlert): Parsed {
  return { alerts: [alert] }
}
