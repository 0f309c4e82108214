/**
 * What people do in PagerDuty itself comes back: acknowledged, resolved, handed to somebody else (webhooks v3). An
 * incident there that we did not open is none of ours here and changes nothing.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { HookCounts, HookDelivery, HookSource } from '../../core/hooks.ts'
import { perform, type Spine } from '../../core/perform.ts'
import { pages } from './aggregate.ts'
import type { Command } from './domain.ts'
import { theRoster } from './roster/aggregate.ts'
import { personOf } from './roster/lines.ts'
import { loadRoster } from './roster/store.ts'
import type { Rules } from './rules.ts'
import { pagesByKey } from './store.ts'

// Only the fields we use: PagerDuty adds others as it likes.
const Payload = z.object({
  event: z.object({
    event_type: z.string(),
    agent: z.object({ id: z.string().nullish(), summary: z.string().nullish() }).nullish(),
    data: z.looseObject({
      incident_key: z.string().nullish(),
      assignees: z.array(z.object({ summary: z.string().nullish() })).nullish(),
    }),
  }),
})
type Payload = z.infer<typeof Payload>

const source = 'pagerduty'

export const hooks: HookSource = {
  sources: [source],
  signed: { [source]: { secretVariable: 'PAGERDUTY_WEBHOOK_SECRET', isSigned } },
  check({ body }) {
    const parsed = Payload.safeParse(body)
    if (parsed.success) return { count: 1 }
    const [issue] = parsed.error.issues
    return { field: issue?.path.join('.') ?? '', problem: issue?.message ?? 'This is no event of PagerDuty.' }
  },
  work,
}

/** One signature for each secret that is valid just now: while a secret is changed there are two. */
function isSigned(raw: Buffer, headers: Readonly<Record<string, string | string[] | undefined>>, secret: string) {
  const expected = Buffer.from(`v1=${createHmac('sha256', secret).update(raw).digest('hex')}`)
  const given = String(headers['x-pagerduty-signature'] ?? '').split(',')
  return given.some((one) => {
    const signature = Buffer.from(one.trim())
    return signature.length === expected.length && timingSafeEqual(signature, expected)
  })
}

async function work(spine: Spine, deliveries: readonly HookDelivery[]): Promise<HookCounts> {
  for (const { body, by } of deliveries) {
    const parsed = Payload.safeParse(body)
    // Accepted once, so readable once: an older release may have been more generous.
    const command = parsed.success ? commandOf(parsed.data, await whoIs(spine, parsed.data.event.agent)) : null
    const key = parsed.data?.event.data.incident_key
    if (!command || !key) continue
    // In sequence: what PagerDuty says of one incident stays in order.
    for (const { id } of await pagesByKey(spine.db, key)) await perform(spine, pages, id, command, by)
  }
  // No alerts, so not counted as such: whoever listens to PagerDuty for alerts counts them.
  return { received: {}, dropped: {} }
}

/** By their Slack id, where tocsin.yml or the roster says who that is; else by the name they have there. */
async function whoIs({ db, policyOf }: Spine, agent: Payload['event']['agent']): Promise<string | null> {
  if (!agent) return null
  const { people } = policyOf(pages.feature) as Rules
  const configured = Object.entries(people).find(([, { pagerduty }]) => agent.id != null && pagerduty === agent.id)
  if (configured) return configured[0]
  const roster = await loadRoster(db, theRoster)
  const entry = roster?.entries.find(({ user }) => user.id === agent.id)
  return (entry && personOf(entry, people)) ?? agent.summary ?? null
}

function commandOf({ event }: Payload, who: string | null): Command | null {
  switch (event.event_type) {
    case 'incident.acknowledged':
      return { type: 'page.acknowledge', by: who, via: 'pagerduty' }
    // Whoever closes the page there has dealt with it. What it is about is closed by people, here.
    case 'incident.resolved':
      return { type: 'page.acknowledge', by: who, via: 'pagerduty' }
    case 'incident.reassigned':
    case 'incident.delegated':
    case 'incident.escalated': {
      const to = (event.data.assignees ?? []).flatMap(({ summary }) => summary ?? [])
      return { type: 'page.passOn', how: event.event_type.replace('incident.', ''), to }
    }
    default:
      return null
  }
}
