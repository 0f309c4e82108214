/** How features to the right raise an alert of their own: it goes the way of those that come by a webhook. */
import type { Effect } from '../../core/effects.ts'
import type { Ground } from '../../core/feature.ts'
import { toAlert } from './hooks.ts'
import { labelsOf } from './pipeline.ts'
import { groupId, placeOf, routesFor } from './routes.ts'
import { makeRules } from './rules.ts'
import type { IncomingAlert } from './sources/source.ts'

export function observing(ground: Ground): (source: string, incoming: IncomingAlert) => readonly Effect[] {
  const rules = makeRules(ground)
  return (source, incoming) => {
    const alert = toAlert(source, incoming)
    return routesFor(rules.routes, rules.fallback, labelsOf(alert)).map((route) => {
      const place = placeOf({ ...alert, groupHint: incoming.groupHint }, route)
      const attachTo = route.attach ? (alert.labels.service ?? null) : null
      const command = { type: 'alert.observe', place, alerts: [alert], attachTo }
      return { kind: 'perform', feature: 'alerts', id: groupId(source, place), command }
    })
  }
}
