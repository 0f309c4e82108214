/**
 * PagerDuty's REST API, by its own client: who is on call there, and what is told beside a page.
 *
 * A note and a request for responders must be made once and have no key of ours: when an attempt's outcome is not known,
 * the incident is looked at first. What is on call is only read, and that PagerDuty is away is one of the answers.
 */
import { z } from 'zod'
import type { PagerDutyEffect } from '../../core/effects.ts'
import { type Delivered, type Delivery, DeliveryError, type Port } from '../../core/ports.ts'
import { shorten } from '../../lib/text.ts'
import { unreachable } from '../../lib/unreachable.ts'
import { type Ask, type RestOptions, restOf } from './asking.ts'
import { findIncident, newestIncidentOf, openIncidentOf } from './incident.ts'
import { lookAtOnCall } from './on-call.ts'

const Notes = z.object({ notes: z.array(z.object({ content: z.string() })) })
const Priorities = z.object({ priorities: z.array(z.object({ id: z.string(), name: z.string() })) })
const Users = z.object({ users: z.array(z.object({ id: z.string(), email: z.string() })) })
const Requests = z.object({
  incident: z.object({ responder_requests: z.array(z.object({ message: z.string().nullish() })).nullish() }),
})

/** Without a token nothing is asked: a look says so, and the rest is refused by a name that says what to set. */
export function createPagerDutyRest(options: RestOptions | null): Port<PagerDutyEffect> {
  return {
    async deliver(delivery) {
      const { effect, signal } = delivery
      if (options === null) {
        if (effect.kind === 'pagerduty.look') return { observed: { outcome: 'failed', code: 'no_pagerduty_token' } }
        throw new DeliveryError('no_pagerduty_token', 'never')
      }
      const ask = restOf(options, signal)
      switch (effect.kind) {
        case 'pagerduty.look':
          return { observed: await lookAtOnCall(ask, effect, signal) }
        case 'pagerduty.find':
          return { observed: await findIncident(ask, { ...delivery, effect }) }
        case 'pagerduty.note':
          return note(ask, { ...delivery, effect })
        case 'pagerduty.priority':
          return setPriority(ask, { ...delivery, effect })
        case 'pagerduty.invite':
          return invite(ask, { ...delivery, effect })
        default:
          return unreachable(effect)
      }
    },
  }
}

// More than anybody reads on a phone; PagerDuty takes more.
const noteMax = 2_000

async function note(
  ask: Ask,
  { effect, attempt, isInDoubt }: Delivery<Extract<PagerDutyEffect, { kind: 'pagerduty.note' }>>,
): Promise<Delivered> {
  const path = `incidents/${effect.incident ?? (await newestIncidentOf(ask, effect.key, attempt))}/notes`
  const content = shorten(effect.text, noteMax)
  if (isInDoubt) {
    const { notes } = await ask({ path }, Notes)
    if (notes.some((one) => one.content === content)) return {}
  }
  await ask({ method: 'POST', path, from: effect.from, data: { note: { content } }, isOnce: true })
  return {}
}

async function setPriority(
  ask: Ask,
  { effect, attempt }: Delivery<Extract<PagerDutyEffect, { kind: 'pagerduty.priority' }>>,
): Promise<Delivered> {
  const { key, from, priority } = effect
  const { priorities } = await ask({ path: 'priorities' }, Priorities)
  const wanted = priorities.find(({ name }) => name === priority)
  if (!wanted) throw new DeliveryError('no_such_priority', 'never')
  const data = { incident: { type: 'incident_reference', priority: { id: wanted.id, type: 'priority_reference' } } }
  const incident = await openIncidentOf(ask, key, attempt)
  if (incident !== null) await ask({ method: 'PUT', path: `incidents/${incident}`, from, data })
  return {}
}

async function invite(
  ask: Ask,
  { effect, attempt, isInDoubt }: Delivery<Extract<PagerDutyEffect, { kind: 'pagerduty.invite' }>>,
): Promise<Delivered> {
  const { from, text, targets } = effect
  const incidentId = await openIncidentOf(ask, effect.key, attempt)
  if (incidentId === null) return {}
  const path = `incidents/${incidentId}`
  if (isInDoubt) {
    const { incident } = await ask({ path }, Requests)
    if (incident.responder_requests?.some((request) => request.message === text)) return {}
  }
  const { users } = await ask({ path: 'users', query: { query: from } }, Users)
  const requester = users.find(({ email }) => email.toLowerCase() === from.toLowerCase())
  if (!requester) throw new DeliveryError('no_such_pagerduty_user', 'never')
  const data = {
    requester_id: requester.id,
    message: text,
    responder_request_targets: targets.map(({ type, id }) => ({
      responder_request_target: { id, type: `${type}_reference` },
    })),
  }
  await ask({ method: 'POST', path: `${path}/responder_requests`, from, data, isOnce: true })
  return {}
}
