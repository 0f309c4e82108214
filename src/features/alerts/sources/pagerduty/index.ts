/**
 * PagerDuty, webhooks version 3: incidents that others open there are alerts here. Those that our own pages opened come
 * back by the same way; they are left out (`read.ts`), and the feature on call hears of them itself.
 */
import { z } from 'zod'
import { fingerprint } from '../../../../lib/fingerprint.ts'
import { hexDigest, isSame } from '../../../../lib/signatures.ts'
import { shorten } from '../../../../lib/text.ts'
import { isObject, labelsOf, linksOf, misfit, momentOf, Text, titleLengthMax } from '../reading.ts'
import type { AlertSource, IncomingAlert } from '../source.ts'
import example from './example.json' with { type: 'json' }

const Named = z
  .unknown()
  .optional()
  .transform((given) => (isObject(given) && typeof given.summary === 'string' ? given.summary : null))
const NamedAll = z
  .unknown()
  .optional()
  .transform((given) => (Array.isArray(given) ? given.flatMap((one) => Named.parse(one) ?? []) : []))

const Payload = z.object(
  {
    event: z.looseObject(
      {
        event_type: z.string({ error: 'is missing' }),
        occurred_at: Text,
        agent: Named,
        data: z.looseObject({ type: Text }, { error: 'is missing' }),
      },
      { error: 'is missing: PagerDuty sends its webhooks of version 3 in it' },
    ),
  },
  { error: 'must be a JSON object with "event", as PagerDuty sends it' },
)

const Incident = z.looseObject({
  id: z.string({ error: 'is missing' }).min(1, 'is empty'),
  title: Text,
  status: z.enum(['triggered', 'acknowledged', 'resolved'], {
    error: 'must be "triggered", "acknowledged" or "resolved"',
  }),
  number: Text,
  html_url: Text,
  incident_key: Text,
  created_at: Text,
  urgency: Text,
  service: Named,
  priority: Named,
  escalation_policy: Named,
  teams: NamedAll,
  assignees: NamedAll,
})

export const pagerduty: AlertSource = {
  name: 'pagerduty',
  example,
  play({ startsAt, endsAt, nth }) {
    const { data } = example.event
    const status = endsAt === null ? 'triggered' : 'resolved'
    return {
      event: {
        ...example.event,
        id: `${example.event.id}${nth}`,
        event_type: `incident.${status}`,
        occurred_at: endsAt ?? startsAt,
        data: {
          ...data,
          id: nth === 0 ? data.id : `${data.id}${nth}`,
          incident_key: nth === 0 ? data.incident_key : `${data.incident_key}${nth}`,
          status,
          created_at: startsAt,
        },
      },
    }
  },
  signed: {
    secretVariable: 'PAGERDUTY_WEBHOOK_SECRET',
    // While a secret is changed PagerDuty signs by both, and sends both.
    isSigned(raw, headers, secret) {
      const expected = `v1=${hexDigest(raw, secret)}`
      return String(headers['x-pagerduty-signature'] ?? '')
        .split(',')
        .some((one) => isSame(one.trim(), expected))
    },
  },
  parse(body, receivedAt) {
    const payload = Payload.safeParse(body)
    if (!payload.success) return misfit(payload.error)
    const { event } = payload.data
    // Notes, responders, workflows, the ping of a new subscription: understood, and no alerts.
    if (!event.event_type.startsWith('incident.') || event.data.type !== 'incident') return { alerts: [] }
    const incident = Incident.safeParse(event.data)
    if (!incident.success) return misfit(incident.error, 'event.data.')
    return { alerts: [toAlert(incident.data, event, receivedAt)] }
  },
}

function toAlert(
  incident: z.infer<typeof Incident>,
  event: z.infer<typeof Payload>['event'],
  receivedAt: Date,
): IncomingAlert {
  const occurred = momentOf(event.occurred_at) ?? receivedAt.toISOString()
  const isResolved = incident.status === 'resolved'
  const isReopened = event.event_type === 'incident.reopened'
  return {
    fingerprint: fingerprint({ incident: incident.id }),
    status: isResolved ? 'resolved' : 'firing',
    startsAt: isReopened ? occurred : (momentOf(incident.created_at) ?? occurred),
    endsAt: isResolved ? occurred : null,
    title: shorten(incident.title ?? `PagerDuty incident ${incident.number ?? incident.id}`, titleLengthMax),
    labels: labelsOf({
      service: incident.service,
      urgency: incident.urgency,
      priority: incident.priority,
      policy: incident.escalation_policy,
      team: incident.teams[0],
    }),
    annotations: {},
    severityLabel: incident.priority ?? incident.urgency,
    links: linksOf([['PagerDuty', incident.html_url]]),
    groupHint: null,
    extra: {
      event: event.event_type,
      assignees: incident.assignees,
      ...(event.agent === null ? {} : { by: event.agent }),
      ...(incident.incident_key === null ? {} : { incidentKey: incident.incident_key }),
    },
  }
}
