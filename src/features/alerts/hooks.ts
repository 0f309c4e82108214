/** Webhooks of alert senders: read, put together by group, and performed once each. */
import { setImmediate as othersFirst } from 'node:timers/promises'
import type { HookCounts, HookDelivery, HookSource } from '../../core/hooks.ts'
import { type By, perform, type Spine } from '../../core/perform.ts'
import { canonical, fingerprint } from '../../lib/fingerprint.ts'
import { aggregate } from './aggregate.ts'
import { type Alert, byTheirTime, type DropReason, type Place } from './domain.ts'
import { labelsOf } from './pipeline.ts'
import { groupId, placeOf, routesFor } from './routes.ts'
import type { Rules } from './rules.ts'
import { repeatsItself, senderAggregate } from './senders/aggregate.ts'
import { signedSources, sources } from './sources/index.ts'
import { checkDelivery, readDelivery } from './sources/read.ts'
import type { IncomingAlert } from './sources/source.ts'
import { homesOf } from './store.ts'
import { lookAtSky, stormAggregate } from './storms/aggregate.ts'
import { everywhere } from './storms/domain.ts'

export const hooks: HookSource = {
  sources: sources.map((source) => source.name),
  signed: signedSources,
  check: checkDelivery,
  work,
}

interface Handful {
  place: Place
  alerts: Set<Alert>
  attachTo: string | null
  deliveries: Set<HookDelivery>
}

interface Arrived {
  alert: Alert
  groupHint: string | null
  delivery: HookDelivery
}

// Thousands may lie in a handful; whoever posts or presses meanwhile has a turn after so many.
const breath = 200

/** However many alerts of one group are in a handful, they are one change, or as few as can be. */
async function work(spine: Spine, deliveries: readonly HookDelivery[]): Promise<HookCounts> {
  const rules = spine.policyOf(aggregate.feature) as Rules
  const received: Record<string, number> = {}
  const arrived: Arrived[] = []
  for (const [index, delivery] of deliveries.entries()) {
    if (index % breath === breath - 1) await othersFirst()
    // In sequence: a query at most, and only for what comes from PagerDuty.
    const alerts = await readDelivery(spine, delivery)
    received[delivery.source] = (received[delivery.source] ?? 0) + alerts.length
    for (const incoming of alerts)
      arrived.push({ alert: toAlert(delivery.source, incoming), groupHint: incoming.groupHint, delivery })
  }

  const handfuls = await putTogether(spine, rules, arrived)
  await watchWeather(spine, rules, handfuls)
  const dropped: Record<string, number> = {}
  const unchanged: Record<string, number> = {}
  for (const [id, handful] of handfuls) {
    const { source } = broughtBy([...handful.deliveries])
    // In sequence: one connection a handful is fair to people's commands.
    const counts = await observeAll(spine, id, handful)
    for (const [reason, n] of counts) {
      dropped[reason] = (dropped[reason] ?? 0) + n
      unchanged[source] = (unchanged[source] ?? 0) + n
    }
  }
  for (const [source, n] of Object.entries(unchanged)) {
    const all = received[source] ?? 0
    if (!repeatsItself(all, n)) continue
    const { by } = broughtBy(deliveries.filter((delivery) => delivery.source === source))
    await perform(spine, senderAggregate, source, { type: 'sender.repeatItself', received: all, unchanged: n }, by)
  }
  return { received, dropped }
}

/** By the groups that the routes put them into. An end also goes where the alert fires, if the routes said otherwise then. */
async function putTogether(spine: Spine, rules: Rules, arrived: readonly Arrived[]): Promise<Map<string, Handful>> {
  const handfuls = new Map<string, Handful>()
  const put = (id: string, place: Place, { alert, delivery }: { alert: Alert; delivery: HookDelivery }) => {
    const handful = handfuls.get(id) ?? { place, alerts: new Set(), attachTo: null, deliveries: new Set() }
    handful.alerts.add(alert)
    handful.deliveries.add(delivery)
    if (rules.routeOf(place.route).attach) handful.attachTo ??= alert.labels.service ?? null
    handfuls.set(id, handful)
  }
  for (const [index, { alert, groupHint, delivery }] of arrived.entries()) {
    if (index % breath === breath - 1) await othersFirst()
    for (const route of routesFor(rules.routes, rules.fallback, labelsOf(alert))) {
      const place = placeOf({ ...alert, groupHint }, route)
      put(groupId(alert.source, place), place, { alert, delivery })
    }
  }
  const ends = arrived.filter(({ alert }) => alert.status === 'resolved')
  const homes = await homesOf(
    spine.db,
    ends.map(({ alert }) => alert),
  )
  const homesBy = Map.groupBy(homes, ({ source, fingerprint }) => `${source} ${fingerprint}`)
  for (const one of ends) {
    const { source, fingerprint: identity } = one.alert
    for (const { group, route, key } of homesBy.get(`${source} ${identity}`) ?? []) put(group, { route, key }, one)
  }
  return handfuls
}

