/** Signs of life: POST or GET /hooks/heartbeat/<name>, with whatever body. Each moves the moment at which it is missed. */
import type { Effect } from '../../core/effects.ts'
import type { HookChecked, HookCounts, HookDelivery, HookSource } from '../../core/hooks.ts'
import { perform, type Spine } from '../../core/perform.ts'
import { aggregate } from './aggregate.ts'
import { lookAt, source } from './effects.ts'
import type { Rules } from './rules.ts'
import { keepBeat } from './store.ts'

export const hooks: HookSource = {
  sources: [source],
  pings: [source],
  check({ name, body, policyOf }): HookChecked {
    const { names } = policyOf(aggregate.feature) as Rules
    const known = names.length === 0 ? 'It names none yet.' : `It names ${names.join(', ')}.`
    if (name === null)
      return { unknown: `Send it to /hooks/heartbeat/<name>, as heartbeats of tocsin.yml has it. ${known}` }
    if (!names.includes(name)) return { unknown: `heartbeats of tocsin.yml has no "${name}". ${known}` }
    return { count: isEnd(body) ? 0 : 1 }
  },
  work,
}

async function work(spine: Spine, deliveries: readonly HookDelivery[]): Promise<HookCounts> {
  const { spansOf } = spine.policyOf(aggregate.feature) as Rules
  const newest = new Map<string, HookDelivery>()
  for (const delivery of deliveries) {
    const { name, body, receivedAt } = delivery
    if (name === null || isEnd(body)) continue
    const known = newest.get(name)
    if (!known || known.receivedAt <= receivedAt) newest.set(name, delivery)
  }
  const effects: Effect[] = []
  for (const [name, { receivedAt, by }] of newest) {
    const spans = spansOf(name)
    // Accepted, and since then taken out of tocsin.yml.
    if (!spans) continue
    // In sequence, and in this order: a look at the same moment sees the beat, or the beat sees what the look decided.
    const lastAt = await keepBeat(spine.db, name, receivedAt)
    await perform(spine, aggregate, name, { type: 'heartbeat.beat', at: receivedAt.toISOString() }, by)
    effects.push(lookAt(name, new Date(lastAt.getTime() + spans.every + spans.grace).toISOString()))
  }
  return { received: {}, dropped: {}, effects }
}

/**
 * A Watchdog alert of Prometheus that stays on is a sign of life; when Prometheus dies Alertmanager tells us of its end,
 * and that is none.
 */
function isEnd(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'status' in body && body.status === 'resolved'
}
