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

const Incidents = z.object({ incidents: z.array(z.object({ id: z.string(), status: z.string() })) })
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
const soonAttempts = 2
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
  throw new DeliveryError('pagerduty_no_incident', 'again', { retryAfterSeconds: pauseAfter(attempt) })
}

const open = ['triggered', 'acknowledged']

/** Null when it is over, and what was wanted of it with it. A key is used again, so the next may be on its way. */
export async function openIncidentOf(ask: Ask, key: string, attempt: number): Promise<string | null> {
  const { id, status } = await newestOf(ask, key, attempt)
  if (open.includes(status)) return id
  if (attempt > soonAttempts) return null
  throw new DeliveryError('pagerduty_no_incident', 'again', { retryAfterSeconds: soonSeconds })
}

/** Closed ones too: how it ended is noted after its end. */
export async function newestIncidentOf(ask: Ask, key: string, attempt: number): Promise<string> {
  return (await newestOf(ask, key, attempt)).id
}

async function newestOf(ask: Ask, key: string, attempt: number): Promise<{ id: string; status: string }> {
  const query = {
    incident_key: key,
    'statuses[]': [...open, 'resolved'],
    sort_by: 'created_at:desc',
    limit: '1',
  }
  const { incidents } = await ask({ path: 'incidents', query }, Incidents)
  const [incident] = incidents
  if (incident) return incident
  if (attempt >= attemptsMax) throw new DeliveryError('pagerduty_no_incident', 'never')
  throw new DeliveryError('pagerduty_no_incident', 'again', { retryAfterSeconds: pauseAfter(attempt) })
}

function pauseAfter(attempt: number): number {
  return attempt <= soonAttempts ? soonSeconds : untilIncidentSeconds
}
