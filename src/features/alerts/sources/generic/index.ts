/** Anything that can POST JSON: one alert, or `{"alerts": […]}`. Only `title` is needed. */
import { z } from 'zod'
import { fingerprint } from '../../../../lib/fingerprint.ts'
import { isObject, linksOf, misfit, Text, Texts } from '../reading.ts'
import type { AlertSource, IncomingAlert } from '../source.ts'
import example from './example.json' with { type: 'json' }

const Moment = z.iso.datetime({ offset: true, error: 'is no time in ISO 8601, as 2026-03-02T12:00:00Z' })

// Only the fields we use; whatever else a sender adds is none of our business.
const One = z.object(
  {
    title: z.string({ error: 'is missing' }).trim().min(1, 'is empty').max(3_000, 'is longer than 3000 characters'),
    status: z.enum(['firing', 'resolved'], { error: 'must be "firing" or "resolved"' }).default('firing'),
    severity: Text,
    summary: Text,
    link: Text,
    runbook: Text,
    labels: Texts,
    /** What makes it the same alert the next time; without it, title and labels do. */
    id: Text,
    startsAt: Moment.optional(),
    endsAt: Moment.optional(),
  },
  { error: 'must be an object' },
)
const alertsMax = 1_000

export const generic: AlertSource = {
  name: 'generic',
  example,
  play({ startsAt, endsAt, nth }) {
    const status = endsAt === null ? 'firing' : 'resolved'
    const other = { severity: 'warning', labels: { ...example.labels, shard: String(nth) } }
    return { ...example, status, startsAt, ...(endsAt === null ? {} : { endsAt }), ...(nth === 0 ? {} : other) }
  },
  parse(body, receivedAt) {
    if (!isObject(body)) return { field: '', problem: 'The body must be a JSON object with at least "title".' }
    const list: readonly unknown[] | null = Array.isArray(body.alerts) && body.alerts.length > 0 ? body.alerts : null
    const items = list ?? [body]
    if (items.length > alertsMax) return { field: 'alerts', problem: `"alerts" has more than ${alertsMax} alerts.` }
    const alerts: IncomingAlert[] = []
    for (const [index, item] of items.entries()) {
      const parsed = One.safeParse(item)
      if (!parsed.success) return misfit(parsed.error, list ? `alerts[${index}].` : '')
      alerts.push(toAlert(parsed.data, receivedAt))
    }
    return { alerts }
  },
}

function toAlert(item: z.infer<typeof One>, receivedAt: Date): IncomingAlert {
  const { id, title, status, summary, link, runbook, labels, severity } = item
  const received = receivedAt.toISOString()
  const endsAt = status === 'resolved' ? moment(item.endsAt ?? received) : null
  return {
    fingerprint: fingerprint(id === null ? { title, labels } : { id }),
    status,
    startsAt: moment(item.startsAt ?? endsAt ?? received),
    endsAt,
    title,
    labels,
    annotations: { ...(summary === null ? {} : { summary }), ...(runbook === null ? {} : { runbook }) },
    severityLabel: severity,
    links: linksOf([['Open at the source', link]]),
    groupHint: null,
    extra: {},
  }
}

function moment(said: string): string {
  return new Date(said).toISOString()
}