// A statement takes 65,535 values and each event is eight of them; and nobody should wait while thousands are decided.
const togetherMax = 500

/** What was dropped, by reason. */
async function observeAll(spine: Spine, id: string, { place, alerts, attachTo, deliveries }: Handful) {
  const { by } = broughtBy([...deliveries])
  const inOrder = [...alerts].toSorted(byTheirTime)
  const counts: [DropReason, number][] = []
  for (let from = 0; from < inOrder.length; from += togetherMax) {
    const some = inOrder.slice(from, from + togetherMax)
    const cause = from === 0 ? by.cause : `${by.cause}.${from}`
    const command = { type: 'alert.observe', place, alerts: some, attachTo } as const
    // In sequence: what comes later in their own time is decided later.
    const outcome = await perform(spine, aggregate, id, command, { ...by, cause })
    for (const event of 'done' in outcome ? outcome.done : [])
      if (event.type === 'alert.dropped') counts.push(...(Object.entries(event.counts) as [DropReason, number][]))
  }
  return counts
}

/**
 * What a handful is caused by: all of its deliveries. After a crash the same ones may come again beside others; by the
 * first alone they would be taken for what was done already, and the others would be lost. What is observed once more
 * changes nothing.
 */
function broughtBy(deliveries: readonly HookDelivery[]): { source: string; by: By } {
  const [first, ...others] = deliveries
  if (!first) throw new Error('a handful of no delivery')
  const { source, by } = first
  if (others.length === 0) return { source, by }
  const all = fingerprint(deliveries.map((delivery) => delivery.by.cause))
  return { source, by: { actor: by.actor, cause: `${by.cause}+${others.length}-${all.slice(0, 16)}` } }
}

/** Before the alerts of a handful are worked on, so that the first handful of a storm is not posted message by message. */
async function watchWeather(spine: Spine, rules: Rules, handfuls: ReadonlyMap<string, Handful>): Promise<void> {
  const firing = [...handfuls].filter(([, { alerts }]) => [...alerts].some((alert) => alert.status === 'firing'))
  if (firing.length === 0) return
  const sky = await lookAtSky(
    spine.db,
    firing.map(([id]) => id),
    rules.storm.within,
  )
  const fresh = firing.filter(([id]) => !sky.firing.has(id))
  if (!sky.isRaging && fresh.length + sky.recent < rules.storm.groups) return
  const alerts = firing.reduce((sum, [, handful]) => sum + handful.alerts.size, 0)
  const command = { type: 'storm.observe', groups: fresh.length, alerts, recent: sky.recent } as const
  const { by } = broughtBy([...new Set(firing.flatMap(([, handful]) => [...handful.deliveries]))])
  await perform(spine, stormAggregate, everywhere, command, by)
}

// What came along unasked is kept for whoever looks closer, within reason.
const extraMax = 2_000

export function toAlert(source: string, incoming: IncomingAlert): Alert {
  const {
    fingerprint: identity,
    status,
    title,
    labels,
    annotations,
    severityLabel,
    links,
    startsAt,
    endsAt,
    extra,
  } = incoming
  return {
    source,
    fingerprint: identity,
    status,
    title,
    labels: severityLabel === null ? labels : { ...labels, severity: severityLabel },
    annotations,
    links,
    extra: canonical(extra).length > extraMax ? {} : extra,
    endsAt: status === 'firing' && endsAt !== null ? moment(endsAt) : null,
    at: moment(status === 'firing' ? startsAt : (endsAt ?? startsAt)),
  }
}

function moment(said: string): string {
  return new Date(said).toISOString()
}
