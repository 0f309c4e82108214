/** What PagerDuty tells whoever subscribed: webhooks of version 3, signed. */
import { createHmac, randomUUID } from 'node:crypto'
import type { Page, PagerDutyUser } from '../types.ts'
import { incidentUrl, priorities, users } from './rest.ts'

export type Told = Page['status'] | 'reassigned' | 'delegated' | 'escalated' | 'unacknowledged'

/** Nobody of the small world here: somebody who only has the phone in their hand. */
const whoeverHasThePhone = { id: 'PSIM001', name: 'Whoever has the phone' }

export function webhookBody(page: Page, told: Told, { by, at }: { by: PagerDutyUser | undefined; at: Date }): string {
  const { id, name } = by ?? whoeverHasThePhone
  const event = {
    id: randomUUID(),
    event_type: `incident.${told}`,
    resource_type: 'incident',
    occurred_at: at.toISOString(),
    agent: reference(id, 'user', name),
    client: null,
    data: {
      id: page.id,
      type: 'incident',
      self: `https://api.pagerduty.com/incidents/${page.id}`,
      html_url: incidentUrl(page.id),
      number: Number(page.id.slice(1)),
      status: page.status,
      // Incidents made of alerts have none of their own: the key is their alert's.
      incident_key: null,
      created_at: page.at.toISOString(),
      title: page.summary,
      service: reference('PSERVICE', 'service', 'platform'),
      assignees: page.assignees.map((one) =>
        reference(one, 'user', users.find((user) => user.id === one)?.name ?? one),
      ),
      escalation_policy: reference('PPLATFORM', 'escalation_policy', 'Platform'),
      teams: [],
      priority: priorities.find(({ name: one }) => one === page.priority) ?? null,
      urgency: 'high',
      conference_bridge: null,
      resolve_reason: null,
    },
  }
  return JSON.stringify({ event })
}

export function signed(body: string, secret: string): Record<string, string> {
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { 'content-type': 'application/json', 'x-pagerduty-signature': `v1=${signature}` }
}

function reference(id: string, type: string, summary: string) {
  return {
    id,
    type: `${type}_reference`,
    summary,
    self: `https://api.pagerduty.com/${type}/${id}`,
    html_url: `https://simulator.pagerduty.com/${type}/${id}`,
  }
}
