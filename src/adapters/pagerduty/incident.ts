/**
 * Which incident in PagerDuty a page of ours became. What the Events API takes becomes an alert, and the alert an incident,
 * a moment later; the incident itself has no key of ours, but is found by the key of its alert.
 */
import { z } from 'zod'
import type { PagerDutyEffect } from '../../core/effects.ts'
import { type Delivery, DeliveryError } from '../../core/ports.ts'
import type { Ask } from './asking.ts'

export type Found =
  | { outcome: 'found'; incident: { id: string; url: string | null; status: string; by: Person | null } }
  /** PagerDuty made none of it: its own rules may hold an event back. */
  | { outcome: 'none' }

export interface Person {
  id: string
  name: string | null
  email: string | null
}

const Incidents = z.object({ incidents: z.array(z.object({ id: z.string() })) })
const Incident = z.object({
  id: z.string(),
  html_url: z.string().nullish(),
  status: z.string(),
  acknowledgements: z
    .array(
      z.object({
        acknowledger: z.object({ id: z.string(), summary: z.string().nullish(), email: z.string().nullish() }),
      }),
    )
    .nullish(),
})
const IncidentsWhole = z.object({ incidents: z.array(Incident) })

// The page itself may still be on its way.
const untilIncidentSeconds = 15
const soonSeconds = 2
// Five minutes: what has not become an incident by then will not.
const attemptsMax = 22

/** An open one first: the same key is used again after it was resolved. */
export async function findIncident(
  ask: Ask,
  { effect, attempt }: Delivery<Extract<PagerDutyEffect, { kind: 'pagerduty.find' }>>,
): Promise<Found> {
  const query = { incident_key: effect.key, 'statuses[]': open, 'include[]': 'acknowledgers', limit: '1' }
  const { incidents } = await ask({ path: 'incidents', query }, IncidentsWhole)
  const [incident] = incidents
  if (incident) {
    const { id, html_url: url = null, status, acknowledgements } = incident
    const by = acknowledgements?.[0]?.acknowledger
    const person = by ? { id: by.id, name: by.summary ?? null, email: by.email ?? null } : null
    return { outcome: 'found', incident: { id, url, status, by: person } }
  }
  if (attempt >= attemptsMax) return { outcome: 'none' }
  const retryAfterSeconds = attempt <= 2 ? soonSeconds : untilIncidentSeconds
  throw new DeliveryError('pagerduty_no_incident', 'again', { retryAfterSeconds })
}

const open = ['triggered', 'acknowledged']

export function incidentOf(ask: Ask, key: string): Promise<string> {
  return oneOf(ask, { incident_key: key, 'statuses[]': open, limit: '1' })
}

/** Closed ones too: how it ended is noted after its end. */
export function newestIncidentOf(ask: Ask, key: string): Promise<string> {
  return oneOf(ask, { incident_key: key, 'statuses[]': [...open, 'resolved'], sort_by: 'created_at:desc', limit: '1' })
}

async function oneOf(ask: Ask, query: Record<string, string | readonly string[]>): Promise<string> {
  const { incidents } = await ask({ path: 'incidents', query }, Incidents)
  const [incident] = incidents
  if (incident) return incident.id
  throw new DeliveryError('pagerduty_no_incident', 'again', { retryAfterSeconds: untilIncidentSeconds })
}
