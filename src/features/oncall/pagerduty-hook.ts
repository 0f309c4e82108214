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
import { IncidentTold, incidentOf, Named, namerFor, openPagesOf } from './told-there.ts'

// Only the fields we use: PagerDuty adds others as it likes.
const Payload = z.object({
  event: z.object({
    event_type: z.string(),
    agent: Named.nullish(),
    data: IncidentTold.extend({ assignees: z.array(Named).nullish() }),
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
    if (!parsed.success) continue
    const command = commandOf(parsed.data, await namerFor(spine.db, spine.policyOf))
    if (!command) continue
    const open = await openPagesOf(spine.db, incidentOf(parsed.data.event.data))
    // In sequence: what PagerDuty says of one incident stays in order.
    for (const page of open) await perform(spine, pages, page.id, command, by)
  }
  // No alerts, so not counted as such: whoever listens to PagerDuty for alerts counts them.
  return { received: {}, dropped: {} }
}

function commandOf({ event }: Payload, nameOf: (one: z.infer<typeof Named>) => string | null): Command | null {
  const who = event.agent ? nameOf(event.agent) : null
  switch (event.event_type) {
    case 'incident.acknowledged':
      return { type: 'page.acknowledge', by: who, via: 'pagerduty' }
    // Whoever closes the page there has dealt with it. What it is about is closed by people, here.
    case 'incident.resolved':
      return { type: 'page.acknowledge', by: who, via: 'pagerduty' }
    case 'incident.reassigned':
    case 'incident.delegated':
    case 'incident.escalated': {
      const to = (event.data.assignees ?? []).flatMap((one) => nameOf(one) ?? [])
      return { type: 'page.passOn', how: event.event_type.replace('incident.', ''), to }
    }
    // Acknowledging holds there for a while only. It rings there again by itself; here it must be known.
    case 'incident.unacknowledged':
      return { type: 'page.passOn', how: 'unacknowledged', to: [] }
    default:
      return null
  }
}
