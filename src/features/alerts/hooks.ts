/** Webhooks of alert senders: read, put together by alert, and performed once each. */

import type { HookCounts, HookDelivery, HookSource } from '../../core/hooks.ts'
import { perform, type Spine } from '../../core/perform.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { aggregate } from './aggregate.ts'
import type { Alert } from './domain.ts'
import { sources } from './sources/index.ts'
import type { IncomingAlert } from './sources/source.ts'

export const hooks: HookSource = {
  sources: sources.map((source) => source.name),
  check(name, body) {
    const parsed = sourceOf(name).parse(body, new Date(0))
    return 'field' in parsed ? parsed : { count: parsed.alerts.length }
  },
  work,
}

/** However many alerts of one group are in a handful, they are one change. */
async function work(spine: Spine, deliveries: readonly HookDelivery[]): Promise<HookCounts> {
  const groups = new Map<string, { alerts: Alert[]; first: HookDelivery }>()
  const received: Record<string, number> = {}
  for (const delivery of deliveries) {
    const parsed = sourceOf(delivery.source).parse(delivery.body, delivery.receivedAt)
    // Accepted once, so readable once: an older release may have been more generous.
    if ('field' in parsed) continue
    received[delivery.source] = (received[delivery.source] ?? 0) + parsed.alerts.length
    for (const incoming of parsed.alerts) {
      const alert = toAlert(delivery.source, incoming)
      const id = groupId(alert)
      const group = groups.get(id) ?? { alerts: [], first: delivery }
      group.alerts.push(alert)
      groups.set(id, group)
    }
  }

  let unchanged = 0
  for (const [id, { alerts, first }] of groups) {
    // In sequence: one connection a handful is fair to people's commands.
    const outcome = await perform(spine, aggregate, id, { type: 'alert.observe', alerts }, first.by)
    if ('refused' in outcome || outcome.done.length === 0) unchanged += alerts.length
  }
  return { received, dropped: { unchanged } }
}

function toAlert(source: string, incoming: IncomingAlert): Alert {
  const { fingerprint, status, title, labels, annotations, severityLabel, links, startsAt, endsAt } = incoming
  return {
    source,
    fingerprint,
    status,
    title,
    summary: annotations.summary ?? annotations.description ?? '',
    labels: severityLabel === null ? labels : { ...labels, severity: severityLabel },
    link: links[0]?.url ?? null,
    at: status === 'firing' ? startsAt : (endsAt ?? startsAt),
  }
}

/** Severity is an attribute, never part of the identity. Short, because it is part of names. */
function groupId(alert: Alert): string {
  return fingerprint({ source: alert.source, fingerprint: alert.fingerprint }).slice(0, 20)
}

function sourceOf(name: string) {
  const source = sources.find((candidate) => candidate.name === name)
  if (!source) throw new Error(`no alert source ${name}`)
  return source
}
